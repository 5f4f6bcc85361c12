"""The actions of the queue: the buttons of a request's page for several requests at once (ADM-02)."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from buhbot.admin.base import person
from sla.admin.actions import CANCEL, RESOLVE, SNOOZES, TAKE, Action, Told, act, assign, tally
from sla.duty import on_duty
from sla.models import Request
from sla.selectors import SERVING_ROLES, visible_requests

MOST = 200  # each is a use case of its own, all in the transaction of one press
SHOWN_NUMBERS = 10
BIGGEST = 18  # digits of a key


class QueueActions:
    """Who may use the actions of the queue, and what they are told."""

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether the person may act on requests at all; on which of them the services decide."""
        return bool(request.user.has_perm("sla.change_request"))

    def has_manage_permission(self, request: HttpRequest) -> bool:
        """Whether the person may do what accountants may not: assign, cancel, open again (RBAC table)."""
        return self.has_act_permission(request) and person(request).role in SERVING_ROLES


def person_chosen(request: HttpRequest) -> int:
    """Return the key that the form names; 0, which nobody has, for anything else."""
    chosen = request.POST.get("assignee", "")
    return int(chosen) if chosen.isdecimal() and len(chosen) <= BIGGEST else 0


def _chosen(request: HttpRequest, rows: QuerySet[Request]) -> list[Request]:
    """Return the visible ones of the chosen requests, in the order in which all lock them.

    The filters of the list do not count: what has left them meanwhile is to be told of too. Empty: said why.
    """
    if request.POST.get("select_across") != "1":
        keys = {int(key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)}
        rows = visible_requests(person(request)).filter(pk__in=keys)
        if missing := len(keys) - rows.count():
            messages.error(request, _not_there(missing))
    found = list(rows.order_by("pk").select_related("chat")[: MOST + 1])
    if len(found) > MOST:
        messages.error(request, gettext("Choose at most %(count)d requests at once.") % {"count": MOST})
        return []
    return found


def _not_there(count: int) -> str:
    told = ngettext(
        "%(count)d chosen request is not there, or not yours.",
        "%(count)d chosen requests are not there, or not yours.",
        count,
    )
    return told % {"count": count}


def _tell(request: HttpRequest, told: Iterable[tuple[Request, Told]]) -> None:
    """Say what became of each: what is alike together."""
    for one, rows in tally(told).items():
        numbers = ", ".join(f"№\u00a0{row.pk}" for row in rows[:SHOWN_NUMBERS])
        count = ngettext("%(count)d request", "%(count)d requests", len(rows)) % {"count": len(rows)}
        more = "…" if len(rows) > SHOWN_NUMBERS else ""
        say = messages.success if one.is_done else messages.warning
        say(request, f"{one.text} {count}: {numbers}{more}")


def _for_several(action: Action) -> Callable[..., None]:
    """Make an action of the list of the button of one request."""
    needed = "act" if action.is_for_accountants else "manage"

    def run(_page: Any, request: HttpRequest, rows: QuerySet[Request]) -> None:
        now, actor = timezone.now(), person(request)
        _tell(request, [(row, act(row, action.key, actor=actor, now=now)) for row in _chosen(request, rows)])

    run.__name__ = action.key
    return admin.action(description=action.title, permissions=[needed])(run)


@admin.action(description=_("Assign…"), permissions=["manage"])
def assign_chosen(page: Any, request: HttpRequest, rows: QuerySet[Request]) -> HttpResponse | None:
    """Ask to whom, then assign; requests of chats where that person is not on duty are told of (ADM-02)."""
    chosen, now = _chosen(request, rows), timezone.now()
    if "assignee" in request.POST:
        to, actor = person_chosen(request), person(request)
        _tell(request, [(row, assign(row, to=to, actor=actor, now=now)) for row in chosen])
        return None
    if not chosen:
        return None
    duties = on_duty({row.chat_id for row in chosen}, at=now)
    people = {one["id"]: one["name"] for found in duties.values() for one in found}
    context = {
        **page.admin_site.each_context(request),
        "title": gettext("To whom?"),
        "opts": page.opts,
        "requests": chosen,
        "people": sorted(people.items(), key=lambda item: item[1]),
        "checkbox": ACTION_CHECKBOX_NAME,
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "sla/admin/assign.html", context)


QUEUE_ACTIONS = (
    _for_several(TAKE),
    assign_chosen,
    _for_several(RESOLVE),
    *map(_for_several, SNOOZES),
    _for_several(CANCEL),
)
