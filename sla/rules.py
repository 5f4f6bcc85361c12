"""Pure decisions about requests: what opens one, what ends one, when it fires, who is told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

SPEECH_KINDS = frozenset({"voice", "video_note", "video", "audio"})
FILE_KINDS = frozenset({"document", "photo"})
CAPTIONED_KINDS = frozenset({"text", "animation"}) | FILE_KINDS
ANSWER_KINDS = frozenset({"text"}) | SPEECH_KINDS | FILE_KINDS
# How a logged text is known as a command, as Telegram marks one; the log does not keep the mark itself.
COMMAND = r"^/[A-Za-z0-9_]"
BARE_COMMAND = r"^/[A-Za-z0-9_]+(@[A-Za-z0-9_]+)?\s*$"
CLARIFICATION_GRACE = timedelta(minutes=10)
UNDO_WINDOW = timedelta(hours=24)
FIRST_LEVEL = 1
SNOOZE_FORMAT = "%d.%m.%Y %H:%M"  # of the end of a snooze in its event, in the firm's zone
NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # due of a request whose calendar has no working time for it (WT-06)


class Arithmetic(Protocol):
    """What is needed of a work calendar."""

    def elapsed(self, start: datetime, end: datetime) -> timedelta: ...

    def deadline(self, start: datetime, target: timedelta) -> datetime: ...


class Timed(Protocol):
    """What the clock of a request is read from."""

    @property
    def opened_at(self) -> datetime: ...

    @property
    def due_at(self) -> datetime: ...

    @property
    def closed_at(self) -> datetime | None: ...

    @property
    def paused_at(self) -> datetime | None: ...

    @property
    def paused_seconds(self) -> int: ...


def clock_at(timed: Timed, *, now: datetime) -> datetime:
    """Return up to which instant the clock has run: to the end, to a pause that lasts, or until now (TIM-08)."""
    end = timed.closed_at or now
    return min(timed.paused_at or end, end)


def waited(timed: Timed, calendar: Arithmetic, *, now: datetime) -> timedelta:
    """Return the working time waited so far, or until the end; pauses left out (REQ-09, TIM-08)."""
    whole = calendar.elapsed(timed.opened_at, clock_at(timed, now=now))
    return max(whole - timedelta(seconds=timed.paused_seconds), timedelta())


def left(timed: Timed, calendar: Arithmetic, *, now: datetime) -> timedelta:
    """Return the working time that is left until due; none when there is no due time (WT-06)."""
    if timed.due_at == NEVER:
        return timedelta()
    return calendar.elapsed(clock_at(timed, now=now), timed.due_at)


def over(timed: Timed, calendar: Arithmetic, *, now: datetime) -> timedelta:
    """Return the working time by which due has passed."""
    return calendar.elapsed(timed.due_at, clock_at(timed, now=now))


@dataclass(frozen=True, slots=True)
class Timers:
    """The instants of a request that have not fired yet; None: fired, or never will."""

    warn_at: datetime | None
    due_at: datetime | None
    escalate_at: datetime | None = None

    @property
    def first(self) -> datetime | None:
        """The earliest instant at which something is to happen (TIM-01)."""
        return min(
            (at for at in (self.warn_at, self.due_at, self.escalate_at) if at is not None), default=None
        )


def label_of_kind(kind: str, *, has_text: bool, files_open_requests: bool) -> str | None:
    """Name the class that a message has by its kind alone; None: its text decides (REQ-03)."""
    if kind in SPEECH_KINDS:
        return "REQUEST"
    if kind in FILE_KINDS and not has_text:
        return "REQUEST" if files_open_requests else "CLARIFICATION"
    if kind in CAPTIONED_KINDS and has_text:
        return None
    return "SPAM"


def opens_request(
    label: str,
    *,
    kind: str,
    has_text: bool,
    since_staff: timedelta | None,
    grace: timedelta = CLARIFICATION_GRACE,
) -> bool:
    """Say whether a client message opens a request when none is open (REQ-03, REQ-04).

    `since_staff` is the wall time since staff last spoke; None: they never did. `grace` is how long details follow it.
    """
    if label == "REQUEST":
        return True
    if label != "CLARIFICATION" or (kind in FILE_KINDS and not has_text):
        return False
    return since_staff is None or since_staff > grace


def ends_request(kind: str, *, is_command: bool) -> bool:
    """Say whether a staff message of this kind is an answer (ANS-01)."""
    return kind in ANSWER_KINDS and not is_command


def first_instants(
    calendar: Arithmetic,
    *,
    opened_at: datetime,
    target: timedelta,
    warning_percent: int,
    paused: timedelta = timedelta(),
) -> tuple[datetime | None, datetime]:
    """Compute when a request warns and when it is due. A percent of 0 means no warning (ALR-01).

    `paused` is the working time for which its clock stood still; it comes on top (TIM-08).
    """
    warning = target * warning_percent / 100
    warn_at = calendar.deadline(opened_at, warning + paused) if warning_percent else None
    return warn_at, calendar.deadline(opened_at, target + paused)


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the clock of a request stood still; without an end it still does (TIM-08)."""

    start: datetime
    end: datetime | None

    def holds(self, at: datetime) -> bool:
        """Say whether the instant falls into the pause; its end does not."""
        return self.start <= at and (self.end is None or at < self.end)

    def cut(self, at: datetime) -> "Pause":
        """Return the part before the instant."""
        return Pause(min(self.start, at), at if self.end is None else min(self.end, at))


def pauses(marks: Iterable[tuple[datetime, bool]]) -> list[Pause]:
    """Pair marks, in order of time, into pauses: a true one starts a pause, the first false one after it ends it."""
    found: list[Pause] = []
    for at, is_start in marks:
        is_running = bool(found) and found[-1].end is None
        if is_start and not is_running:
            found.append(Pause(at, None))
        elif is_running and not is_start:
            found[-1] = Pause(found[-1].start, at)
    return found


@dataclass(frozen=True, slots=True)
class Duty:
    """A person who may be told of an alert."""

    user_id: int
    role: str
    duty: str = ""


class Snooze(StrEnum):
    """For how long an escalation may be put off: working hours, or until the next working morning (ALR-04)."""

    HOUR = "1h"
    FOUR_HOURS = "4h"
    MORNING = "morning"

    @property
    def hours(self) -> timedelta | None:
        """The working time, or None for the morning."""
        return {"1h": timedelta(hours=1), "4h": timedelta(hours=4)}.get(self.value)


class Obstacle(StrEnum):
    """What may be missing before a chat can be monitored (CHT-02)."""

    TEAM_CHAT = "team_chat"
    BOT_IS_OUT = "bot_is_out"
    PRIVATE_CHAT = "private_chat"
    NO_ACCOUNTANT = "no_accountant"
    NO_POLICY = "no_policy"
    NOBODY_REACHABLE = "nobody_reachable"


Away = Mapping[int, int | None]  # who is away, and who stands in; None: nobody


def stand_in(person: int, away: Away) -> int | None:
    """Name who has the person's duties now: the person, or the first of the chain of substitutes who is there (STF-03).

    None: the chain ends with nobody, or leads back to itself.
    """
    found: int | None = person
    seen: set[int] = set()
    while found is not None and found in away:
        if found in seen:
            return None
        seen.add(found)
        found = away[found]
    return found


def present(people: Iterable[int], away: Away) -> list[int]:
    """Put their substitutes in the place of those who are away, each person once; nobody stands in: left out."""
    found = (stand_in(person, away) for person in people)
    return list(dict.fromkeys(person for person in found if person is not None))


def answerable(people: list[int], assigned: int | None) -> list[int]:
    """Leave of those on duty the one to whom a request was assigned; all when that one is not on duty (ADM-02)."""
    return [assigned] if assigned in people else people


def recipients(
    kind: str,
    level: int,
    *,
    chat_staff: Iterable[Duty],
    firm_staff: Iterable[Duty],
    away: Away = MappingProxyType({}),
    assigned: int | None = None,
) -> tuple[int, ...]:
    """Name who hears of an alert, by user id (ALR-02).

    A nudge: the accountants on duty. A client's call, and level 0: they, else who is in charge (CLI-03). Level 1:
    both. Level 2: who is in charge: the chat's managers, else the firm's, else administrators. From level 3: managers
    and administrators. Substitutes stand in for those who are away (STF-03); when nobody at all is left, administrators
    hear of it even so (principle 11). Of the accountants only the one to whom the request was assigned, while on duty
    (ADM-02).
    """
    chat_staff, firm_staff = list(chat_staff), list(firm_staff)
    all_admins = _ids(firm_staff, role="admin")
    accountants = answerable(present(_ids(chat_staff, duty="accountant"), away), assigned)
    managers = present(_ids(chat_staff, duty="manager"), away) or present(
        _ids(firm_staff, role="manager"), away
    )
    admins = present(all_admins, away)
    in_charge = managers or admins
    if kind == "nudge":
        return tuple(accountants)
    if kind == "call":
        return tuple(dict.fromkeys(accountants or in_charge or all_admins))
    told = {0: accountants or in_charge, 1: accountants + in_charge, 2: in_charge}.get(
        level, managers + admins
    )
    return tuple(dict.fromkeys(told or all_admins))


def _ids(staff: Iterable[Duty], *, role: str = "", duty: str = "") -> list[int]:
    return [
        person.user_id for person in staff if (role and person.role == role) or (duty and person.duty == duty)
    ]


class Standing(StrEnum):
    """How a request stands, in one word for lists."""

    HEALTHY = "healthy"
    AT_RISK = "at_risk"
    BREACHED = "breached"
    WAITING_CLIENT = "waiting_client"
    IN_TIME = "in_time"
    LATE = "late"
    BY_FAQ = "by_faq"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


def standing(
    state: str, *, is_warned: bool, is_breached: bool, is_late: bool, is_by_faq: bool = False
) -> Standing:
    """Say how a request stands: open ones by what has fired, answered ones by whether it was in time (ADM-02)."""
    if state == "open":
        if is_breached:
            return Standing.BREACHED
        return Standing.AT_RISK if is_warned else Standing.HEALTHY
    if is_by_faq:
        return Standing.BY_FAQ
    if state == "answered":
        return Standing.LATE if is_late else Standing.IN_TIME
    return Standing(state)
