"""What a person may do to a request on its page, and what is told afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from buhbot.models import Role, User
from buhbot.worktime import NoWorkingTime
from sla import services
from sla.models import Request
from sla.rules import UNDO_WINDOW, Snooze
from sla.selectors import holder, may_act

Write = Callable[..., Request]


@dataclass(frozen=True, slots=True)
class Action:
    """A button: its name in the form, its words, and whether an accountant has it (RBAC table)."""

    key: str
    title: Promise | str
    icon: str
    done: Promise | str
    variant: str = "default"
    is_for_accountants: bool = True


TAKE = Action(
    "take", gettext_lazy("Take into work"), "front_hand", gettext_lazy("The request is yours."), "primary"
)
RESOLVE = Action("resolve", gettext_lazy("Resolved"), "task_alt", gettext_lazy("Marked as resolved."))
SNOOZE = Action(
    "snooze",
    gettext_lazy("Put off until the morning"),
    "snooze",
    gettext_lazy("The next alert is put off until the next working morning."),
)
CANCEL = Action(
    "cancel",
    gettext_lazy("Not a request"),
    "block",
    gettext_lazy("Marked as not a request."),
    is_for_accountants=False,
)
REOPEN = Action(
    "reopen",
    gettext_lazy("Open again"),
    "undo",
    gettext_lazy("The request is open again; its clock runs as if it had never been closed."),
    is_for_accountants=False,
)

REFUSALS: dict[type[Exception], Promise | str] = {
    services.NotAllowed: gettext_lazy("You have no right to do this in this chat."),
    services.NothingToPutOff: gettext_lazy("The last alert was told; there is nothing to put off."),
    NoWorkingTime: gettext_lazy("The calendar of the request has no working hours to come."),
    services.RequestAlreadyClosed: gettext_lazy("The request had ended before; nothing was changed."),
    services.ChatNotWatched: gettext_lazy("The chat is not monitored now: no answer could end the request."),
    services.RequestAlreadyOpen: gettext_lazy("The request, or a newer one of this chat, is open already."),
    services.TooLateToReopen: gettext_lazy("A request can be opened again within 24 hours only."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a press."""

    is_done: bool
    text: str


def offered_actions(request: Request, *, actor: User, now: datetime) -> list[Action]:
    """Return the buttons that make sense now and that the person may press."""
    if not may_act(actor, request.chat):
        return []
    if request.is_open:
        take = [] if holder(request, now=now) else [TAKE]
        later = [SNOOZE] if request.breached_at is not None and not request.is_last_level else []
        offered = [*take, RESOLVE, *later, CANCEL]
    else:
        is_recent = request.closed_at is not None and now - request.closed_at <= UNDO_WINDOW
        offered = [REOPEN] if is_recent and request.chat.is_watched else []
    return [action for action in offered if action.is_for_accountants or actor.role != Role.ACCOUNTANT]


def act(request: Request, key: str, *, actor: User, now: datetime, note: str = "") -> Told:
    """Do what the button says and tell in words how it went."""
    action = {action.key: action for action in (TAKE, RESOLVE, SNOOZE, CANCEL, REOPEN)}.get(key)
    if action is None or (actor.role == Role.ACCOUNTANT and not action.is_for_accountants):
        services.record_refusal(request.pk, actor=actor, now=now)
        return Told(False, _("You have no right to do this."))
    try:
        _write(action, request.pk, actor=actor, now=now, note=note)
    except tuple(REFUSALS) as error:
        if isinstance(error, services.NotAllowed):
            services.record_refusal(request.pk, actor=actor, now=now)
        return Told(False, str(REFUSALS[type(error)]))
    return Told(True, str(action.done))


def _write(action: Action, request_id: int, *, actor: User, now: datetime, note: str) -> None:
    if action is TAKE:
        services.acknowledge(request_id, actor=actor, now=now)
    elif action is SNOOZE:
        services.snooze(request_id, actor=actor, length=Snooze.MORNING, now=now)
    elif action is RESOLVE:
        services.resolve(request_id, actor=actor, now=now, note=note)
    elif action is CANCEL:
        services.cancel(request_id, actor=actor, now=now, note=note)
    else:
        services.reopen(request_id, actor=actor, now=now)
