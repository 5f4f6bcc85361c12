"""What of the requests goes when it is too old (SEC-14). Open requests never do."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from buhbot.purging import Piece, call, deleting, let_go, unheld
from buhbot.retention import Terms
from sla.models import OPEN_STATES, Correction, Invitation, Request, RequestEvent


def _requests(terms: Terms) -> QuerySet[Request]:
    """Counted from the end: whatever is still open stays, and what is kept of a period is kept whole."""
    rows = Request.objects.filter(closed_at__lt=terms.people).exclude(state__in=OPEN_STATES)
    return unheld(rows).order_by("closed_at")


def _remove_requests(keys: list[Any]) -> None:
    let_go(Request, keys, apart_from=[RequestEvent])
    call("purge_requests", keys)


def _invitations(terms: Terms) -> QuerySet[Invitation]:
    """Used or not, they are technical records: `/privacy` promises their term."""
    is_unused = Q(used_at=None, expires_at__lt=terms.outbox)
    return Invitation.objects.filter(is_unused | Q(used_at__lt=terms.outbox)).order_by("pk")


PIECES = (
    Piece(
        _("requests"),
        ("sla_request", "sla_requestevent", "sla_requestmessage", "sla_alert"),
        _requests,
        _remove_requests,
    ),
    Piece(
        _("corrections of classes"),
        ("sla_correction",),
        lambda terms: Correction.objects.filter(made_at__lt=terms.people).order_by("made_at"),
        deleting(Correction),
    ),
    Piece(_("invitations"), ("sla_invitation",), _invitations, deleting(Invitation)),
)
