"""What is told of the state of a chat, and what to put right: `/diagnose` (CHT-05)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import escape
from django.utils.translation import gettext as _

from bot.texts.words import admin_link, bold, moment

GOOD, BAD = "✅", "⚠️"


@dataclass(frozen=True, slots=True)
class Seen:
    """What Telegram says: whether privacy mode is off, what the bot is in the chat, and who asks."""

    reads_all: bool
    status: str
    may_delete: bool = False
    is_asked_by_admin: bool = False

    @property
    def is_there(self) -> bool:
        return self.status in {"member", "administrator", "restricted", "creator"}

    @property
    def hears_all(self) -> bool:
        """Whether the bot gets every message of the group: without privacy mode, or as an administrator."""
        return self.is_there and (self.reads_all or self.status == "administrator")


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of the chat ourselves."""

    chat_id: int
    name: str
    is_monitored: bool
    obstacles: Sequence[str]
    accountants: Sequence[str]
    is_uncovered: bool
    listeners: Sequence[str]
    policy: str
    target_minutes: int
    calendar: str
    last_message_at: datetime | None


Line = tuple[bool, str]


def for_admin(seen: Seen) -> str:
    """Tell an administrator of the group, who is no staff, of privacy mode and the bot's rights, and nothing else."""
    return _written(bold(_("🩺 The bot in this group")), _from_telegram(seen))


def for_staff(known: Known, seen: Seen | None, *, now: datetime) -> str:
    """Tell staff everything, and what to put right."""
    first = (
        _from_telegram(seen)
        if seen
        else [(False, _("Telegram does not answer: the bot's rights are not known"))]
    )
    head = _("🩺 The chat %(chat)s") % {"chat": bold(known.name)}
    link = admin_link(f"buhbot/chat/{known.chat_id}/change/")
    text = _written(head, [*first, *_from_us(known, now)])
    return f"{text}\n{escape(link)}" if link else text


def _written(head: str, lines: Sequence[Line]) -> str:
    rows = [f"{GOOD if is_good else BAD} {text}" for is_good, text in lines]
    wrong = sum(not is_good for is_good, _text in lines)
    verdict = _("To be put right: %(count)d, see ⚠️ above.") % {"count": wrong} if wrong else _("All is well.")
    return "\n".join([head, *rows, "", bold(verdict)])


def _from_telegram(seen: Seen) -> list[Line]:
    if not seen.is_there:
        return [(False, _("The bot is not in the group: add it again"))]
    return [_privacy(seen), (True, _rights(seen))]


def _privacy(seen: Seen) -> Line:
    if seen.reads_all:
        return True, _("Privacy mode is off")
    if seen.hears_all:
        return True, _("Privacy mode is on, but administrators hear everything")
    return False, _("Privacy mode is on: the bot hears commands only. Make it an administrator of the group")


def _rights(seen: Seen) -> str:
    may = _("it may delete commands")
    may_not = _("it may not delete commands, they stay visible")
    is_admin = seen.status == "administrator"
    role = _("The bot is an administrator: %(what)s") if is_admin else _("The bot is a member: %(what)s")
    return role % {"what": may if seen.may_delete else may_not}


def _from_us(known: Known, now: datetime) -> list[Line]:
    watch = (
        (True, _("Registered and monitored"))
        if known.is_monitored
        else (False, _("Registered, not monitored"))
    )
    last = known.last_message_at
    return [
        watch,
        *((False, escape(obstacle)) for obstacle in known.obstacles),
        _accountants(known),
        (
            bool(known.listeners),
            _("A missed target is told to: %(names)s") % {"names": _names(known.listeners)},
        ),
        (
            True,
            _("Policy: %(name)s, %(minutes)d working min")
            % {"name": escape(known.policy), "minutes": known.target_minutes},
        ),
        (True, _("Calendar: %(name)s") % {"name": escape(known.calendar)}),
        (last is not None, _("Last message seen: %(at)s") % {"at": moment(last, now=now) if last else "—"}),
    ]


def _accountants(known: Known) -> Line:
    if known.is_uncovered:
        return False, _("All accountants are away, and nobody stands in")
    return bool(known.accountants), _("Accountants: %(names)s") % {"names": _names(known.accountants)}


def _names(names: Sequence[str]) -> str:
    return escape(", ".join(names)) or "—"


def in_private() -> str:
    return _("Send /diagnose in the client's group; the answer comes here.")
