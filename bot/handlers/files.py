"""What accountants do with clients' files: buttons under a notice, a note why one is returned (FIL-04)."""

from datetime import datetime

from django.utils import timezone
from telegram import CallbackQuery, Message, Update
from telegram.ext import filters

from bot.handlers.presses import toast
from bot.handlers.staff import staff_behind
from bot.keyboards import read_press
from bot.models import OutgoingMessage
from bot.notices import DONE, RETURN, WORK, files_of
from bot.outbox import queue_button_answer, queue_message
from bot.texts import alerts
from bot.texts import files as texts
from buhbot.models import User
from templates_app.models import ReceivedFile
from templates_app.selectors import decided_by, visible_files
from templates_app.services.files import set_state

Audience = OutgoingMessage.Audience
State = ReceivedFile.State
PRESS = r"^file_"
NOTE = "file-note:"  # subject of the question why a file is returned; then the number of the first file
STATES = {WORK: State.IN_WORK, DONE: State.DONE}
TOASTS = {WORK: texts.taken_toast, DONE: texts.done_toast}


class _IsNote(filters.MessageFilter):
    """Replies of staff to our question why files are returned."""

    def filter(self, message: Message) -> bool:
        return _asked_about(message) is not None


IS_NOTE = filters.REPLY & _IsNote()


def on_press(update: Update) -> None:
    """Set the state of the files of a notice, if the person may (FIL-04, SEC-11)."""
    query = update.callback_query
    staff = staff_behind(query.from_user) if query else None
    if query is None:
        return
    if staff is None:
        _refuse(query)
        return
    text = _pressed(query, staff, timezone.now())
    queue_button_answer(staff, audience=Audience.STAFF, query_id=query.id, text=text)


def _pressed(query: CallbackQuery, staff: User, now: datetime) -> str:
    pressed = read_press(query.data or "")
    lead = ReceivedFile.objects.filter(pk=pressed[1]).first() if pressed else None
    if pressed is None or lead is None or pressed[0] not in {WORK, DONE, RETURN}:
        return alerts.stale_button_toast()
    if not visible_files(staff).filter(pk=lead.pk).exists():
        return texts.not_yours_toast()
    still_open = _still_open(lead)
    if not still_open:
        return texts.decided_toast(decided_by(lead))
    if pressed[0] == RETURN:
        _ask(staff, lead, still_open)
        return texts.ask_note_toast()
    changed = set_state([file.pk for file in still_open], state=STATES[pressed[0]], actor=staff, now=now)
    return TOASTS[pressed[0]]() if changed else texts.taken_already_toast(decided_by(lead))


def _still_open(lead: ReceivedFile) -> list[ReceivedFile]:
    """Return what is left to decide of the files of a notice, locked: who comes second sees what the first did."""
    together = files_of(lead)
    rows = ReceivedFile.objects.select_for_update(of=("self",)).filter(pk__in=[file.pk for file in together])
    is_open = {row.pk: row.is_open for row in rows.order_by("pk")}
    return [file for file in together if is_open.get(file.pk)]


def _ask(staff: User, lead: ReceivedFile, still_open: list[ReceivedFile]) -> None:
    queue_message(
        staff,
        audience=Audience.STAFF,
        text=texts.ask_for_note(still_open),
        subject=f"{NOTE}{lead.pk}",
        asks_reply=True,
    )


def _refuse(query: CallbackQuery) -> None:
    """The button stands in private chats of staff only; whoever else presses a forged one may be a client."""
    toast(query, alerts.refusal_toast())


def on_note(update: Update) -> None:
    """Return the files with the words of the reply (FIL-04)."""
    message = update.message
    asked = _asked_about(message) if message else None
    if message is None or asked is None:
        return
    staff, lead = asked
    text = _return(staff, lead, message.text or "", timezone.now())
    queue_message(staff, audience=Audience.STAFF, text=text)


def _return(staff: User, lead: ReceivedFile, note: str, now: datetime) -> str:
    if not note.strip():
        return texts.text_only()
    if not visible_files(staff).filter(pk=lead.pk).exists():
        return texts.not_yours_toast()
    still_open = [file.pk for file in _still_open(lead)]
    if not still_open:
        return texts.decided_toast(decided_by(lead))
    set_state(still_open, state=State.RETURNED, note=note, actor=staff, now=now)
    return texts.returned()


def _asked_about(message: Message) -> tuple[User, ReceivedFile] | None:
    """Return who answers, and the first of the files that our question was about."""
    staff = staff_behind(message.from_user) if message.from_user else None
    if staff is None or message.reply_to_message is None:
        return None
    sent = OutgoingMessage.objects.filter(
        recipient=staff,
        telegram_message_id=message.reply_to_message.message_id,
        subject__startswith=NOTE,
    )
    subject = sent.values_list("subject", flat=True).first()
    number = subject.removeprefix(NOTE) if subject else ""
    lead = ReceivedFile.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    return (staff, lead) if lead is not None else None
