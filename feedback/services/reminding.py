"""Chats without a vote: reminded once, and at last their manager is told (SUR-08)."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from buhbot.models import Chat
from feedback.models import Delivery, Survey
from feedback.rules import SECOND_WAIT, days_after
from feedback.selectors import firm_calendar, opted_out_chats, without_vote
from sla.models import OPEN_STATES, Request

LEAST_WAIT = timedelta(days=1)  # of a copy that came much later than the others


def claim_reminders(survey: Survey, *, most: int, now: datetime) -> list[Delivery]:
    """Take up to so many chats that are to be reminded now, and note it (SUR-08).

    Who cannot be asked at the moment, or has an overdue request open, is reminded later. The caller queues the
    messages in the same transaction.
    """
    if not survey.reminder_days or now < _instant(survey, survey.reminder_days):
        return []
    silent = _silent(survey).filter(reminded_at=None, delivered_at__lte=now - LEAST_WAIT)
    late = Request.objects.filter(chat=OuterRef("chat"), state__in=OPEN_STATES, breached_at__isnull=False)
    batch = list(silent.exclude(Exists(late)).order_by("pk")[:most])
    gone = opted_out_chats([one.chat for one in batch])
    return _noted([one for one in batch if one.chat_id not in gone], "reminded_at", now)


def claim_silent(survey: Survey, *, now: datetime) -> list[Delivery]:
    """Take the chats that have no vote two days after the reminder; their managers are told by the caller (SUR-08)."""
    if not survey.reminder_days:
        return []
    if now < _instant(survey, survey.reminder_days) + SECOND_WAIT:
        return []
    silent = _silent(survey).filter(reminded_at__lte=now - LEAST_WAIT, manager_told_at=None)
    return list(silent.order_by("chat__client_name", "chat__title", "pk"))


def mark_told(deliveries: list[Delivery], *, now: datetime) -> None:
    """Note that the managers were told of these chats."""
    _noted(deliveries, "manager_told_at", now)


def _noted(deliveries: list[Delivery], field: str, now: datetime) -> list[Delivery]:
    Delivery.objects.filter(pk__in=[one.pk for one in deliveries]).update(**{field: now})
    return deliveries


def _silent(survey: Survey) -> QuerySet[Delivery]:
    """The chats with a copy and without a vote in which somebody can be asked still."""
    rows = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("chat")
    here = rows.filter(
        survey=survey,
        state=Delivery.State.DELIVERED,
        chat__life_cycle=Chat.LifeCycle.ACTIVE,
        chat__is_monitored=True,
        chat__unreachable_since=None,
    )
    return without_vote(here)


def _instant(survey: Survey, days: int) -> datetime:
    return days_after(survey.started_at or survey.created_at, days, zone=firm_calendar().timezone)
