"""Alerts that were sent and reached nobody: said as loudly as if there were nobody to tell (ALR-02)."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef

from bot.models import FAILURE_SUBJECT, OutgoingMessage
from bot.outbox import Telling, queue_message
from bot.texts import alerts as texts
from buhbot.models import Chat, Role, User
from sla.models import OPEN_STATES, Alert, AlertKind, RequestEvent
from sla.rules import FIRST_LEVEL
from sla.selectors import alertable, reachable_staff

State = OutgoingMessage.State
IN_CHARGE = FIRST_LEVEL + 1  # the level that whoever is in charge hears of (ALR-02)


def note_unheard(failed: Sequence[OutgoingMessage], *, now: datetime) -> None:
    """Mark the alerts of messages that failed where no other message brought them to anybody, nor may still do so."""
    alerts = _unheard(failed)
    if not alerts:
        return
    Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(is_undeliverable=True)
    kind = RequestEvent.Kind.UNDELIVERABLE
    RequestEvent.objects.bulk_create(
        RequestEvent(request=alert.request, kind=kind, at=now) for alert in alerts
    )
    _tell(alerts)


def note_heard(sent: Sequence[OutgoingMessage]) -> None:
    """Take the mark back where another try has reached somebody of the staff (ADM-11)."""
    people = [row.pk for row in sent if row.recipient_id is not None]
    told = Telling.objects.filter(outgoingmessage__in=people).values("alert")
    Alert.objects.filter(is_undeliverable=True, pk__in=told).update(is_undeliverable=False)


def _unheard(failed: Sequence[OutgoingMessage]) -> list[Alert]:
    heard = Telling.objects.filter(
        alert=OuterRef("pk"), outgoingmessage__state__in=[State.QUEUED, State.SENDING, State.SENT]
    )
    told = Telling.objects.filter(outgoingmessage__in=[row.pk for row in failed]).values("alert")
    news = Alert.objects.filter(request__state__in=OPEN_STATES, withdrawn_at=None, is_undeliverable=False)
    rows = news.select_for_update(of=("self",)).select_related("request__chat")
    return list(rows.filter(~Exists(heard), pk__in=told).order_by("pk"))


def _tell(alerts: Sequence[Alert]) -> None:
    """Tell whoever is in charge of the chats, and administrators: those who can be reached (principle 11)."""
    admins = list(reachable_staff().filter(role=Role.ADMIN))
    in_charge: dict[Chat, list[User]] = {}
    news: dict[User, list[Alert]] = {}
    for alert in alerts:
        chat = alert.request.chat
        if chat not in in_charge:
            in_charge[chat] = alertable(chat, kind=AlertKind.ESCALATION, level=IN_CHARGE)
        for person in dict.fromkeys([*in_charge[chat], *admins]):
            news.setdefault(person, []).append(alert)
    for person, theirs in news.items():
        queue_message(
            person,
            audience=OutgoingMessage.Audience.STAFF,
            text=texts.reached_nobody([(alert.request_id, str(alert.request.chat)) for alert in theirs]),
            priority=OutgoingMessage.Priority.ALERT,
            subject=FAILURE_SUBJECT,
            dedupe_key=f"unheard:{theirs[0].pk}:{person.pk}",
        )
