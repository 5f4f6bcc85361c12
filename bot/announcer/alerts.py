"""Alerts that nobody was told of yet: who is told, and what goes together (ALR-02, ALR-06, TIM-03)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.announcer.addresses import Address, AddressBook
from bot.announcer.alone import attempt
from bot.announcer.notices import News, news_of, notices_of
from bot.announcer.rules import bundle
from bot.announcer.turns import in_batches
from bot.outbox import queue_for_admins, queue_notices
from bot.texts import alerts as texts
from buhbot.preferences import preferences
from sla.models import Alert, RequestEvent

BATCH = 2000
REQUEST_PARTS = (
    "request__chat",
    "request__opened_by",
    "request__calendar_version",
    "request__acknowledged_by",
    "request__snoozed_by",
    "request__closed_by",
)


def tell_alerts(now: datetime) -> int:
    """Queue the messages that tell each recipient of the untold alerts; return how many were looked at (ALR-02)."""
    if not Alert.objects.filter(told_at=None).exists():
        return 0
    return in_batches(partial(_tell, now), size=BATCH)


def _tell(now: datetime, after: int) -> list[int]:
    locked = Alert.objects.select_for_update(skip_locked=True, of=("self",)).select_related(*REQUEST_PARTS)
    alerts = list(locked.filter(told_at=None, pk__gt=after).order_by("pk")[:BATCH])
    fresh = [alert for alert in alerts if is_news(alert)]
    measured = {
        alert.pk: attempt(partial(news_of, alert, now=now), what="alert", key=alert.pk) for alert in fresh
    }
    news = [one for one in measured.values() if one is not None]
    _queue(news, now)
    broken = {key for key, one in measured.items() if one is None}
    Alert.objects.filter(pk__in=[alert.pk for alert in alerts if alert.pk not in broken]).update(told_at=now)
    return [alert.pk for alert in alerts]


def is_news(alert: Alert) -> bool:
    """Whether the alert is still to be told: not of a request that has ended, nor one whose deadline moved."""
    return alert.request.is_open and alert.withdrawn_at is None


def _queue(news: Sequence[News], now: datetime) -> None:
    book = AddressBook([one.alert for one in news], now=now)
    mail: dict[Address, list[News]] = {}
    chosen = preferences()
    bundled_as_chosen = partial(
        bundle,
        now=now,
        singly=chosen.alerts_singly,
        summary_age=timedelta(minutes=chosen.summary_after_minutes),
    )
    for one in news:
        for to in book.untold(one.alert):
            mail.setdefault(to, []).append(one)
    queue_notices(
        [
            notice
            for to, told in mail.items()
            for bundled in bundled_as_chosen(told, told_lately=book.told_lately(to))
            for notice in notices_of(bundled, to, now=now)
        ]
    )
    _nobody_told([one.alert for one in news if not (book.people(one.alert) or book.is_muted(one.alert))], now)


def _nobody_told(alerts: Sequence[Alert], now: datetime) -> None:
    """State loudly that alerts reached nobody (ALR-02, principle 11)."""
    if not alerts:
        return
    Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(is_undeliverable=True)
    kind = RequestEvent.Kind.UNDELIVERABLE
    RequestEvent.objects.bulk_create(
        RequestEvent(request=alert.request, kind=kind, at=now) for alert in alerts
    )
    queue_for_admins(
        texts.nobody_to_tell([(alert.request_id, str(alert.request.chat)) for alert in alerts]),
        dedupe_key=f"undeliverable:{alerts[0].pk}",
    )
