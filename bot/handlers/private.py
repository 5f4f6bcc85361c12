"""Clients who write to the bot in private, and the accountants who answer them by replying (CLI-10)."""

from datetime import datetime

from django.utils import timezone
from django.utils.html import escape
from telegram import Message as TelegramMessage
from telegram import Update
from telegram.ext import filters

from bot.handlers.choosing import for_chosen_chat, keep_for_later, private_chat_of
from bot.handlers.faq import offer_answer
from bot.hours import tell_hours
from bot.incoming import read
from bot.models import OutgoingMessage
from bot.outbox import queue_message
from bot.receipts import take_file
from bot.relay import (
    PASSED_ON,
    copied_message,
    edit_answer,
    pass_on,
    refresh_answered,
    refresh_copies,
    request_of,
    send_answer,
)
from bot.texts import choosing as choosing_texts
from bot.texts import private as texts
from buhbot.models import AuditEntry, Chat, Message, User
from buhbot.preferences import preferences
from buhbot.rules import IncomingMessage
from buhbot.selectors import chats_of_client, chosen_chat, place_of
from buhbot.services.audit import record
from buhbot.services.chats import hear_chat, note_presence
from buhbot.services.people import mark_person_reachable
from sla import services
from sla.rules import ANSWER_KINDS

Audience = OutgoingMessage.Audience
Kind = Message.Kind


class _FromStaff(filters.MessageFilter):
    """The message is of somebody of the firm."""

    def filter(self, message: TelegramMessage) -> bool:
        return _staff_behind(message) is not None


IS_STAFF_REPLY = filters.REPLY & _FromStaff()


def on_client_message(update: Update) -> None:
    """Take what a client writes in private as said in the chat that they mean (CLI-10, CLI-05)."""
    message = update.message
    if message is None:
        return
    _note_presence(message)
    if _says_something(message) and not _is_order_of_a_stranger(message):
        _private_message(update)


def _is_order_of_a_stranger(message: TelegramMessage) -> bool:
    """Whether somebody without a chat tries a command of staff: nothing is explained to them."""
    person = message.from_user
    return read(message).is_command and person is not None and not chats_of_client(person.id)


def _says_something(message: TelegramMessage) -> bool:
    """A command alone, or a word of Telegram's own, is for nobody."""
    said = read(message)
    is_bare_command = said.is_command and len(said.text.split()) == 1
    return said.kind != Kind.SERVICE and not is_bare_command


def _note_presence(message: TelegramMessage) -> None:
    """Who writes can be reached, and has not blocked the bot (CHT-04)."""
    place, _is_new = hear_chat(read(message).chat, sent_at=message.date, now=timezone.now())
    note_presence(place, sent_at=message.date)


@for_chosen_chat
def _private_message(update: Update, chat: Chat) -> None:
    now = timezone.now()
    message = _hear(update, chat, now)
    if message is not None:
        offer_answer(message, now=now)
        tell_hours(message, request_of(message), preferences(), now=now, to=place_of(message))


def _hear(update: Update, chat: Chat, now: datetime) -> Message | None:
    """Log the message, note its file, and pass it on; None: a repeat, or a chat that is looked after no more."""
    if update.message is None:
        return None
    incoming = read(update.message)
    try:
        message = services.register_private(incoming, chat=chat, now=now)
    except services.ChatNotWatched:
        _say(update, choosing_texts.no_chat())
        return None
    if message is not None:
        take_file(incoming, message, now=now)
        pass_on(message, now=now)
    return message


def hear_quietly(update: Update) -> None:
    """Keep what somebody says whom the bot does not answer now (BOT-06); without a chat it waits for the choice."""
    message, person = update.message, update.effective_user
    if message is None or person is None or not _says_something(message):
        return
    chat = chosen_chat(person.id, chats_of_client(person.id))
    if chat is None:
        keep_for_later(_private_message, update)
    else:
        _hear(update, chat, timezone.now())


def on_edit(update: Update) -> None:
    """Follow an edit in private: of a client's message, or of an answer that was passed on (CLI-10)."""
    edited = update.edited_message
    if edited is None:
        return
    now, incoming = timezone.now(), read(edited)
    message = services.register_private_edit(incoming, now=now)
    if message is None:
        return
    if message.sender == Message.Sender.CLIENT:
        take_file(incoming, message, now=now)
        refresh_copies([message], now=now)
    elif message.staff is not None and message.sender == Message.Sender.STAFF:
        _edit_answer(edited, message, message.staff)


def _edit_answer(edited: TelegramMessage, answer: Message, staff: User) -> None:
    edit_answer(answer, html=_html(edited))
    before = answer.revisions.order_by("-pk").first()
    if answer.kind != Kind.TEXT and (before is None or before.replaced_at != answer.edited_at):
        _tell(staff, texts.file_stays())  # its text is the same


def on_staff_reply(update: Update) -> None:
    """Pass a reply of staff on to the client whose message it answers, or say plainly why not (CLI-10)."""
    message = update.message
    staff = _staff_behind(message) if message else None
    if message is None or staff is None:
        return
    mark_person_reachable(staff)
    refusal = answer_client(message, staff)
    if refusal:
        _tell(staff, refusal)


def answer_client(message: TelegramMessage, staff: User, *, text: str = "") -> str:
    """Answer the client's message whose copy is replied to; say what staff are to know of it, often nothing (CLI-10).

    `text` is what a template makes of a command (TPL-02).
    """
    replied, incoming = message.reply_to_message, read(message)
    question = copied_message(staff, replied.message_id) if replied else None
    if question is None or not question.private_with:  # a client who was erased is nobody's
        return texts.not_answerable()
    if incoming.is_command and not text:
        return texts.no_command()
    if incoming.kind not in PASSED_ON:
        return texts.not_sendable()
    return _answer(message, incoming, question, staff, text)


def _answer(
    message: TelegramMessage, incoming: IncomingMessage, question: Message, staff: User, text: str
) -> str:
    try:
        answer = services.answer_in_private(
            incoming, chat=question.chat, staff=staff, client_id=question.private_with or 0, text=text
        )
    except services.ChatNotWatched:
        return texts.not_watched()
    except services.NotAllowed:
        record(AuditEntry.Kind.REFUSED, actor=staff, about=question.chat, note="💬", now=incoming.sent_at)
        return texts.not_yours()
    if answer is None:
        return ""
    send_answer(answer, question, html=escape(text) or _html(message))
    refresh_answered(answer, now=timezone.now())
    return "" if answer.kind in ANSWER_KINDS else texts.sent_but_no_answer()


def _html(message: TelegramMessage) -> str:
    """What was written with its bold words and links, as Telegram HTML."""
    return message.text_html if message.text else message.caption_html if message.caption else ""


def _say(update: Update, text: str) -> None:
    """Answer a client where they are, in private."""
    if update.effective_user is not None:
        queue_message(private_chat_of(update.effective_user), audience=Audience.CLIENT, text=text)


def _tell(staff: User, text: str) -> None:
    queue_message(staff, audience=Audience.STAFF, text=text)


def _staff_behind(message: TelegramMessage) -> User | None:
    person = message.from_user
    return User.objects.filter(telegram_id=person.id, is_active=True).first() if person else None
