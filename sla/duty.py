"""Reads who is on duty in the chats while people are away, and where nobody is (STF-03, ALR-02, ALR-08)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from buhbot.models import Assignment, Chat, Role, User
from buhbot.selectors import Instant, absences_at, away_at
from sla.models import AlertKind
from sla.rules import answerable, present

Chats = Iterable[int] | QuerySet[Chat, Any]
OnDuty = list[dict[str, Any]]
ACCOUNTANT = Assignment.Duty.ACCOUNTANT


def on_duty(chats: Chats, *, at: Instant) -> dict[int, OnDuty]:
    """Return the accountants on duty in each chat that has any, as requests keep them (REQ-06): `id` and `name`.

    A substitute stands in for who is away; an empty list says that all of them are away without one.
    """
    rows = list(
        Assignment.objects.filter(chat__in=chats, duty=ACCOUNTANT, user__is_active=True)
        .select_related("user")
        .annotate(is_away=Exists(absences_at(at).filter(user=OuterRef("user"))))
        .order_by("-is_primary", "pk")
    )
    away = away_at(at) if any(row.is_away for row in rows) else {}
    names = {row.user_id: str(row.user) for row in rows}
    names |= {user.pk: str(user) for user in User.objects.filter(pk__in=set(away.values()))} if away else {}
    duties: dict[int, list[int]] = {}
    for row in rows:
        duties.setdefault(row.chat_id, []).append(row.user_id)
    return {
        chat: [{"id": person, "name": names[person]} for person in present(people, away)]
        for chat, people in duties.items()
    }


def answerable_of(people: OnDuty, assigned: int | None) -> OnDuty:
    """Leave of those on duty the one to whom a request was assigned; all when that one is not on duty (ADM-02)."""
    chosen = answerable([person["id"] for person in people], assigned)
    return [person for person in people if person["id"] in chosen]


def watched_chats() -> QuerySet[Chat]:
    """Return the chats whose requests are measured now."""
    return Chat.objects.filter(is_monitored=True, life_cycle=Chat.LifeCycle.ACTIVE)


def chats_of(people: Func) -> QuerySet[Chat]:
    """Return the chats in which one of the people has a duty, as `stands_in_for` names them."""
    return Chat.objects.filter(pk__in=Assignment.objects.filter(user__in=people).values("chat"))


def uncovered_chats(*, at: Instant) -> QuerySet[Chat]:
    """Return the monitored chats whose accountants are all away and nobody stands in (STF-03)."""
    touched = Assignment.objects.filter(duty=ACCOUNTANT, user__in=absences_at(at).values("user"))
    duties = on_duty(watched_chats().filter(pk__in=touched.values("chat")), at=at)
    return Chat.objects.filter(pk__in=[chat for chat, people in duties.items() if not people])


def is_uncovered(chat: Chat) -> bool:
    """Say whether nobody is on duty in the monitored chat at present (STF-03)."""
    return chat.is_watched and on_duty([chat.pk], at=Now()).get(chat.pk) == []


def people_on_duty(*, at: Instant) -> list[int]:
    """Return who hears of alerts of the monitored chats at the instant, substitutes instead of who is away (ALR-02)."""
    assigned = Assignment.objects.filter(chat__in=watched_chats(), user__is_active=True)
    people = [*assigned.values_list("user_id", flat=True).distinct(), *_in_charge()]
    return present(people, away_at(at))


def _in_charge() -> list[int]:
    """Administrators, and the firm's managers where a monitored chat has none of its own."""
    watched = watched_chats()
    if not watched.exists():
        return []
    managed = Assignment.objects.filter(duty=Assignment.Duty.MANAGER, user__is_active=True).values("chat")
    roles = [Role.ADMIN, Role.MANAGER] if watched.exclude(pk__in=managed).exists() else [Role.ADMIN]
    return list(User.objects.filter(is_active=True, role__in=roles).values_list("pk", flat=True))


def unreachable_on_duty(*, at: Instant) -> QuerySet[User]:
    """Return who is needed in a monitored chat and cannot be written to by the bot (ALR-08)."""
    cannot = Q(telegram_id__isnull=True) | Q(unreachable_since__isnull=False)
    return User.objects.filter(cannot, pk__in=people_on_duty(at=at), is_active=True)


def declined_alerts(staff: Iterable[User]) -> dict[str, frozenset[int]]:
    """Return who of them wants to hear of which kind of alert no more, by user id (STF-06).

    What people ask is heard by all.
    """
    warnings = frozenset(user.pk for user in staff if not user.wants_warnings)
    breaches = frozenset(user.pk for user in staff if not user.wants_breaches)
    return {
        AlertKind.WARNING: warnings,
        AlertKind.BREACH: breaches,
        AlertKind.ESCALATION: breaches,
        AlertKind.NUDGE: frozenset(),
        AlertKind.CALL: frozenset(),
    }
