"""What people read about templates and files in the bot and in Admin alike."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from buhbot.texts import day
from templates_app.filing import FILES, LIMITS, MIB, TELEGRAM_LIMIT
from templates_app.models import ReceivedFile
from templates_app.rules import KNOWN

Why = ReceivedFile.Why


def meanings() -> list[tuple[str, str]]:
    """Return the variables, as they are written, with what they stand for (TPL-03)."""
    meant = {
        "client_name": _("the client"),
        "accountant_name": _("who sends it"),
        "chat_title": _("the title of the chat"),
        "date": _("today's date"),
        "time": _("the time now"),
        "due": _("when an answer to the open request is due"),
    }
    return [(f"{{{{{name}}}}}", meant[name]) for name in KNOWN]


def unknown(names: list[str]) -> str:
    """Say which variables do not exist, and which do (TPL-03)."""
    known = ", ".join(f"{{{{{name}}}}}" for name in KNOWN)
    return _("There is no such variable: %(names)s. There are: %(known)s.") % {
        "names": ", ".join(names),
        "known": known,
    }


def values_at(now: datetime, zone: str, *, due_at: datetime | None = None) -> dict[str, str]:
    """Write date, time and due as a client reads them, in the zone of the chat; a due that has passed is not named."""
    here = now.astimezone(ZoneInfo(zone))
    values = {"date": f"{here:%d.%m.%Y}", "time": f"{here:%H:%M}"}
    if due_at is not None and due_at > now:
        values["due"] = _due(due_at.astimezone(ZoneInfo(zone)), here)
    return values


def _due(due: datetime, here: datetime) -> str:
    days = (due.date() - here.date()).days
    if days == 0:
        return f"{due:%H:%M}"
    if days == 1:
        return _("%(clock)s tomorrow") % {"clock": f"{due:%H:%M}"}
    return f"{due:%H:%M} {day(due)}"


def size(file: ReceivedFile) -> str:
    """Write the size of a file; "" where Telegram did not say it."""
    return "" if file.size_bytes is None else filesizeformat(file.size_bytes)


def why_left(file: ReceivedFile) -> str:
    """Say why a file is not stored; "" for one that is or will be (FIL-02)."""
    limits = {Why.TELEGRAM_LIMIT: TELEGRAM_LIMIT, Why.TOO_LARGE: LIMITS.get(file.bucket, LIMITS[FILES])}
    if file.why in limits:
        told = {"limit": limits[Why(file.why)] // MIB}
        return _("larger than %(limit)d MB: no copy is kept, the file stays in Telegram") % told
    words = {
        Why.TYPE: _("files of this type are not kept: it stays in Telegram"),
        Why.EMPTY: _("the file is empty"),
        Why.GONE: _("Telegram does not hand it out any more"),
    }
    return words.get(Why(file.why), "")
