"""Pure decisions about surveys: what follows what, when the quarterly one starts, who is left out."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
QUARTER_MONTHS = 3
SCALES = {"stars": (1, 5), "nps": (0, 10)}
LATE_START = timedelta(days=7)  # a quarterly survey that could not start for so long is left out
COMMENT_WAIT = timedelta(minutes=30)  # for which the next private message is the comment (SUR-07)
SECOND_WAIT = timedelta(days=2)  # between the reminder and the notice to the manager (SUR-08)


class Arithmetic(Protocol):
    """What is needed of a work calendar."""

    def elapsed(self, start: datetime, end: datetime) -> timedelta: ...

    def next_opening(self, instant: datetime) -> datetime: ...

    def deadline(self, start: datetime, target: timedelta) -> datetime: ...


class State(StrEnum):
    """How a survey stands in the table; that it has expired is said by the clock (SUR-01)."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    ACTIVE = "active"
    CLOSED = "closed"


FOLLOWS: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.SCHEDULED}),
    State.SCHEDULED: frozenset({State.DRAFT, State.SENDING}),
    State.SENDING: frozenset({State.ACTIVE, State.CLOSED}),
    State.ACTIVE: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
}
RUNNING = (State.SENDING, State.ACTIVE)
EXPIRED = "expired"


class Skip(StrEnum):
    """Why a chat gets no copy (SUR-03); the first that fits is kept."""

    BOT_IS_OUT = "bot_is_out"
    PAUSED = "paused"
    UNMONITORED = "unmonitored"
    UNREACHABLE = "unreachable"
    OPTED_OUT = "opted_out"
    BREACHED = "breached"
    COOL_DOWN = "cool_down"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a year, 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """Return the quarter in which the date lies."""
        return cls(day.year, (day.month - 1) // QUARTER_MONTHS + 1)

    @property
    def key(self) -> str:
        """Name the quarter so that it is unique and sorts: «2026-Q4»."""
        return f"{self.year:04d}-Q{self.number}"

    @property
    def first(self) -> date:
        """Return its first date."""
        return date(self.year, (self.number - 1) * QUARTER_MONTHS + 1, 1)

    @property
    def last(self) -> date:
        """Return its last date."""
        month = self.number * QUARTER_MONTHS
        return date(self.year, month, monthrange(self.year, month)[1])

    @property
    def before(self) -> "Quarter":
        """Return the quarter before it."""
        return Quarter.of(self.first - DAY)

    @property
    def after(self) -> "Quarter":
        """Return the quarter after it."""
        return Quarter.of(self.last + DAY)


def may_follow(state: str, wanted: str) -> bool:
    """Say whether a survey may pass from one state to the other (SUR-01)."""
    return wanted in FOLLOWS.get(state, frozenset())


def standing(state: str, *, expires_at: datetime | None, now: datetime) -> str:
    """Return the state as people see it: a running one that is past its validity has expired (SUR-01)."""
    is_over = state in RUNNING and expires_at is not None and expires_at <= now
    return EXPIRED if is_over else str(state)


def is_open(state: str, *, expires_at: datetime | None, now: datetime) -> bool:
    """Say whether votes are taken and messages go out."""
    return standing(state, expires_at=expires_at, now=now) in RUNNING


def days_after(start: datetime, days: int, *, zone: str) -> datetime:
    """Return the same time of the local clock so many dates later, in UTC, whatever the clocks do in between."""
    local = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + days * DAY
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def quarterly_start(
    quarter: Quarter, *, weekday: int, hour: int, calendar: Arithmetic, zone: str
) -> datetime | None:
    """Return when the survey of the quarter before starts by itself (SUR-02).

    It is the first such ISO weekday of the quarter, or the next date after it that has working time. None: the
    quarter has no such date.
    """
    ahead = (weekday - quarter.first.isoweekday()) % 7
    day = quarter.first + ahead * DAY
    while day <= quarter.last:
        if calendar.elapsed(_midnight(day, zone), _midnight(day + DAY, zone)):
            return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)
        day += DAY
    return None


def next_quarterly_start(
    now: datetime, *, weekday: int, hour: int, calendar: Arithmetic, zone: str
) -> datetime | None:
    """Return the next start of a quarterly survey after the instant (SUR-02); None: nobody works in that year."""
    quarter = Quarter.of(now.astimezone(ZoneInfo(zone)).date())
    for _ in range(5):
        start = quarterly_start(quarter, weekday=weekday, hour=hour, calendar=calendar, zone=zone)
        if start is not None and start > now:
            return start
        quarter = quarter.after
    return None


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone))


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether a chat gets a copy."""

    is_bot_in: bool = True
    is_paused: bool = False
    is_monitored: bool = True
    is_reachable: bool = True
    has_opted_out: bool = False
    is_breached: bool = False
    last_survey_at: datetime | None = None


def skip_reason(facts: Facts, *, cooldown_days: int, now: datetime) -> Skip | None:
    """Say why the chat is left out; None: it gets its copy (SUR-03). The cool-down is so many times 24 hours."""
    found = {
        Skip.BOT_IS_OUT: not facts.is_bot_in,
        Skip.PAUSED: facts.is_paused,
        Skip.UNMONITORED: not facts.is_monitored,
        Skip.UNREACHABLE: not facts.is_reachable,
        Skip.OPTED_OUT: facts.has_opted_out,
        Skip.BREACHED: facts.is_breached,
        Skip.COOL_DOWN: facts.last_survey_at is not None and now - facts.last_survey_at < cooldown_days * DAY,
    }
    return next((reason for reason, is_there in found.items() if is_there), None)


def is_rating(kind: str, rating: int) -> bool:
    """Say whether the scale has such a rating (SUR-01)."""
    least, most = SCALES[kind]
    return least <= rating <= most


def is_low(kind: str, rating: int | None, *, low_stars: int, low_nps: int) -> bool:
    """Say whether somebody has to look after the client who gave the rating (SUR-09)."""
    return rating is not None and rating <= {"stars": low_stars, "nps": low_nps}[kind]


def follow_up_due(opened_at: datetime, *, calendar: Arithmetic, zone: str) -> datetime:
    """Return the instant one working day later: so much working time as the first day that is worked has (SUR-09).

    Raises NoWorkingTime.
    """
    day = calendar.next_opening(opened_at).astimezone(ZoneInfo(zone)).date()
    length = calendar.elapsed(_midnight(day, zone), _midnight(day + DAY, zone))
    return calendar.deadline(opened_at, length)
