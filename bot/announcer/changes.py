"""Keep what was told true: every message about a request that changed says so (ALR-05, ALR-08, REQ-07)."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

from django.db.models import QuerySet

from bot.announcer.alerts import REQUEST_PARTS, is_news
from bot.announcer.alone import attempt
from bot.announcer.notices import News, content_of, news_of
from bot.announcer.turns import in_batches
from bot.models import OutgoingMessage
from bot.outbox import Telling, WrongAudience, address_of, edit_of, rewrite
from sla.models import ASKED, OPEN_STATES, Alert, Request

BATCH = 200  # requests, each with all that was ever sent about it
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
    messages = list(_messages_about(requests))
    book = _Told(messages, now)
    changed = [row for message in messages if (row := _brought_up_to_date(message, book, now)) is not None]
    _write(changed)
    _tell_again(requests)
    done = [request.pk for request in requests if request.pk not in book.broken]
    Request.objects.filter(pk__in=done).update(notices_outdated=False)
    return [request.pk for request in requests]


def _messages_about(requests: Sequence[Request]) -> QuerySet[OutgoingMessage]:
    """The messages, sent or still to be, that tell of alerts of the requests, locked."""
    tellings = Telling.objects.filter(alert__request__in=requests).values("outgoingmessage")
    return (
        OutgoingMessage.objects.select_for_update(of=("self",))
        .filter(pk__in=tellings, method=Method.SEND)
        .exclude(state__in=[State.CANCELLED, State.UNDELIVERED])
        .select_related("chat", "recipient")
        .order_by("pk")
    )


class _Told:
    """What the messages tell of; each alert is read and measured once, however many lists it stands in."""

    def __init__(self, messages: Sequence[OutgoingMessage], now: datetime) -> None:
        self._now = now
        self._of: dict[int, list[int]] = {message.pk: [] for message in messages}
        tellings = Telling.objects.filter(outgoingmessage__in=messages).order_by("alert")
        for message_id, alert_id in tellings.values_list("outgoingmessage_id", "alert_id"):
            self._of[message_id].append(alert_id)
        told = {alert_id for alerts in self._of.values() for alert_id in alerts}
        self._alerts = Alert.objects.select_related(*REQUEST_PARTS).in_bulk(told)
        self._news: dict[int, News | None] = {}
        self.broken: set[int] = set()

    def alerts(self, message: OutgoingMessage) -> list[Alert]:
        return [self._alerts[alert_id] for alert_id in self._of[message.pk]]

    def news(self, message: OutgoingMessage) -> list[News]:
        """Measure what the message tells of. Empty: something is wrong with one of the requests, now in `broken`."""
        news = [self._measured(alert) for alert in self.alerts(message)]
        return [] if None in news else [one for one in news if one is not None]

    def _measured(self, alert: Alert) -> News | None:
        if alert.pk not in self._news:
            measure = partial(news_of, alert, now=self._now)
            self._news[alert.pk] = attempt(measure, what="alert", key=alert.pk)
        if self._news[alert.pk] is None:
            self.broken.add(alert.request_id)
        return self._news[alert.pk]


def _brought_up_to_date(message: OutgoingMessage, book: _Told, now: datetime) -> OutgoingMessage | None:
    """Return what is queued with its new content, or cancelled when it is no news any more; else a new edit.

    A list with a broken request waits until that is mended: its flag stays.
    """
    if message.state == State.QUEUED and not any(is_news(alert) for alert in book.alerts(message)):
        message.state = State.CANCELLED
        return message
    news = book.news(message)
    if not news:
        return None
    text, keyboard = content_of(news, address_of(message), subject=message.subject, now=now)
    if message.state == State.QUEUED:
        rewrite(message, text=text, keyboard=keyboard)
        return message
    with suppress(WrongAudience):  # the person has been unlinked since
        return edit_of(message, text=text, keyboard=keyboard)
    return None


def _write(changed: Sequence[OutgoingMessage]) -> None:
    """Store new edits and what is queued still; an older edit would make the latter say what was true before."""
    queued = [row for row in changed if row.pk is not None]
    OutgoingMessage.objects.bulk_update(queued, ["state", "payload"])
    OutgoingMessage.objects.filter(edits__in=queued, state=State.QUEUED).update(state=State.CANCELLED)
    OutgoingMessage.objects.bulk_create(row for row in changed if row.pk is None)


def _tell_again(requests: Sequence[Request]) -> None:
    """Count the last alert of an open request as untold for whom it did not go out before an end (REQ-07)."""
    still_open = [request.pk for request in requests if request.state in OPEN_STATES]
    valid = Alert.objects.filter(request__in=still_open, withdrawn_at=None, is_undeliverable=False)
    last = valid.exclude(kind__in=ASKED).order_by("request_id", "-level").distinct("request_id")
    alerts = set(last.values_list("pk", flat=True))
    tellings = Telling.objects.filter(alert__in=alerts)
    states = list(tellings.values_list("alert_id", "outgoingmessage__state"))
    silent = alerts - {alert_id for alert_id, _ in states}
    dropped = {alert_id for alert_id, state in states if state == State.CANCELLED}
    tellings.filter(outgoingmessage__state=State.CANCELLED).delete()
    Alert.objects.filter(pk__in=silent | dropped).update(told_at=None)
