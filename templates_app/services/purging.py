"""What of the clients' files and questions goes when it is too old (SEC-14)."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from buhbot.purging import Piece, call, deleting, let_go, unheld
from buhbot.retention import Terms
from templates_app.models import FaqAnswer, FileEvent, ReceivedFile, ServiceOrder, UnansweredQuestion


def _files(terms: Terms) -> QuerySet[ReceivedFile]:
    """A file whose copy is being made at this moment waits for the next run."""
    is_free = Q(lease_until=None) | Q(lease_until__lte=terms.now)
    rows = unheld(ReceivedFile.objects.filter(is_free, received_at__lt=terms.people))
    return rows.order_by("received_at", "pk")


def _remove_files(keys: list[Any]) -> None:
    """The copies that nobody else names are deleted afterwards: the storage may be away."""
    let_go(ReceivedFile, keys, apart_from=[FileEvent])
    call("purge_files", keys)


PIECES = (
    Piece(
        _("files"),
        ("templates_app_receivedfile", "templates_app_fileevent"),
        _files,
        _remove_files,
    ),
    Piece(
        _("answers of the FAQ"),
        ("templates_app_faqanswer",),
        lambda terms: FaqAnswer.objects.filter(given_at__lt=terms.people).order_by("pk"),
        deleting(FaqAnswer),
    ),
    Piece(
        _("unanswered questions"),
        ("templates_app_unansweredquestion",),
        lambda terms: UnansweredQuestion.objects.filter(asked_at__lt=terms.people).order_by("asked_at"),
        deleting(UnansweredQuestion),
    ),
    Piece(
        _("orders of services"),
        ("templates_app_serviceorder",),
        lambda terms: ServiceOrder.objects.filter(started_at__lt=terms.people).order_by("pk"),
        deleting(ServiceOrder),
    ),
)
