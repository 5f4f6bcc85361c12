"""What of the inbox and the outbox goes when it is too old (SEC-14)."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bot.models import (
    ANSWER_SUBJECT,
    INSTANT,
    TEMPLATE_SUBJECT,
    Diagnosis,
    InboundUpdate,
    OutgoingMessage,
    WaitingOrder,
)
from buhbot.purging import Piece, deleting
from buhbot.retention import Terms
from sla.models import OPEN_STATES

Received, Sent = InboundUpdate.State, OutgoingMessage.State
UNSENT = Q(state__in=(Sent.UNDELIVERED, Sent.CANCELLED))


def _sent(terms: Terms) -> QuerySet[OutgoingMessage]:
    return _not_edited_lately(Q(state=Sent.SENT, sent_at__lt=terms.outbox), terms).order_by("sent_at")


def _unsent(terms: Terms) -> QuerySet[OutgoingMessage]:
    """What failed stays until it is sent again, or is of no use any more; at most as long as data of people."""
    is_over = Q(alerts__isnull=False) & ~_of_open_requests()
    is_said = Q(subject__startswith=TEMPLATE_SUBJECT) | Q(subject__startswith=ANSWER_SUBJECT)
    is_useless = Q(state=Sent.CANCELLED) | Q(method__in=INSTANT) | is_said
    old = Q(created_at__lt=terms.outbox) & (is_useless | is_over) | Q(created_at__lt=terms.people)
    keys = OutgoingMessage.objects.filter(UNSENT & old).values("pk")  # alerts may make several of one row
    return _not_edited_lately(UNSENT & Q(pk__in=keys), terms).order_by("created_at")


def _of_open_requests() -> Q:
    telling = OutgoingMessage.alerts.through.objects.filter(
        outgoingmessage=OuterRef("pk"), alert__withdrawn_at=None, alert__request__state__in=OPEN_STATES
    )
    return Q(Exists(telling))


def _not_edited_lately(old: Q, terms: Terms) -> QuerySet[OutgoingMessage]:
    """A message goes with its edits, so it waits for the last of them."""
    edits = OutgoingMessage.objects.filter(edits=OuterRef("pk"), created_at__gte=terms.outbox)
    return OutgoingMessage.objects.filter(old).filter(~Exists(edits))


PIECES = (
    Piece(
        _("processed updates of the inbox"),
        ("bot_inboundupdate",),
        lambda terms: InboundUpdate.objects.filter(
            state=Received.PROCESSED, processed_at__lt=terms.inbox
        ).order_by("processed_at"),
        deleting(InboundUpdate),
    ),
    Piece(
        _("updates that nobody repaired"),
        ("bot_inboundupdate",),
        lambda terms: InboundUpdate.objects.filter(
            state=Received.FAILED, received_at__lt=terms.people
        ).order_by("received_at"),
        deleting(InboundUpdate),
    ),
    Piece(
        _("messages that were sent"),
        ("bot_outgoingmessage", "bot_outgoingmessage_alerts"),
        _sent,
        deleting(OutgoingMessage),
    ),
    Piece(
        _("messages that were not sent"),
        ("bot_outgoingmessage", "bot_outgoingmessage_alerts"),
        _unsent,
        deleting(OutgoingMessage),
    ),
    Piece(
        _("what clients wrote without saying which chat is meant"),
        ("bot_waitingorder",),
        lambda terms: WaitingOrder.objects.filter(received_at__lt=terms.inbox).order_by("pk"),
        deleting(WaitingOrder),
    ),
    Piece(
        _("diagnoses"),
        ("bot_diagnosis",),
        lambda terms: Diagnosis.objects.filter(asked_at__lt=terms.inbox).order_by("pk"),
        deleting(Diagnosis),
    ),
)
