"""Why a request is due when it is: its terms, and the walk over the dates from opening to due (ADM-03)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet, Subquery
from django.db.models.functions import JSONObject

from buhbot.models import Calendar, CalendarException, Chat
from buhbot.services.calendars import work_calendar
from buhbot.walk import Day, DayKind, walk
from sla.models import Policy, Request

DAYS_OFF = (DayKind.HOLIDAY, DayKind.WEEKEND)


class Origin(StrEnum):
    """Why a policy or a calendar counts for the chat (ALR-01, WT-10)."""

    CHAT = "chat"
    TIER = "tier"
    FIRM = "firm"
    PAST = "past"  # the request keeps what is in force no more (REQ-06)


@dataclass(frozen=True, slots=True)
class Step:
    """One date, or a run of days off."""

    first: date
    last: date
    kind: DayKind
    spans: tuple[tuple[datetime, datetime], ...]
    worked: timedelta
    note: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The steps add up to the target and the pauses; their times are of the calendar's zone."""

    policy: str
    policy_origin: Origin
    calendar: str
    calendar_origin: Origin
    zone: str
    target: timedelta
    paused: timedelta
    paused_at: datetime | None
    due_at: datetime
    steps: tuple[Step, ...]
    taken_by: str = ""
    hold: timedelta = timedelta()


def explain(request: Request) -> Explanation:
    """Explain the due time of a request by what it keeps of policy and calendar (REQ-06)."""
    version = request.calendar_version
    days = list(walk(work_calendar(version), request.opened_at, request.due_at)) if request.has_due else []
    (policy_origin, calendar_origin), notes = _settings(request, days)
    return Explanation(
        policy=request.policy_name,
        policy_origin=policy_origin,
        calendar=version.name,
        calendar_origin=calendar_origin,
        zone=version.time_zone,
        target=timedelta(minutes=request.target_minutes),
        paused=timedelta(seconds=request.paused_seconds),
        paused_at=request.paused_at,
        due_at=request.due_at,
        steps=tuple(steps_of(days, notes)),
        taken_by=str(request.acknowledged_by or ""),
        hold=timedelta(minutes=request.acknowledge_minutes),
    )


def steps_of(days: Iterable[Day], notes: Mapping[date, str]) -> Iterable[Step]:
    """Make a step of each date, and one of each run of days off."""
    runs = groupby(enumerate(days), key=lambda item: -1 if item[1].kind in DAYS_OFF else item[0])
    for _, items in runs:
        run = [day for _, day in items]
        told = dict.fromkeys(notes[day.date] for day in run if day.date in notes)
        yield Step(
            first=run[0].date,
            last=run[-1].date,
            kind=min(day.kind for day in run),  # a holiday among weekends makes it one
            spans=run[0].spans,
            worked=run[0].worked,
            note=", ".join(note for note in told if not _says_more(note, told)),
        )


def _says_more(note: str, others: Iterable[str]) -> bool:
    """Say whether the note is another one with a few words more: «May Day (observed)»."""
    return any(note != other and note.startswith(other) for other in others)


def _settings(request: Request, days: list[Day]) -> tuple[tuple[Origin, Origin], dict[date, str]]:
    """Read at once where policy and calendar come from, by the settings of now, and the notes of the dates."""
    firm_policy = Policy.objects.filter(is_default=True).values("name")[:1]
    firm_calendar = Calendar.objects.filter(is_default=True).values("pk")[:1]
    *policies, chat_calendar, tier_calendar, firms_calendar, noted = (
        Chat.objects.filter(pk=request.chat_id)
        .values_list(
            "policy_override__policy__name",
            "tier__policy__name",
            Subquery(firm_policy),
            "calendar",
            "tier__calendar",
            Subquery(firm_calendar),
            ArraySubquery(_noted(request, days)),
        )
        .get()
    )
    calendars = [chat_calendar, tier_calendar, firms_calendar]
    origins = (
        _origin(request.policy_name, policies),
        _origin(request.calendar_version.calendar_id, calendars),
    )
    return origins, _notes(request, noted)


def _noted(request: Request, days: list[Day]) -> QuerySet[CalendarException, Any]:
    between = (days[0].date, days[-1].date) if days else (date.min, date.min)
    rows = CalendarException.objects.filter(
        calendar=request.calendar_version.calendar_id, date__range=between
    ).exclude(note="")
    return rows.values(found=JSONObject(date="date", hours="hours", note="note"))


def _notes(request: Request, noted: Iterable[Mapping[str, str]]) -> dict[date, str]:
    """What people noted at the dates that differ; versions keep the hours alone, so these must still be the same."""
    kept = request.calendar_version.exceptions
    return {
        date.fromisoformat(row["date"]): row["note"] for row in noted if kept.get(row["date"]) == row["hours"]
    }


def _origin(kept: object, settings: list[object]) -> Origin:
    return next((origin for origin, now in zip(Origin, settings, strict=False) if now == kept), Origin.PAST)
