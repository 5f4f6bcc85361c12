"""What is said of clients' files: receipts, notices for accountants, what became of them (FIL-01, FIL-04)."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bot.texts.words import bold
from templates_app.models import ReceivedFile
from templates_app.texts import size, why_left

State = ReceivedFile.State
MARKS = {State.RECEIVED: "📎", State.IN_WORK: "⏳", State.DONE: "✅", State.RETURNED: "↩️"}
LISTED = 20


def receipt(files: Sequence[ReceivedFile], zone: str) -> str:
    """Tell the client what was received, one line a file (FIL-01)."""
    time = f"{files[0].received_at.astimezone(ZoneInfo(zone)):%H:%M}"
    if len(files) == 1:
        return "📎 " + _("Received at %(time)s: %(file)s") % {"time": time, "file": _line(files[0], zone)}
    title = ngettext(
        "Received %(count)d file at %(time)s:", "Received %(count)d files at %(time)s:", len(files)
    )
    return "📎 " + title % {"count": len(files), "time": time} + _list(files, zone)


def _list(files: Sequence[ReceivedFile], zone: str) -> str:
    lines = [f"\n{number}. {_line(file, zone)}" for number, file in enumerate(files[:LISTED], 1)]
    more = len(files) - LISTED
    return "".join(lines) + ("\n" + _("and %(count)d more") % {"count": more} if more > 0 else "")


def _line(file: ReceivedFile, zone: str) -> str:
    parts = [named(file), size(file), _before(file, zone), why_left(file)]
    return ", ".join(part for part in parts if part)


def named(file: ReceivedFile) -> str:
    """Name a file by kind and name, with the name escaped."""
    kind = file.get_kind_display()
    return f"{kind} {bold(file.name)}" if file.name else kind


def _before(file: ReceivedFile, zone: str) -> str:
    if file.duplicate_of is None:
        return ""
    date = file.duplicate_of.received_at.astimezone(ZoneInfo(zone))
    return _("received before on %(date)s") % {"date": f"{date:%d.%m.%Y}"}


def notice(files: Sequence[ReceivedFile], zone: str, *, link: str) -> str:
    """Tell an accountant which files a client sent, and how they stand (FIL-04)."""
    client = escape(str(files[0].chat))
    title = f'<a href="{escape(link)}">{client}</a>' if link else f"<b>{client}</b>"
    lines = "".join(
        f"\n{MARKS[State(file.state)]} {_line(file, zone)}{_standing(file)}" for file in files[:LISTED]
    )
    return title + lines


def _standing(file: ReceivedFile) -> str:
    if file.state == State.RECEIVED:
        return ""
    note = f": {escape(file.note)}" if file.note else ""
    return f" — <i>{escape(file.get_state_display())}{note}</i>"


def work_button() -> str:
    return _("Start work")


def done_button() -> str:
    return _("Done")


def return_button() -> str:
    return _("Return")


def open_button() -> str:
    return _("Open")


def ask_for_note(files: Sequence[ReceivedFile]) -> str:
    """Ask who returns files what is wrong with them."""
    names = ", ".join(named(file) for file in files[:LISTED])
    return _("What is wrong with it? Reply to this message, and the client will read it: %(files)s") % {
        "files": names
    }


def returned() -> str:
    """Confirm that files were returned."""
    return _("Returned; the client will read why.")


def done_for_client(files: Sequence[ReceivedFile]) -> str:
    """Tell the client that files are done (FIL-04)."""
    names = ", ".join(named(file) for file in files[:LISTED])
    return "✅ " + _("Done: %(files)s") % {"files": names}


def returned_for_client(files: Sequence[ReceivedFile], note: str) -> str:
    """Tell the client that files come back, and why (FIL-04)."""
    names = ", ".join(named(file) for file in files[:LISTED])
    title = _("Something has to be put right: %(files)s") % {"files": names}
    return f"↩️ {title}\n{escape(note)}\n" + _("Please send the corrected file here.")


def taken_toast() -> str:
    return _("In work")


def done_toast() -> str:
    return _("Done; the client will be told")


def ask_note_toast() -> str:
    return _("Write what is wrong with it")


def not_yours_toast() -> str:
    return _("These files are not yours to decide")


def decided_toast(name: str) -> str:
    """Say that the files are decided, and by whom."""
    if not name:
        return _("This has been decided already")
    return _("This has been decided already: %(name)s") % {"name": name}


def taken_already_toast(name: str) -> str:
    """Say that the files are in work already, and with whom."""
    return _("In work already: %(name)s") % {"name": name} if name else _("In work")


def text_only() -> str:
    return _("The reply has to be a text: the client will read it.")
