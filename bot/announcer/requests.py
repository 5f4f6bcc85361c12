"""Alerts of requests: who is told, and keeping what was told true (ALR-02, ALR-05, ALR-08)."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction

from bot.announcer.alone import alone
from bot.announcer.notices import keyboard_of, text_of
from bot.models import OutgoingMessage
from bot.outbox import WrongAudience, address_of, queue_edit, queue_for_admins, queue_message
from bot.texts import alerts as texts
from buhbot.models import Chat, User
from buhbot.selectors import away_at
from sla.models import Alert, AlertKind, Request, RequestEvent
from sla.rules import recipients
from sla.selectors import serving_staff, staff_of

BATCH = 200
Audience = OutgoingMessage.Audience
State = OutgoingMessage.State


def tell_alerts(now: datetime) -> int:
    """Queue a message for each recipient of each untold alert (ALR-02)."""
    untold = Alert.objects.filter(told_at=None).order_by("pk").values_list("pk", flat=True)
    return sum(alone(_tell_alert, alert_id, now) for alert_id in list(untold[:BATCH]))


@transaction.atomic
def _tell_alert(alert_id: int, now: datetime) -> int:
    alert = (
        Alert.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("request__chat", "request__opened_by", "request__calendar_version")
        .filter(pk=alert_id, told_at=None)
        .first()
    )
    if alert is None:
        return 0
    is_news = alert.request.is_open and alert.withdrawn_at is None
    if is_news and not _queue_alert(alert, now):
        _nobody_told(alert, now)
    alert.told_at = now
    alert.save(update_fields=["told_at", "is_undeliverable"])
    return 1


def _queue_alert(alert: Alert, now: datetime) -> bool:
    """Queue the alert to everyone it concerns; False when no person can be reached."""
    people = _reachable(alert, now)
    addresses: list[tuple[Chat | User, str]] = [(user, Audience.STAFF) for user in people]
    for to, audience in addresses + _team_chats():
        queue_message(
            to,
            audience=audience,
            text=text_of(alert.request, alert, now=now),
            keyboard=keyboard_of(alert.request, to),
            priority=OutgoingMessage.Priority.ALERT,
            subject=subject_of(alert.request),
            dedupe_key=f"alert:{alert.pk}:{audience}:{to.pk}",
            due_at=alert.instant,
            alert=alert,
        )
    return bool(people)


def _reachable(alert: Alert, now: datetime) -> list[User]:
    told = recipients(
        alert.kind,
        alert.level,
        chat_staff=staff_of(alert.request.chat),
        firm_staff=serving_staff(),
        away=away_at(now),
    )
    people = User.objects.filter(pk__in=told, telegram_id__isnull=False, unreachable_since=None)
    return sorted(people, key=lambda user: told.index(user.pk))


def _team_chats() -> list[tuple[Chat | User, str]]:
    team = Chat.objects.filter(is_team=True, life_cycle=Chat.LifeCycle.ACTIVE)
    return [(chat, Audience.TEAM_CHAT) for chat in team]


def _nobody_told(alert: Alert, now: datetime) -> None:
    """State loudly that an alert reached nobody (ALR-02, principle 11)."""
    alert.is_undeliverable = True
    RequestEvent.objects.create(request=alert.request, kind=RequestEvent.Kind.UNDELIVERABLE, at=now)
    queue_for_admins(
        texts.nobody_to_tell(alert.request.pk, str(alert.request.chat)),
        dedupe_key=f"undeliverable:{alert.pk}",
    )


def subject_of(request: Request) -> str:
    """Name the request in the outbox, so that everything sent about it is found again."""
    return f"request:{request.pk}"


def tell_changes(now: datetime) -> int:
    """Edit every message about a request that changed, so that it says what is true now (ALR-05)."""
    outdated = Request.objects.filter(notices_outdated=True).values_list("pk", flat=True)
    return sum(alone(_tell_change, request_id, now) for request_id in list(outdated[:BATCH]))


@transaction.atomic
def _tell_change(request_id: int, now: datetime) -> int:
    request = (
        Request.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("chat", "opened_by", "calendar_version", "closed_by", "acknowledged_by", "snoozed_by")
        .filter(pk=request_id, notices_outdated=True)
        .first()
    )
    if request is None:
        return 0
    sent = (
        OutgoingMessage.objects.select_for_update(of=("self",))
        .select_related("alert", "chat", "recipient")
        .filter(alert__request=request, method=OutgoingMessage.Method.SEND)
    )
    version = request.events.order_by("-pk").values_list("pk", flat=True).first() or 0
    for message in sent.exclude(state__in=[State.CANCELLED, State.UNDELIVERED]):
        _bring_up_to_date(message, request, version, now)
    _tell_again(request)
    Request.objects.filter(pk=request.pk).update(notices_outdated=False)
    return 1


def _tell_again(request: Request) -> None:
    """Count the last alert of an open request as untold for whom it did not go out before an end (REQ-07)."""
    alerts = request.alerts.filter(withdrawn_at=None, is_undeliverable=False).exclude(kind=AlertKind.NUDGE)
    alert = alerts.order_by("-level").first()
    if not request.is_open or alert is None:
        return
    rows = OutgoingMessage.objects.filter(alert=alert, method=OutgoingMessage.Method.SEND)
    is_dropped = rows.filter(state=State.CANCELLED, dedupe_key__isnull=False).update(dedupe_key=None)
    if is_dropped or not rows.exists():
        Alert.objects.filter(pk=alert.pk).update(told_at=None)


def _bring_up_to_date(message: OutgoingMessage, request: Request, version: int, now: datetime) -> None:
    """Edit what was sent; what is queued about an end or a withdrawn alert is not sent at all."""
    is_withdrawn = message.alert is not None and message.alert.withdrawn_at is not None
    if message.state == State.QUEUED and (is_withdrawn or not request.is_open):
        message.state = State.CANCELLED
        message.save(update_fields=["state"])
        return
    with suppress(WrongAudience):  # the person has been unlinked since
        queue_edit(
            message,
            text=text_of(request, message.alert, now=now),
            keyboard=keyboard_of(request, address_of(message)),
            dedupe_key=f"edit:{message.pk}:{version}",
        )
