"""Comments on votes: the bot asks once, and knows the comment among what is said (SUR-07).

What is waited for is a row, so a restart forgets nothing. The comment goes first; a text that the classifier takes for
a request goes the way of every message as well.
"""

from datetime import datetime

from bot.models import OutgoingMessage
from bot.outbox import queue_message
from bot.texts import surveys as texts
from buhbot.models import Chat, Message, User
from buhbot.rules import IncomingMessage
from feedback import services
from feedback.models import CommentQuestion, Delivery, Vote
from feedback.selectors import questions_in, vote_of, waiting_question
from feedback.services import Comment
from sla.services import is_request

Audience = OutgoingMessage.Audience
SUBJECT = "comment"
WORDLESS = frozenset({Message.Kind.STICKER, Message.Kind.VOICE, Message.Kind.VIDEO_NOTE})


def ask(vote: Vote, place: Chat, *, now: datetime) -> bool:
    """Ask for a comment where the person voted; False: asked before (SUR-07)."""
    is_private = place.kind == Chat.Kind.PRIVATE
    question = services.ask_for_comment(vote, in_private=is_private, now=now)
    if question is None:
        return False
    queue_message(
        place,
        audience=Audience.CLIENT,
        text=texts.comment_question_in_private() if is_private else texts.comment_question_in_chat(),
        reply_to_message_id=None if is_private else _copy(vote.delivery),
        subject=_subject(question),
        dedupe_key=_subject(question),
    )
    return True


def _copy(delivery: Delivery) -> int | None:
    """The survey's message, unless the group has become a supergroup since: there the number means another one."""
    is_here = delivery.telegram_chat_id == delivery.chat.telegram_id
    return delivery.telegram_message_id if is_here else None


def _subject(question: CommentQuestion) -> str:
    return f"{SUBJECT}:{question.pk}"


def take(incoming: IncomingMessage, *, now: datetime) -> bool:
    """Keep the message as the comment if it is one; whether it is for nobody else (SUR-07).

    In a group it is said to all anyway, and goes on as every message. In private it goes on when it asks for something
    or brings a file; else the accountants do not read what was meant for their managers (FBK-03).
    """
    if incoming.person is None or incoming.sender_chat_id is not None or incoming.is_command:
        return False
    if incoming.chat.kind == Chat.Kind.PRIVATE:
        return _take_private(incoming, incoming.person.telegram_id, now)
    _take_reply(incoming, incoming.person.telegram_id, now)
    return False


def _take_reply(incoming: IncomingMessage, telegram_id: int, now: datetime) -> None:
    """Only a reply to the bot's question is a comment in a group, of anybody who voted there."""
    if incoming.reply_to_message_id is None or not incoming.text.strip():
        return
    question = _question_behind(incoming)
    vote = vote_of(question.vote.delivery, telegram_id) if question else None
    if vote is not None:
        services.add_comment(vote.pk, _comment(incoming), now=now)


def _question_behind(incoming: IncomingMessage) -> CommentQuestion | None:
    asked = {
        _subject(one): one for one in questions_in(incoming.chat.telegram_id).select_related("vote__delivery")
    }
    if not asked:
        return None
    replied = OutgoingMessage.objects.filter(
        chat__telegram_id=incoming.chat.telegram_id,
        subject__in=asked,
        telegram_message_id=incoming.reply_to_message_id,
    )
    subject = replied.values_list("subject", flat=True).first()
    return asked[subject] if subject else None


def _take_private(incoming: IncomingMessage, telegram_id: int, now: datetime) -> bool:
    """The person's next message of words within 30 minutes is the comment."""
    question = waiting_question(telegram_id, at=incoming.sent_at)
    if question is None or User.objects.filter(telegram_id=telegram_id, is_active=True).exists():
        return False
    if not incoming.text.strip():
        if incoming.kind in WORDLESS:
            _say(telegram_id, texts.comment_in_words())
        return False
    if services.add_comment(question.vote_id, _comment(incoming), now=now) is None:
        return False
    _say(telegram_id, texts.comment_taken())
    return not incoming.file_id and not is_request(incoming, chat=question.vote.delivery.chat)


def follow_edit(incoming: IncomingMessage, *, now: datetime) -> None:
    """Let a comment follow the edit of its message; one without words any more stays as it was (SUR-07)."""
    if incoming.text.strip():
        services.change_comment(_comment(incoming), now=now)


def _comment(incoming: IncomingMessage) -> Comment:
    return Comment(incoming.text.strip(), incoming.chat.telegram_id, incoming.message_id)


def _say(telegram_id: int, text: str) -> None:
    chat = Chat.objects.filter(telegram_id=telegram_id, is_team=False).first()
    if chat is not None:
        queue_message(chat, audience=Audience.CLIENT, text=text)
