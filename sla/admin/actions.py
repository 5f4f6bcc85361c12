"""What a person may do to requests, on a page and in the queue, and what is told afterwards (ADM-02, ADM-03)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from buhbot.models import User
from buhbot.worktime import NoWorkingTime
from sla import services
from sla.duty import on_duty
from sla.models import Request
from sla.rules import UNDO_WINDOW, Snooze
from sla.selectors import SERVING_ROLES, holder, may_act

Write = Callable[..., Request]


@dataclass(frozen=True, slots=True)
class Action:
    """A button: its name in the form, its words, what it calls, and whether an accountant has it (RBAC table)."""

    key: str
    title: Any  # text, or lazily translated text
    icon: str
    done: Promise | str
    write: Write
    variant: str = "default"
    is_for_accountants: bool = True
    takes_note: bool = False


TAKE = Action(
    "take",
    gettext_lazy("Take into work"),
    "front_hand",
    gettext_lazy("The request is yours."),
    services.acknowledge,
    "primary",
)
RESOLVE = Action(
    "resolve",
    gettext_lazy("Resolved"),
    "task_alt",
    gettext_lazy("Marked as resolved."),
    services.resolve,
    takes_note=True,
)
SNOOZES = tuple(
    Action(key, title, "snooze", done, partial(services.snooze, length=length))
    for key, title, done, length in (
        (
            "snooze_1h",
            gettext_lazy("Put off for 1 h"),
            gettext_lazy("The next alert is put off for a working hour."),
            Snooze.HOUR,
        ),
        (
            "snooze_4h",
            gettext_lazy("Put off for 4 h"),
            gettext_lazy("The next alert is put off for four working hours."),
            Snooze.FOUR_HOURS,
        ),
        (
            "snooze",
            gettext_lazy("Put off until the morning"),
            gettext_lazy("The next alert is put off until the next working morning."),
            Snooze.MORNING,
        ),
    )
)
CANCEL = Action(
    "cancel",
    gettext_lazy("Not a request"),
    "block",
    gettext_lazy("Marked as not a request."),
    services.cancel,
    is_for_accountants=False,
    takes_note=True,
)
REOPEN = Action(
    "reopen",
    gettext_lazy("Open again"),
    "undo",
    gettext_lazy("The request is open again; its clock runs as if it had never been closed."),
    services.reopen,
    is_for_accountants=False,
)
ACTIONS = {action.key: action for action in (TAKE, RESOLVE, *SNOOZES, CANCEL, REOPEN)}

REFUSALS: dict[type[Exception], Promise | str] = {
    services.NotAllowed: gettext_lazy("You have no right to do this in this chat."),
    services.NothingToPutOff: gettext_lazy("The last alert was told; there is nothing to put off."),
    NoWorkingTime: gettext_lazy("The calendar of the request has no working hours to come."),
    services.RequestAlreadyClosed: gettext_lazy("The request had ended before; nothing was changed."),
    services.ChatNotWatched: gettext_lazy("The chat is not monitored now: no answer could end the request."),
    services.RequestAlreadyOpen: gettext_lazy("The request, or a newer one of this chat, is open already."),
    services.TooLateToReopen: gettext_lazy("A request can be opened again within 24 hours only."),
    services.NotOnDuty: gettext_lazy(
        "This person is not on duty in the chat now. Add the person to the chat's accountants first."
    ),
    services.AssignedAlready: gettext_lazy("It is assigned to this person already."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a press."""

    is_done: bool
    text: str


@dataclass(frozen=True, slots=True)
class Assignee:
    """Somebody to whom the request may be assigned."""

    pk: int
    name: str
    is_chosen: bool


def may_press(action: Action, actor: User) -> bool:
    """Say whether the role has the button at all (RBAC table)."""
    return action.is_for_accountants or actor.role in SERVING_ROLES


def offered_actions(request: Request, *, actor: User, now: datetime) -> list[Action]:
    """Return the buttons that make sense now and that the person may press."""
    if not may_act(actor, request.chat):
        return []
    if request.is_open:
        take = [] if holder(request, now=now) else [TAKE]
        later = SNOOZES if request.breached_at is not None and not request.is_last_level else ()
        offered = [*take, RESOLVE, *later, CANCEL]
    else:
        is_recent = request.closed_at is not None and now - request.closed_at <= UNDO_WINDOW
        offered = [REOPEN] if is_recent and request.chat.is_watched else []
    return [action for action in offered if may_press(action, actor)]


def assignees(request: Request, *, actor: User, now: datetime) -> list[Assignee]:
    """Return to whom the person may assign the request: the accountants on duty, when there is a choice (ADM-02)."""
    if actor.role not in SERVING_ROLES or not request.is_open:
        return []
    people = on_duty([request.chat_id], at=now).get(request.chat_id, [])
    found = [Assignee(one["id"], one["name"], one["id"] == request.assigned_to_id) for one in people]
    return found if len(found) > 1 else []


def act(request: Request, key: str, *, actor: User, now: datetime, note: str = "") -> Told:
    """Do what the button says and tell in words how it went."""
    action = ACTIONS.get(key)
    if action is None or not may_press(action, actor):
        services.record_refusal(request.pk, actor=actor, now=now)
        return Told(False, _("You have no right to do this."))
    given = {"note": note} if action.takes_note else {}
    write = partial(action.write, request.pk, actor=actor, now=now, **given)
    return _tried(write, request, done=action.done, actor=actor, now=now)


def assign(request: Request, *, to: int, actor: User, now: datetime) -> Told:
    """Assign the request to the person and tell in words how it went (ADM-02)."""
    done = _("The request was assigned; the accountant is told.")
    write = partial(services.assign, request.pk, to=to, actor=actor, now=now)
    return _tried(write, request, done=done, actor=actor, now=now)


def _tried(
    write: Callable[[], object], request: Request, *, done: Promise | str, actor: User, now: datetime
) -> Told:
    try:
        write()
    except tuple(REFUSALS) as refused:
        if isinstance(refused, services.NotAllowed):
            services.record_refusal(request.pk, actor=actor, now=now)
        return Told(False, str(REFUSALS[type(refused)]))
    return Told(True, str(done))


def tally(told: Iterable[tuple[Request, Told]]) -> dict[Told, list[Request]]:
    """Put together the requests of which the same is told, what was done first (ADM-02)."""
    found: dict[Told, list[Request]] = {}
    for request, one in sorted(told, key=lambda item: not item[1].is_done):
        found.setdefault(one, []).append(request)
    return found
