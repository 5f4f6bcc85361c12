"""Conversations with clients in private: accountants get what they write, clients get the answers (CLI-10)."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from django.db.models import QuerySet

from bot.models import ANSWER_SUBJECT, COPY_SUBJECT, SAYING, OutgoingMessage
from bot.outbox import Source, WrongAudience, queue_copy, queue_message, retell
from bot.texts import private as texts
from bot.texts.words import moment
from buhbot.models import Message, User
from buhbot.selectors import place_of
from sla.models import Request
from sla.selectors import private_listeners

Audience = OutgoingMessage.Audience
Kind = Message.Kind
CAPTIONED = frozenset({Kind.PHOTO, Kind.DOCUMENT, Kind.VOICE, Kind.VIDEO, Kind.AUDIO, Kind.ANIMATION})
COPIED = CAPTIONED | {Kind.STICKER, Kind.VIDEO_NOTE, Kind.CONTACT, Kind.LOCATION, Kind.POLL}
PASSED_ON = COPIED | {Kind.TEXT}
MOST = 50  # of a client's messages that one answer is about


def pass_on(message: Message, *, now: datetime) -> None:
    """Send what a client wrote in private to the accountants on duty, who answer by replying to it (CLI-10)."""
    request = request_of(message)
    text = _text(message, now)
    for person in private_listeners(message.chat, assigned=request.assigned_to_id if request else None):
        _queue_copy(person, message, text)


def _queue_copy(person: User, message: Message, text: str) -> None:
    subject = f"{COPY_SUBJECT}{message.pk}"
    key = f"{subject}:{person.pk}"
    source = Source(message.telegram_chat_id, message.telegram_message_id)
    if message.kind in CAPTIONED:
        queue_copy(person, source, audience=Audience.STAFF, caption=text, subject=subject, dedupe_key=key)
        return
    queue_message(person, audience=Audience.STAFF, text=text, subject=subject, dedupe_key=key)
    if message.kind in COPIED:
        queue_copy(person, source, audience=Audience.STAFF, subject=subject, dedupe_key=f"{key}:content")


def _text(message: Message, now: datetime) -> str:
    request, reply = request_of(message), _answer_to(message)
    answered = texts.answered(str(reply.staff), moment(reply.sent_at, now=now)) if reply else ""
    number, is_below = request.pk if request else None, message.kind in CAPTIONED
    return texts.copy(message, number=number, answered=answered, is_below=is_below)


def request_of(message: Message) -> Request | None:
    """Return the request that the message belongs to."""
    return Request.objects.filter(request_messages__message=message).order_by("-pk").first()


def _answer_to(message: Message) -> Message | None:
    """Return the first answer in private that reached the client since the message."""
    said = _said_with(message)
    later = said.filter(sender=Message.Sender.STAFF, sent_at__gte=message.sent_at, kind__in=PASSED_ON)
    return later.select_related("staff").order_by("sent_at", "pk").first()


def _said_with(message: Message) -> QuerySet[Message]:
    """The conversation in private of which the message is part."""
    return Message.objects.filter(chat=message.chat_id, private_with=message.private_with)


def refresh_copies(messages: Iterable[Message], *, now: datetime) -> None:
    """Let what accountants got of a client's messages say how these read and stand now (CLI-10)."""
    for message in messages:
        copies = (
            OutgoingMessage.objects.select_for_update(of=("self",))
            .select_related("chat", "recipient")
            .filter(subject=f"{COPY_SUBJECT}{message.pk}", method__in=SAYING)
        )
        text = _text(message, now)
        for copy in copies:
            if "text" in copy.payload or "caption" in copy.payload:
                with suppress(WrongAudience):  # the person has been unlinked since
                    retell(copy, text=text)


def refresh_answered(answer: Message, *, now: datetime) -> None:
    """Let everybody who got the client's messages see whether they are answered by this (CLI-10)."""
    said = _said_with(answer).filter(sent_at__lte=answer.sent_at)
    before = said.filter(sender=Message.Sender.STAFF).exclude(pk=answer.pk).order_by("-sent_at").first()
    asked = said.filter(sender=Message.Sender.CLIENT).select_related("chat").order_by("-sent_at")
    refresh_copies((asked.filter(sent_at__gt=before.sent_at) if before else asked)[:MOST], now=now)


def copied_message(staff: User, message_id: int) -> Message | None:
    """Return the client's message of which a staff member's private message is the copy."""
    copies = OutgoingMessage.objects.filter(recipient=staff, telegram_message_id=message_id)
    subject = copies.filter(subject__startswith=COPY_SUBJECT).values_list("subject", flat=True).first()
    if subject is None:
        return None
    found = Message.objects.filter(pk=int(subject.removeprefix(COPY_SUBJECT)))
    return found.select_related("chat").first()


def send_answer(answer: Message, question: Message, *, html: str) -> None:
    """Send what staff answered to the client in private, as the bot (CLI-10)."""
    place = place_of(question)
    subject = f"{ANSWER_SUBJECT}{answer.pk}"
    reply_to = question.telegram_message_id
    if answer.kind == Kind.TEXT:
        queue_message(
            place,
            audience=Audience.CLIENT,
            text=html,
            reply_to_message_id=reply_to,
            subject=subject,
            dedupe_key=subject,
        )
        return
    queue_copy(
        place,
        Source(answer.telegram_chat_id, answer.telegram_message_id),
        audience=Audience.CLIENT,
        reply_to_message_id=reply_to,
        subject=subject,
        dedupe_key=subject,
    )


def edit_answer(answer: Message, *, html: str) -> None:
    """Let the client's copy say what staff have made of their answer (CLI-10)."""
    rows = OutgoingMessage.objects.select_for_update(of=("self",)).select_related("chat", "recipient")
    sent = rows.filter(subject=f"{ANSWER_SUBJECT}{answer.pk}", method__in=SAYING).first()
    if sent is not None:
        retell(sent, text=html)


def tell_undelivered(answer: Message, *, is_open_again: bool, now: datetime) -> None:
    """Tell who answered that the client did not get it, and let the copies say so too (CLI-10)."""
    refresh_answered(answer, now=now)
    staff = answer.staff
    if staff is None or not staff.is_active or staff.telegram_id is None:
        return
    text = texts.not_delivered(_client_of(answer), is_open_again)
    queue_message(staff, audience=Audience.STAFF, text=text, priority=OutgoingMessage.Priority.ALERT)


def _client_of(answer: Message) -> str:
    return f"{place_of(answer).title} ({answer.chat})"
