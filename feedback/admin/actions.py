"""What the buttons of a survey do, and what is asked before and told after (SUR-01, SUR-11)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from buhbot.models import User
from feedback import services
from feedback.models import MAX_TITLE, Survey
from feedback.rules import RUNNING

State = Survey.State


@dataclass(frozen=True, slots=True)
class Action:
    """A button: its words, what is asked before it is done, what is told afterwards."""

    key: str
    title: Any
    icon: str
    question: Any
    done: Any
    do: Callable[[Survey, User, datetime], Survey]
    is_main: bool = False
    shows_audience: bool = False


def _start(survey: Survey, _actor: User, now: datetime) -> Survey:
    return services.schedule(survey.pk, at=now, now=now)


def _schedule(survey: Survey, _actor: User, now: datetime) -> Survey:
    return services.schedule(survey.pk, at=survey.starts_at or now, now=now)


def _unschedule(survey: Survey, _actor: User, _now: datetime) -> Survey:
    return services.unschedule(survey.pk)


def _close(survey: Survey, actor: User, now: datetime) -> Survey:
    return services.close(survey.pk, by=actor, now=now)


def _copy(survey: Survey, actor: User, now: datetime) -> Survey:
    mark = _(" (copy)")
    return services.copy(survey, title=survey.title[: MAX_TITLE - len(mark)] + mark, by=actor, now=now)


START = Action(
    "start",
    gettext_lazy("Start now"),
    "send",
    gettext_lazy("Send the survey to these chats now? Messages that were sent cannot be taken back."),
    gettext_lazy("The survey is being sent."),
    _start,
    is_main=True,
    shows_audience=True,
)
SCHEDULE = Action(
    "schedule",
    gettext_lazy("Schedule"),
    "schedule_send",
    gettext_lazy("Let the survey start by itself? Who is asked is looked at once more when it starts."),
    gettext_lazy("The survey is scheduled."),
    _schedule,
    is_main=True,
    shows_audience=True,
)
UNSCHEDULE = Action(
    "unschedule",
    gettext_lazy("Back to draft"),
    "undo",
    gettext_lazy("Make the survey a draft again? It does not start by itself then."),
    gettext_lazy("The survey is a draft again."),
    _unschedule,
)
CLOSE = Action(
    "close",
    gettext_lazy("Close the survey"),
    "stop_circle",
    gettext_lazy(
        "Close the survey? No vote is taken and nothing is sent any more; it cannot be opened again."
    ),
    gettext_lazy("The survey is closed."),
    _close,
)
COPY = Action(
    "copy",
    gettext_lazy("Copy"),
    "content_copy",
    gettext_lazy("Make a new draft of the same content?"),
    gettext_lazy("This is the copy: a draft that you can change."),
    _copy,
)
ACTIONS = {action.key: action for action in (START, SCHEDULE, UNSCHEDULE, CLOSE, COPY)}
REFUSALS: dict[type[Exception], Any] = {
    services.NotInThisState: gettext_lazy("The state of the survey has changed; nothing was done."),
    services.StartIsPast: gettext_lazy("The start lies in the past. Change it, or start the survey now."),
}


def offered(survey: Survey, *, now: datetime) -> list[Action]:
    """Return the buttons that make sense now."""
    standing = survey.standing(now)
    if standing == State.DRAFT:
        return [*([SCHEDULE] if survey.starts_at else []), START, COPY]
    if standing == State.SCHEDULED:
        return [UNSCHEDULE, COPY]
    return [*([CLOSE] if standing in RUNNING else []), COPY]
