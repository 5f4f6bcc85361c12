"""What every page shares on which the terms of requests are changed: the open ones follow (TIM-04)."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from buhbot.admin.base import ScopedAdmin, person
from sla.duty import Chats
from sla.selectors import SERVING_ROLES
from sla.services import recompute_few, reevaluate_chat_requests
from sla.tasks import recompute_soon, reevaluate_soon


def recompute(request: HttpRequest) -> None:
    """Bring open requests under the new terms: here when they are few, else in a task; say how many moved."""
    moved = recompute_few(timezone.now())
    if moved is None:
        recompute_soon()
        messages.info(request, gettext("The deadlines of the open requests are being computed anew."))
    elif moved:
        told = ngettext(
            "The deadline of %(count)d open request was computed anew.",
            "The deadlines of %(count)d open requests were computed anew.",
            moved,
        )
        messages.info(request, told % {"count": moved})
    else:
        messages.info(request, gettext("No open request moves."))


def reevaluate(request: HttpRequest, chats: Chats) -> None:
    """Judge the open requests of the chats anew: here by whom sees all that it takes, else in a task (TIM-04)."""
    if person(request).role in SERVING_ROLES:
        reevaluate_chat_requests(chats, now=timezone.now())
    else:
        reevaluate_soon()


class TermsAdmin(ScopedAdmin):
    """A page whose rows decide when requests are due."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        recompute(request)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        recompute(request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        recompute(request)
