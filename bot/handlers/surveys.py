"""Surveys: the private ballot behind a link, votes, and the button that asks for no more (SUR-05, SUR-06, SUR-11)."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from telegram import CallbackQuery, Update
from telegram import User as TelegramUser

from bot import comments
from bot.ballots import (
    IN_PRIVATE,
    LINK,
    RATE,
    STOP,
    WITHDRAW,
    bot_name,
    private_ballot,
    private_link,
    read_token,
)
from bot.handlers.presses import staff_who_pressed, toast
from bot.handlers.staff import staff_behind
from bot.keyboards import Keyboard, read_press
from bot.models import OutgoingMessage
from bot.outbox import queue_message, retell
from bot.texts import alerts
from bot.texts import surveys as texts
from buhbot.models import Chat
from buhbot.ops.metrics import FEEDBACK_VOTES
from buhbot.rules import IncomingChat
from buhbot.services.chats import register_chat
from buhbot.services.clients import note_membership, opt_out_of_surveys
from feedback import services
from feedback.models import Delivery, Survey, VoteEvent
from feedback.selectors import is_in_chat, vote_of

Audience = OutgoingMessage.Audience
START = rf"^/start(@\w+)? {LINK}-"
STOP_PRESS = rf"^{STOP}:"
PRIVATE_PRESS = rf"^{IN_PRIVATE}:"
VOTE_PRESS = rf"^({RATE}\d+|{WITHDRAW}):"
REFUSALS: dict[type[services.VoteRefused], Callable[[], str]] = {
    services.StaffDoNotVote: texts.for_clients,
    services.SurveyIsOver: texts.over,
    services.NoSuchRating: alerts.stale_button_toast,
    services.NothingToWithdraw: texts.nothing_to_withdraw_toast,
}


def on_private_ballot(update: Update) -> None:
    """Ask in private whoever followed the link of a survey; staff do not vote (SUR-05, SUR-06)."""
    message, person = update.message, update.effective_user
    if message is None or person is None:
        return
    staff = staff_behind(person)
    if staff is not None:
        queue_message(staff, audience=Audience.STAFF, text=texts.for_clients())
        return
    token = (message.text or "").split()[1]
    text, keyboard = _ballot(token, person, timezone.now())
    queue_message(
        _private_chat(message.chat.id, person), audience=Audience.CLIENT, text=text, keyboard=keyboard
    )


def _ballot(token: str, person: TelegramUser, now: datetime) -> tuple[str, Keyboard]:
    key = read_token(token)
    delivery = Delivery.objects.select_related("survey", "chat").filter(pk=key).first() if key else None
    if delivery is None:
        return texts.unknown(), ()
    if not is_in_chat(delivery.chat, person.id):
        return texts.not_known(), ()
    vote = vote_of(delivery, person.id)
    if delivery.survey.is_open(now):
        return private_ballot(delivery, vote)
    own = texts.own_rating(delivery.survey, vote.rating) if vote and vote.rating is not None else ""
    return "\n\n".join(filter(None, [texts.over(), own])), ()


def _private_chat(chat_id: int, person: TelegramUser) -> Chat:
    incoming = IncomingChat(chat_id, Chat.Kind.PRIVATE, person.full_name, person.username or "")
    return register_chat(incoming, now=timezone.now())[0]


def on_stop_press(update: Update) -> None:
    """Send the person who pressed no more surveys; the chat sees nothing of it (SUR-11)."""
    query = update.callback_query
    if query is None:
        return
    if read_press(query.data or "") is None:
        toast(query, alerts.stale_button_toast())
    elif staff_who_pressed(query) is not None:
        toast(query, texts.for_clients())
    elif opt_out_of_surveys(query.from_user.id, name=query.from_user.full_name, now=timezone.now()):
        toast(query, texts.stopped_toast())
    else:
        toast(query, texts.stopped_already_toast())


def on_private_press(update: Update) -> None:
    """Lead whoever pressed in the chat to the form in private (SUR-05)."""
    query = update.callback_query
    if query is None:
        return
    delivery, username = _pressed(query)[1], bot_name()
    if delivery is None or not username:
        toast(query, alerts.stale_button_toast())
    elif staff_who_pressed(query) is not None:
        toast(query, texts.for_clients())
    elif refusal := _refusal(query, delivery):
        toast(query, refusal)
    else:
        _note_presence(query, delivery)
        toast(query, "", url=private_link(delivery, bot_username=username))


def on_vote_press(update: Update) -> None:
    """Take, change or withdraw the rating of who pressed; a toast tells them, and nothing the group (SUR-06)."""
    query = update.callback_query
    if query is None:
        return
    if _is_private(query):
        _private_chat(query.from_user.id, query.from_user)  # to be answered, a chat has to be known
    toast(query, _outcome(query, timezone.now()))


def _outcome(query: CallbackQuery, now: datetime) -> str:
    action, delivery = _pressed(query)
    if delivery is None:
        return alerts.stale_button_toast()
    return _refusal(query, delivery) or _vote(query, delivery, action, now)


def _pressed(query: CallbackQuery) -> tuple[str, Delivery | None]:
    """Return what is to be done with which chat's copy; none: the button is not ours, or the copy is gone."""
    pressed = read_press(query.data or "")
    if pressed is None:
        return "", None
    rows = Delivery.objects.select_related("survey", "chat")
    return pressed[0], rows.filter(pk=pressed[1]).first()


def _refusal(query: CallbackQuery, delivery: Delivery) -> str:
    """Say why nobody can vote who presses here, or nothing: here are the chat, and in private who is known there."""
    if query.from_user.is_bot:
        return texts.anonymous_toast()
    if _is_private(query):
        return "" if is_in_chat(delivery.chat, query.from_user.id) else texts.not_known()
    here = query.message.chat.id if query.message else None
    is_at_home = here in {delivery.chat.telegram_id, delivery.chat.former_telegram_id}
    return "" if is_at_home and here is not None else texts.elsewhere_toast()


def _note_presence(query: CallbackQuery, delivery: Delivery) -> None:
    """Keep that who pressed in the chat is in it, also who only reads there."""
    if not _is_private(query) and not is_in_chat(delivery.chat, query.from_user.id):
        note_membership(delivery.chat, query.from_user.id, is_member=True, at=timezone.now())


def _vote(query: CallbackQuery, delivery: Delivery, action: str, now: datetime) -> str:
    voter = services.Voter(query.from_user.id, query.from_user.full_name)
    try:
        cast = _cast(delivery, voter, action, now)
    except services.VoteRefused as refused:
        return REFUSALS[type(refused)]()
    _note_presence(query, delivery)
    if cast.kind is not None:
        _show_in_private(query, delivery, cast)
    if cast.kind == VoteEvent.Kind.GIVEN:
        transaction.on_commit(FEEDBACK_VOTES.inc)
    is_asked = cast.kind == VoteEvent.Kind.GIVEN and comments.ask(cast.vote, _place(query, delivery), now=now)
    return _told(delivery.survey, cast, is_asked=is_asked, in_private=_is_private(query))


def _cast(delivery: Delivery, voter: services.Voter, action: str, now: datetime) -> services.Cast:
    if action == WITHDRAW:
        return services.withdraw(delivery.pk, voter, now=now)
    return services.rate(delivery.pk, voter, rating=int(action.removeprefix(RATE)), now=now)


def _told(survey: Survey, cast: services.Cast, *, is_asked: bool, in_private: bool) -> str:
    rating, kind = cast.vote.rating, cast.kind
    if rating is None:
        return texts.withdrawn_toast()
    if kind is None:
        return texts.same_toast(survey, rating)
    if kind == VoteEvent.Kind.CHANGED:
        return texts.changed_toast(survey, rating)
    if is_asked or in_private or cast.vote.commented_at is not None:
        return texts.given_toast(survey, rating)
    return texts.comment_by_reply_toast(survey, rating)


def _is_private(query: CallbackQuery) -> bool:
    return query.message is not None and query.message.chat.type == Chat.Kind.PRIVATE


def _place(query: CallbackQuery, delivery: Delivery) -> Chat:
    """Where the person is asked for a comment: where they voted."""
    return _private_chat(query.from_user.id, query.from_user) if _is_private(query) else delivery.chat


def _show_in_private(query: CallbackQuery, delivery: Delivery, cast: services.Cast) -> None:
    """Let the form in private show the own rating as it is now."""
    if query.message is None or not _is_private(query):
        return
    forms = OutgoingMessage.objects.select_for_update(of=("self",)).select_related("chat", "recipient")
    form = forms.filter(
        chat__telegram_id=query.message.chat.id,
        telegram_message_id=query.message.message_id,
        method=OutgoingMessage.Method.SEND,
    ).first()
    if form is not None:
        text, keyboard = private_ballot(delivery, cast.vote)
        retell(form, text=text, keyboard=keyboard)
