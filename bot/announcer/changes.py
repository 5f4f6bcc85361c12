"""Keep what was told true: every message about a request that changed says so (ALR-05, ALR-08, REQ-07)."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

from django.db.models import Prefetch, QuerySet

from bot.announcer.alerts import REQUEST_PARTS
from bot.announcer.alone import attempt
from bot.announcer.notices import content_of, news_of
from bot.announcer.turns import in_batches
from bot.models import OutgoingMessage
from bot.outbox import Telling, WrongAudience, address_of, edit_of, rewrite
from sla.models import OPEN_STATES, Alert, AlertKind, Request

BATCH = 50  # requests, each with all that was ever sent about it
Method = OutgoingMessage.Method
State = OutgoingMessage.State


def tell_changes(now: datetime) -> int:
    """Edit every message about a request that changed, so that it says what is true now (ALR-05)."""
    if not Request.objects.filter(notices_outdated=True).exists():
        return 0
    return in_batches(partial(_tell, now), size=BATCH)


def _tell(now: datetime, after: int) -> list[int]:
    locked = Request.objects.select_for_update(skip_locked=True).filter(notices_outdated=True, pk__gt=after)
    requests = list(locked.order_by("pk")[:BATCH])
    kept: set[int] = set()
    edits: list[OutgoingMessage] = []
    for message in _messages_about(requests):
        told = attempt(partial(_bring_up_to_date, message, now), what="message", key=message.pk)
        if told is None:
            kept |= {alert.request_id for alert in message.alerts.all()}
        else:
            edits += told
    OutgoingMessage.objects.bulk_create(edits)
    _tell_again(requests)
    done = [request.pk for request in requests if request.pk not in kept]
    Request.objects.filter(pk__in=done).update(notices_outdated=False)
    return [request.pk for request in requests]


def _messages_about(requests: Sequence[Request]) -> QuerySet[OutgoingMessage]:
    """The messages, sent or still to be, that tell of alerts of the requests, locked."""
    telling = Telling.objects.filter(alert__request__in=requests).values("outgoingmessage")
    alerts = Prefetch("alerts", Alert.objects.select_related(*REQUEST_PARTS))
    return (
        OutgoingMessage.objects.select_for_update(of=("self",))
        .filter(pk__in=telling, method=Method.SEND)
        .exclude(state__in=[State.CANCELLED, State.UNDELIVERED])
        .select_related("chat", "recipient")
        .prefetch_related(alerts)
        .order_by("pk")
    )


def _bring_up_to_date(message: OutgoingMessage, now: datetime) -> list[OutgoingMessage]:
    """Rewrite what is queued, or cancel it when it is no news any more; return the edit of what was sent."""
    alerts = message.alerts.all()
    is_news = any(alert.request.is_open and alert.withdrawn_at is None for alert in alerts)
    if message.state == State.QUEUED and not is_news:
        message.state = State.CANCELLED
        message.save(update_fields=["state"])
        return []
    news = [news_of(alert, now=now) for alert in alerts]
    text, keyboard = content_of(news, address_of(message), subject=message.subject, now=now)
    if message.state == State.QUEUED:
        rewrite(message, text=text, keyboard=keyboard)
        message.save(update_fields=["payload"])
        return []
    with suppress(WrongAudience):  # the person has been unlinked since
        return [edit_of(message, text=text, keyboard=keyboard)]
    return []


def _tell_again(requests: Sequence[Request]) -> None:
    """Count the last alert of an open request as untold for whom it did not go out before an end (REQ-07)."""
    still_open = [request.pk for request in requests if request.state in OPEN_STATES]
    valid = Alert.objects.filter(request__in=still_open, withdrawn_at=None, is_undeliverable=False)
    last = valid.exclude(kind=AlertKind.NUDGE).order_by("request_id", "-level").distinct("request_id")
    alerts = set(last.values_list("pk", flat=True))
    tellings = Telling.objects.filter(alert__in=alerts)
    states = list(tellings.values_list("alert_id", "outgoingmessage__state"))
    silent = alerts - {alert_id for alert_id, _ in states}
    dropped = {alert_id for alert_id, state in states if state == State.CANCELLED}
    tellings.filter(outgoingmessage__state=State.CANCELLED).delete()
    Alert.objects.filter(pk__in=silent | dropped).update(told_at=None)
