"""Notices of clients' files in accountants' private chats, with buttons for what becomes of them (FIL-04)."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from bot.keyboards import Button, Keyboard, press
from bot.models import OutgoingMessage
from bot.outbox import WrongAudience, queue_message, retell
from bot.texts import files as texts
from bot.texts.words import admin_link, message_link
from sla.duty import on_duty
from sla.selectors import calendar_version_of, reachable_staff
from templates_app.models import ReceivedFile
from templates_app.selectors import SPOKEN, album_of

Audience = OutgoingMessage.Audience
State = ReceivedFile.State
WORK, DONE, RETURN = "file_work", "file_done", "file_return"


def files_of(file: ReceivedFile) -> list[ReceivedFile]:
    """Return the files that a notice tells of: one, or an album."""
    rows = album_of(file).exclude(kind__in=SPOKEN)
    return list(rows.select_related("chat", "message", "duplicate_of"))


def queue_notices_of(files: Sequence[ReceivedFile], *, now: datetime) -> None:
    """Tell the accountants on duty in the chat, those who can be reached (FIL-04, STF-03)."""
    first = files[0]
    duty = [entry["id"] for entry in on_duty([first.chat_id], at=now).get(first.chat_id, [])]
    text, keyboard = _text(files), _keyboard(files)
    for person in reachable_staff().filter(pk__in=duty).order_by("pk"):
        queue_message(
            person,
            audience=Audience.STAFF,
            text=text,
            keyboard=keyboard,
            subject=_subject(files),
            dedupe_key=f"{_subject(files)}:{person.pk}",
        )


def refresh_notices(files: Sequence[ReceivedFile]) -> bool:
    """Let every notice of the files say how they stand now; return whether there is one. Voice has none."""
    if not files:
        return False
    notices = OutgoingMessage.objects.select_for_update(of=("self",)).select_related("chat", "recipient")
    found = list(notices.filter(subject=_subject(files), method=OutgoingMessage.Method.SEND).order_by("pk"))
    text, keyboard = (_text(files), _keyboard(files)) if found else ("", ())
    for notice in found:
        with suppress(WrongAudience):  # the person has been unlinked since
            retell(notice, text=text, keyboard=keyboard)
    return bool(found)


def _subject(files: Sequence[ReceivedFile]) -> str:
    return f"files:{min(file.pk for file in files)}"


def _text(files: Sequence[ReceivedFile]) -> str:
    first = files[0]
    chat, message = first.chat, first.message
    link = message_link(
        chat_id=message.telegram_chat_id,
        username="" if message.is_private else chat.username,
        message_id=message.telegram_message_id,
        topic_id=message.topic_id,
    )
    return texts.notice(files, calendar_version_of(chat).time_zone, link=link)


def _keyboard(files: Sequence[ReceivedFile]) -> Keyboard:
    """What may be done yet; the first file stands for those that came with it."""
    still_open = [file for file in files if file.is_open]
    lead = min(file.pk for file in files)
    work = Button(texts.work_button(), press(WORK, lead))
    end = (Button(texts.done_button(), press(DONE, lead)), Button(texts.return_button(), press(RETURN, lead)))
    is_taken = all(file.state == State.IN_WORK for file in still_open)
    link = admin_link(f"templates_app/receivedfile/{lead}/change/")
    return (
        (*(() if is_taken else (work,)), *end) if still_open else (),
        (Button(texts.open_button(), url=link),) if link else (),
    )
