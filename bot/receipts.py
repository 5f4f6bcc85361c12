"""Receipts for clients' files: queued when a file comes, and kept true when more is known of it (FIL-01)."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from bot.models import OutgoingMessage
from bot.outbox import WrongAudience, queue_message, retell
from bot.texts import files as texts
from buhbot.models import Chat, Message
from buhbot.rules import IncomingMessage
from buhbot.selectors import place_of
from sla.selectors import calendar_version_of
from templates_app.models import ReceivedFile
from templates_app.selectors import SPOKEN, album_of
from templates_app.services.files import receive_file

Audience = OutgoingMessage.Audience
COLLECTED = timedelta(seconds=2)  # an album's files come one by one


def take_file(incoming: IncomingMessage, message: Message, *, now: datetime) -> None:
    """Note the file of a client's message in a watched chat, and queue its receipt (FIL-01)."""
    if not incoming.file_id or not message.chat.is_watched:
        return
    file = receive_file(message, size_bytes=incoming.file_size, mime_type=incoming.mime_type, now=now)
    if file is None or file.kind in SPOKEN or not message.chat.sends_receipts:
        return
    if not refresh_receipt(file):
        _queue(file)


def _queue(file: ReceivedFile) -> None:
    message = file.message
    queue_message(
        place_of(message),
        audience=Audience.CLIENT,
        text=_text([file]),
        reply_to_message_id=message.telegram_message_id,
        topic_id=message.topic_id,
        subject=_subject(file),
        wait=COLLECTED if file.media_group_id else None,
    )


@transaction.atomic
def refresh_receipt(file: ReceivedFile) -> bool:
    """Let the receipt say what is known of its files now: another one of the album, a copy not kept (FIL-01, FIL-02).

    Returns whether there is a receipt.
    """
    sent = OutgoingMessage.objects.select_for_update(of=("self",)).select_related("chat", "recipient")
    here = Q(chat=file.chat_id) | Q(chat__kind=Chat.Kind.PRIVATE)  # said in private, it is answered there
    known = sent.filter(here, subject=_subject(file), method=OutgoingMessage.Method.SEND).first()
    if known is None:
        return False
    with suppress(WrongAudience):  # the chat has become the team's since
        retell(known, text=_text(list(_together(file).select_related("duplicate_of", "chat"))))
    return True


def _together(file: ReceivedFile) -> QuerySet[ReceivedFile]:
    """The files of a receipt: those of an album, or of a message whose file was replaced by an edit."""
    return album_of(file) if file.media_group_id else ReceivedFile.objects.filter(message=file.message_id)


def _text(files: list[ReceivedFile]) -> str:
    return texts.receipt(files, calendar_version_of(files[0].chat).time_zone)


def _subject(file: ReceivedFile) -> str:
    """One receipt for an album, else for a message."""
    return f"receipt:{file.media_group_id or file.message_id}"[:64]
