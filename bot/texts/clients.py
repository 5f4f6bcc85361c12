"""What clients read about their requests: states, when an answer comes, when the firm is there (CLI-06, CLI-07)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bot.rules import shorten
from bot.texts.words import bold
from buhbot.texts import from_when, until_when
from sla.rules import NEVER

SHOWN, QUOTED = 20, 80


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its client may know it; `zone` is that of the chat's calendar."""

    number: int
    chat: str
    text: str
    due_at: datetime
    zone: str
    is_taken: bool
    is_paused: bool


def in_private() -> str:
    """Stand for what somebody else wrote to the bot alone (CLI-10)."""
    return _("written to me in private")


def status(rows: Sequence[Asked], total: int, *, now: datetime, names_chats: bool = False) -> str:
    """List what is asked and not answered yet; under the names of the chats where there may be several (CLI-06)."""
    if not total:
        return _("Nothing waits for our answer: every question is answered.")
    told = ngettext(
        "%(count)d question waits for our answer", "%(count)d questions wait for our answer", total
    )
    blocks = [bold(told % {"count": total})]
    for chat, asked in groupby(rows, key=lambda row: row.chat):
        title = [bold(chat)] if names_chats else []
        blocks += title + [_asked(row, now) for row in asked]
    more = total - len(rows)
    return "\n\n".join([*blocks, _("and %(count)d more") % {"count": more}] if more > 0 else blocks)


def _asked(row: Asked, now: datetime) -> str:
    quote = shorten(escape(row.text), limit=QUOTED)
    return "\n".join([f"{bold(f'№ {row.number}')} «{quote}»", *_state(row, now)])


def _state(row: Asked, now: datetime) -> list[str]:
    """Say where it stands and what to expect; a due time that has passed is not named."""
    if row.is_paused:
        return [_("💬 We wait for your answer")]
    state = _("🛠 Taken into work") if row.is_taken else _("🕓 Waits for an answer")
    if row.due_at == NEVER:
        return [state]
    if row.due_at <= now:
        return [state, _("The answer takes longer than we wanted, sorry. We have not forgotten.")]
    return [state, _("We answer %(when)s") % {"when": until_when(row.due_at, now=now, zone=row.zone)}]


def not_counted() -> str:
    """Tell a client of a chat whose questions are not counted; nothing of why (principle 5)."""
    return _("I do not number the questions of this chat. Your accountant reads them here as always.")


def no_chats() -> str:
    return _("I see no questions of yours: I know those of the groups in which you write to your accountant.")


def closed(opens_at: datetime, *, now: datetime, zone: str) -> str:
    """Say that nobody is there now, and from when on somebody is (CLI-07)."""
    when = from_when(opens_at, now=now, zone=zone)
    return _("We have your message. These are not our working hours: we are back %(when)s.") % {"when": when}


def accepted(number: int, due_at: datetime, *, now: datetime, zone: str) -> str:
    """Confirm a request with its number and when it is answered (CLI-07)."""
    taken = _("Your question is accepted, № %(number)d.") % {"number": number}
    if due_at == NEVER:
        return taken
    answered = _("We answer %(when)s.") % {"when": until_when(due_at, now=now, zone=zone)}
    return f"{taken} {answered}"
