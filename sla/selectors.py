"""Reads about requests: terms, duty, numbers (principle 8: one definition per number)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now

from buhbot.models import Assignment, Calendar, CalendarVersion, Chat, Message, Role, User
from buhbot.selectors import away_at, duties_of, stands_in_for, visible_chats
from buhbot.services.calendars import current_version, version, work_calendar
from sla.duty import declined_alerts
from sla.listeners import listeners
from sla.models import OPEN_STATES, Alert, AlertKind, EventKind, Policy, Request, RequestMeasure
from sla.rules import FIRST_LEVEL, NEVER, Duty, Obstacle, Pause, left, over, pauses, waited

SERVING_ROLES = (Role.ADMIN, Role.MANAGER)
# What a request keeps of its policy (REQ-06): the policy's field, and the request's.
POLICY_TERMS = {
    "name": "policy_name",
    "target_minutes": "target_minutes",
    "warning_percent": "warning_percent",
    "escalation_minutes": "escalation_minutes",
    "max_level": "max_level",
    "acknowledge_minutes": "acknowledge_minutes",
}


def visible_requests(user: User) -> QuerySet[Request]:
    """Return the requests of the chats that the person may see; observers see figures only (RBAC-02)."""
    if user.role == Role.OBSERVER:
        return Request.objects.none()
    return Request.objects.filter(chat__in=visible_chats(user))


def measured_requests(user: User) -> QuerySet[Any]:
    """Return the requests whose figures the person may know: the visible ones; an observer's bare of text and people.

    For the selectors of `sla/figures/` only: a row of it is shown to nobody (SEC-03).
    """
    if user.role == Role.OBSERVER and user.is_active:
        return RequestMeasure.objects.all()
    return visible_requests(user)


def open_requests() -> QuerySet[Request]:
    """Return the requests that wait for the firm or, paused, for the client."""
    return Request.objects.filter(state__in=OPEN_STATES)


def requests_without_due() -> QuerySet[Request]:
    """Return the open requests whose calendar has no working time for them (WT-06)."""
    return open_requests().filter(due_at=NEVER)


def policy_of(chat: Chat) -> Policy:
    """Return the policy of the chat: its own, else its tier's, else the firm's (ALR-01)."""
    return terms_of(chat)[0]


def calendar_version_of(chat: Chat) -> CalendarVersion:
    """Return the newest version of the chat's calendar: its own, else its tier's, else the firm's (WT-10)."""
    return terms_of(chat)[1]


def newest_version_of(chat: Chat) -> CalendarVersion:
    """Return the same read anew with its calendar, whose settings change while versions do not (ADM-04)."""
    calendar = Chat.objects.filter(pk=chat.pk).annotate(calendar_now=_calendar_id("")).values("calendar_now")
    versions = CalendarVersion.objects.filter(calendar=calendar[:1]).select_related("calendar")
    return versions.order_by("-number").first() or calendar_version_of(chat)


def terms_of(chat: Chat) -> tuple[Policy, CalendarVersion]:
    """Return the policy and the calendar version in force for the chat now (ALR-01, WT-10)."""
    versions = CalendarVersion.objects.filter(calendar=OuterRef("calendar_now")).order_by("-number")
    found = (
        Chat.objects.filter(pk=chat.pk)
        .annotate(policy_now=_policy_id(""), calendar_now=_calendar_id(""))
        .annotate(version_now=Subquery(versions.values("pk")[:1]))
        .values("policy_now", "calendar_now", "version_now")
        .get()
    )
    policy = Policy.objects.filter(pk=found["policy_now"]).first() or Policy(name="—")
    if found["version_now"] is None:
        return policy, current_version(Calendar.objects.get(pk=found["calendar_now"]))
    return policy, version(found["version_now"])


def chats_with_policy() -> list[tuple[int, int | None]]:
    """Return each chat with the policy in force for it now (ALR-01)."""
    rows = Chat.objects.annotate(policy_now=_policy_id("")).order_by("pk")
    return list(rows.values_list("pk", "policy_now"))


def with_terms_in_force(requests: QuerySet[Request]) -> QuerySet[Request]:
    """Add to each request the ids of the policy and the calendar version that are in force for its chat now.

    They are `policy_now` and `version_now`; None where there is none (ALR-01, WT-10).
    """
    versions = CalendarVersion.objects.filter(calendar=OuterRef("calendar_now")).order_by("-number")
    return requests.annotate(policy_now=_policy_id("chat__"), calendar_now=_calendar_id("chat__")).annotate(
        version_now=Subquery(versions.values("pk")[:1])
    )


def outdated_requests() -> QuerySet[Request]:
    """Return the open requests that run under other terms than those in force now (TIM-04)."""
    same = {field: OuterRef(kept) for field, kept in POLICY_TERMS.items()}
    return with_terms_in_force(open_requests()).filter(
        ~Q(calendar_version=F("version_now"))
        | (Q(policy_now__isnull=False) & ~Exists(Policy.objects.filter(pk=OuterRef("policy_now"), **same)))
    )


def _policy_id(chat: str) -> Coalesce:
    """The one place of the order of policies; `chat` leads from the row to its chat."""
    firm = Policy.objects.filter(is_default=True).values("pk")[:1]
    return Coalesce(f"{chat}policy_override__policy", f"{chat}tier__policy", Subquery(firm))


def _calendar_id(chat: str) -> Coalesce:
    """The one place of the order of calendars; `chat` leads from the row to its chat."""
    firm = Calendar.objects.filter(is_default=True).values("pk")[:1]
    return Coalesce(f"{chat}calendar", f"{chat}tier__calendar", Subquery(firm))


def accountants_of(chat: Chat) -> QuerySet[Assignment]:
    """Return the chat's accountants, the primary one first."""
    return (
        chat.assignments.filter(duty=Assignment.Duty.ACCOUNTANT, user__is_active=True)
        .select_related("user")
        .order_by("-is_primary", "pk")
    )


def is_accepted(user: User, chat: Chat, *, any_staff: bool, at: datetime) -> bool:
    """Say whether a message that the person sent to the chat at the instant ends its request (ANS-02)."""
    return any_staff or duties_of(user, at=at).filter(chat=chat).exists()


def by_accepted(message: str = "") -> Exists:
    """Say of messages of staff that their author was accepted at their date (ANS-02).

    `message` leads from the row to the message, with two underscores at its end.
    """
    covered = stands_in_for(OuterRef(f"{message}staff"), OuterRef(f"{message}sent_at"))
    return Exists(Assignment.objects.filter(chat=OuterRef(f"{message}chat"), user__in=covered))


def may_act(user: User, chat: Chat) -> bool:
    """Say whether the person may press the buttons of the chat's alerts now, for a substitute as for who is away."""
    if not user.is_active or user.role == Role.OBSERVER:
        return False
    covered = User.objects.filter(pk__in=stands_in_for(user.pk, Now()))
    return (
        user.role in SERVING_ROLES
        or covered.filter(Q(role__in=SERVING_ROLES) | Q(assignments__chat=chat)).exists()
    )


def staff_of(chat: Chat) -> list[Duty]:
    """Return who has a duty in the chat."""
    return staff_by_chat([chat.pk]).get(chat.pk, [])


def staff_by_chat(chats: Iterable[int]) -> dict[int, list[Duty]]:
    """Return who has a duty in which of the chats, in one query."""
    found: dict[int, list[Duty]] = {}
    rows = Assignment.objects.filter(chat__in=chats, user__is_active=True).select_related("user")
    for row in rows:
        found.setdefault(row.chat_id, []).append(Duty(row.user_id, row.user.role, row.duty))
    return found


def active_staff() -> list[User]:
    """Return all people of the firm, from whom it is chosen who hears of an alert."""
    return list(User.objects.filter(is_active=True).order_by("pk"))


def serving(staff: Iterable[User]) -> list[Duty]:
    """Return the managers and administrators among them."""
    return [Duty(user.pk, user.role) for user in staff if user.role in SERVING_ROLES]


def monitoring_obstacles(chat: Chat) -> list[Obstacle]:
    """Return what is missing before the chat can be monitored; empty: nothing (CHT-02)."""
    found = {
        Obstacle.TEAM_CHAT: chat.is_team,
        Obstacle.PRIVATE_CHAT: chat.kind == Chat.Kind.PRIVATE,
        Obstacle.BOT_IS_OUT: chat.life_cycle != Chat.LifeCycle.ACTIVE,
        Obstacle.NO_ACCOUNTANT: not accountants_of(chat).exists(),
        Obstacle.NO_POLICY: policy_of(chat).pk is None,
        Obstacle.NOBODY_REACHABLE: not alertable(chat, kind=AlertKind.BREACH, level=FIRST_LEVEL),
    }
    return [obstacle for obstacle, is_there in found.items() if is_there]


def reachable_staff() -> QuerySet[User]:
    """Return the people of the firm to whom the bot can write (ALR-08)."""
    return User.objects.filter(is_active=True, telegram_id__isnull=False, unreachable_since=None)


def alertable(chat: Chat, *, kind: str, level: int, assigned: int | None = None) -> list[User]:
    """Return who would be told of such an alert now and can be reached (ALR-02, ALR-08).

    `assigned` is the accountant to whom the request was assigned (ADM-02).
    """
    staff = active_staff()
    told = listeners(
        kind,
        level,
        declined=declined_alerts(staff)[kind],
        chat_staff=staff_of(chat),
        firm_staff=serving(staff),
        away=away_at(Now()),
        assigned=assigned,
    )
    return [user for user in staff if user.pk in told and user.is_reachable]


def private_listeners(chat: Chat, *, assigned: int | None = None) -> list[User]:
    """Return who gets what a client of the chat writes to the bot in private (CLI-10).

    The accountants on duty, else whoever is in charge: the first of these circles in which somebody can be reached.
    """
    for kind, level in ((AlertKind.CALL, 0), (AlertKind.ESCALATION, 2), (AlertKind.ESCALATION, 3)):
        if people := alertable(chat, kind=kind, level=level, assigned=assigned):
            return people
    return []


def last_staff_message_at(chat: Chat, *, topic_id: int, before: datetime) -> datetime | None:
    """Return when staff last spoke in the topic up to the instant."""
    return (
        chat.messages.filter(topic_id=topic_id, sender=Message.Sender.STAFF, sent_at__lte=before)
        .order_by("-sent_at")
        .values_list("sent_at", flat=True)
        .first()
    )


@dataclass(frozen=True, slots=True)
class Numbers:
    """The waits of a request; working time unless 'wall' is said (REQ-09)."""

    waited: timedelta
    waited_wall: timedelta
    left: timedelta
    over: timedelta


def numbers(request: Request, *, now: datetime) -> Numbers:
    """Measure a request: until its answer when closed, until `now` when open (REQ-09).

    Working time stands still while the client is waited for (TIM-08).
    """
    calendar = work_calendar(request.calendar_version)
    end = request.closed_at or now
    return Numbers(
        waited=waited(request, calendar, now=now),
        waited_wall=max(end - request.opened_at, timedelta()),
        left=left(request, calendar, now=now),
        over=over(request, calendar, now=now),
    )


def holder(request: Request, *, now: datetime) -> User | None:
    """Return who has taken the request; None once the acknowledgement has run out (ALR-05).

    Where the policy lets taking hold nothing, it is a mark that stays (CLI-06).
    """
    if request.acknowledged_at is None:
        return None
    if not request.acknowledge_minutes:
        return request.acknowledged_by
    held = work_calendar(request.calendar_version).elapsed(request.acknowledged_at, now)
    return request.acknowledged_by if held < timedelta(minutes=request.acknowledge_minutes) else None


def pauses_of(request: Request) -> list[Pause]:
    """Return when the clock of the request stood still, read from its events (TIM-08)."""
    kinds = (EventKind.PAUSED, EventKind.RESUMED)
    events = request.events.filter(kind__in=kinds).order_by("at", "pk").values_list("kind", "at")
    return pauses((at, kind == EventKind.PAUSED) for kind, at in events)


def paused_since(request: Request, after: datetime) -> timedelta:
    """Return the working time for which the clock stood still after the instant, in pauses that are over (TIM-08)."""
    if not request.paused_seconds:
        return timedelta()
    calendar = work_calendar(request.calendar_version)
    ended = ((max(pause.start, after), pause.end) for pause in pauses_of(request) if pause.end is not None)
    return sum((calendar.elapsed(start, end) for start, end in ended), timedelta())


def visible_alerts(user: User) -> QuerySet[Alert]:
    """Return the alerts about the requests that the person may see (RBAC-02)."""
    if user.role in SERVING_ROLES:
        return Alert.objects.all()
    return Alert.objects.filter(request__in=visible_requests(user))


def queue(user: User) -> QuerySet[Request]:
    """Return the open requests that the person may see, the one due first first (ADM-02)."""
    return (
        visible_requests(user)
        .filter(state__in=OPEN_STATES)
        .select_related("chat", "calendar_version")
        .order_by("due_at", "pk")
    )
