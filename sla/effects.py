"""What a change of policies would have meant for the last 90 days (ADM-06). Reads only; the change itself is undone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from buhbot.models import CalendarVersion, Chat
from buhbot.services.calendars import work_calendar
from buhbot.worktime import WorkCalendar
from sla.figures import Period, counted
from sla.models import EventKind, Policy, Request, RequestEvent
from sla.replay import Act, Course, Did, Outcome, Terms, replay
from sla.rules import SNOOZE_FORMAT
from sla.selectors import chats_with_policy

LOOK_BACK = timedelta(days=90)
WEEKS = LOOK_BACK / timedelta(weeks=1)
TERMS = tuple(field.name for field in fields(Terms))
CLOCK = (
    "pk",
    "chat_id",
    "opened_at",
    "closed_at",
    "paused_at",
    "paused_seconds",
    "snoozed_until",
    "calendar_version_id",
)
TERMS_START = len(CLOCK)
ACTS = {
    EventKind.ACKNOWLEDGED: Did.TOOK,
    EventKind.SNOOZED: Did.SNOOZED,
    EventKind.PAUSED: Did.PAUSED,
    EventKind.RESUMED: Did.RESUMED,
}
TermsOfChats = Mapping[int, Terms | None]


@dataclass(frozen=True, slots=True)
class Tally:
    """How a number of requests went."""

    in_time: int = 0
    missed: int = 0
    alerts: int = 0

    @property
    def compliance(self) -> float | None:
        """The share that was served in time, 0 to 1; None while nothing can be said."""
        judged = self.in_time + self.missed
        return self.in_time / judged if judged else None


@dataclass(frozen=True, slots=True)
class Effect:
    """The chats whose terms change, how many requests they had, and how these went and would have gone."""

    chats: tuple[int, ...]
    requests: int
    before: Tally
    after: Tally

    @property
    def alerts_a_week(self) -> float:
        """How many alerts more a week there would have been; fewer: below zero."""
        return (self.after.alerts - self.before.alerts) / WEEKS


def terms_in_force() -> dict[int, Terms | None]:
    """Return the terms of each chat's policy as the tables stand in this transaction."""
    policies = {
        policy.pk: Terms(*(getattr(policy, name) for name in TERMS)) for policy in Policy.objects.all()
    }
    return {chat: policies.get(policy or 0) for chat, policy in chats_with_policy()}


def effect_of(before: TermsOfChats, after: TermsOfChats, *, now: datetime) -> Effect:
    """Return what the new terms would have meant for the requests of the chats whose terms change."""
    chats = tuple(chat for chat, terms in after.items() if terms and terms != before.get(chat))
    requests = recent(Request.objects.filter(chat__in=chats), now=now)
    found = list(outcomes(requests, after, now=now))
    return Effect(
        chats, len(found), tally(was for was, _would in found), tally(would for _was, would in found)
    )


def recent(requests: QuerySet[Request], *, now: datetime) -> QuerySet[Request]:
    """Return those of the last 90 days that the figures count."""
    return counted(requests, Period(now - LOOK_BACK, now))


def outcomes(
    requests: QuerySet[Request], terms: TermsOfChats, *, now: datetime
) -> Iterator[tuple[Outcome, Outcome]]:
    """Play each request under its own terms and under those of its chat."""
    for row, course, calendar in _courses(requests):
        own = _terms(*row[TERMS_START:])
        wanted = terms.get(row.chat_id) or own
        was, would = replay(course, (own, wanted), calendar, now=now)
        yield was, would


_terms = lru_cache(maxsize=1024)(Terms)


def tally(found: Iterable[Outcome]) -> Tally:
    """Count outcomes."""
    counted_ones = list(found)
    judged = Counter(one.is_in_time for one in counted_ones)
    return Tally(judged[True], judged[False], sum(one.alerts for one in counted_ones))


def chats_named(chats: Iterable[int]) -> QuerySet[Chat]:
    """Return the chats by name."""
    return Chat.objects.filter(pk__in=list(chats)).order_by("client_name", "title")


def _courses(requests: QuerySet[Request]) -> Iterator[tuple[Any, Course, WorkCalendar]]:
    """Return what a replay needs of each request, light, as thousands may be asked about."""
    rows = list(requests.values_list(*CLOCK, *TERMS, named=True))
    versions = CalendarVersion.objects.in_bulk({row.calendar_version_id for row in rows})
    calendars = {pk: work_calendar(version) for pk, version in versions.items()}
    acts = _acts(requests)
    for row in rows:
        done = _last_snooze(acts.get(row.pk, []), row.snoozed_until)
        yield (
            row,
            Course(row.opened_at, row.closed_at, row.paused_at, row.paused_seconds, tuple(done)),
            calendars[row.calendar_version_id],
        )


def _acts(requests: QuerySet[Request]) -> dict[int, list[Act]]:
    found: dict[int, list[Act]] = defaultdict(list)
    events = RequestEvent.objects.filter(request__in=requests.values("pk"), kind__in=ACTS)
    rows = events.order_by("at", "pk").values_list("request_id", "kind", "at", "note")
    for request_id, kind, at, note in rows:
        did = ACTS[EventKind(kind)]
        found[request_id].append(Act(at, did, _until(note) if did == Did.SNOOZED else None))
    return found


def _until(note: str) -> datetime | None:
    """Read until when a snooze held; its event says so to the minute."""
    try:
        return datetime.strptime(note, SNOOZE_FORMAT).replace(tzinfo=timezone.get_default_timezone())
    except ValueError:
        return None


def _last_snooze(acts: list[Act], until: datetime | None) -> list[Act]:
    """Of the last snooze the request itself knows the exact end."""
    if not acts:
        return acts
    last = max((number for number, act in enumerate(acts) if act.did == Did.SNOOZED), default=None)
    if last is None or until is None:
        return acts
    return [*acts[:last], Act(acts[last].at, Did.SNOOZED, until), *acts[last + 1 :]]
