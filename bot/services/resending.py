"""Send once more what was given up (ADM-11)."""

from datetime import datetime

from django.db import connection, transaction

from bot.models import ANSWER_SUBJECT, INSTANT, TEMPLATE_SUBJECT, OutgoingMessage
from sla.models import Request

State = OutgoingMessage.State


def can_send_again(message: OutgoingMessage) -> bool:
    """Whether another try makes sense: not for an answer to a press, nor for an alert that is no news any more.

    A template, or an answer in private, that could not be sent is asked for anew: its request is open again, and
    whoever said it was told (TPL-02, CLI-10).
    """
    if message.state != State.UNDELIVERED or message.method in INSTANT:
        return False
    if message.subject.startswith((TEMPLATE_SUBJECT, ANSWER_SUBJECT)):
        return False
    alerts = message.alerts.select_related("request")
    return not alerts or any(alert.withdrawn_at is None and alert.request.is_open for alert in alerts)


@transaction.atomic
def send_again(message: OutgoingMessage, *, now: datetime) -> bool:
    """Queue an undelivered message anew, with all its tries; False: its state does not allow it."""
    if not can_send_again(message):
        return False
    Request.objects.filter(alerts__outgoing=message).update(notices_outdated=True)
    given_up = OutgoingMessage.objects.filter(pk=message.pk, state=State.UNDELIVERED)
    is_queued = given_up.update(state=State.QUEUED, attempts=0, error="", not_before=now, lease_until=None)
    if is_queued:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('buhbot', 'outbox')")
    return bool(is_queued)
