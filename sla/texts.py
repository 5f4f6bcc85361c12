"""What people read about requests in the bot and in Admin alike."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from buhbot.texts import day, duration
from buhbot.walk import DayKind
from sla.explain import Explanation, Origin, Step
from sla.rules import NEVER, Obstacle

MOST_STEPS, SHOWN_AT_ENDS = 14, 6
NOTHING = timedelta()
ORIGINS = {
    Origin.CHAT: gettext_lazy("set for the chat"),
    Origin.TIER: gettext_lazy("set for the tier"),
    Origin.FIRM: gettext_lazy("common to the firm"),
    Origin.PAST: gettext_lazy("in force at that time"),
}
OBSTACLES = {
    Obstacle.TEAM_CHAT: gettext_lazy("this is the internal team chat"),
    Obstacle.PRIVATE_CHAT: gettext_lazy("it is a private chat: staff cannot answer there"),
    Obstacle.BOT_IS_OUT: gettext_lazy("the bot is not in the chat"),
    Obstacle.NO_ACCOUNTANT: gettext_lazy("no accountant is assigned"),
    Obstacle.NO_POLICY: gettext_lazy("there is no policy for it: mark one as the firm's default"),
    Obstacle.NOBODY_REACHABLE: gettext_lazy("nobody to alert is linked to Telegram"),
}
REASONS = {
    DayKind.SHORT: gettext_lazy("short day"),
    DayKind.EXTRA: gettext_lazy("worked instead of a day off"),
}


def no_working_time() -> str:
    """What stands in the place of a due time that cannot be computed (WT-06)."""
    return _("no working time in the calendar")


def why_lines(explained: Explanation) -> list[str]:
    """Say why the request is due when it is, a line for each thing to say (ADM-03)."""
    return [*_terms(explained), *walk_lines(explained.steps), *_total(explained), *_taken(explained)]


def _terms(explained: Explanation) -> list[str]:
    lines = [
        _("Policy «%(name)s», %(why)s: %(target)s of working time.")
        % {
            "name": explained.policy,
            "why": ORIGINS[explained.policy_origin],
            "target": duration(explained.target),
        },
        _("Calendar «%(name)s», %(why)s.")
        % {"name": explained.calendar, "why": ORIGINS[explained.calendar_origin]},
    ]
    if explained.zone != timezone.get_default_timezone_name():
        lines.append(_("Its hours are of the zone %(zone)s.") % {"zone": explained.zone})
    return lines


def walk_lines(steps: tuple[Step, ...]) -> list[str]:
    """A line for each step; of a long way only both ends."""
    if len(steps) <= MOST_STEPS:
        return [_step(step) for step in steps]
    middle = steps[SHOWN_AT_ENDS:-SHOWN_AT_ENDS]
    days = sum((step.last - step.first).days + 1 for step in middle)
    left_out = ngettext("… %(days)d more day = %(time)s", "… %(days)d more days = %(time)s", days) % {
        "days": days,
        "time": duration(_minutes(middle)),
    }
    ends = steps[:SHOWN_AT_ENDS], steps[-SHOWN_AT_ENDS:]
    return [*map(_step, ends[0]), left_out, *map(_step, ends[1])]


def _step(step: Step) -> str:
    if not step.spans:
        return _with_note(_not_worked(step), step.note)
    spans = ", ".join(f"{opens:%H:%M}–{_closing(opens, closes)}" for opens, closes in step.spans)
    line = f"{day(step.first)}, {spans} = {duration(_minutes([step]))}"
    return _with_note(line, (step.note or str(REASONS[step.kind])) if step.kind in REASONS else "")


def _not_worked(step: Step) -> str:
    if step.kind == DayKind.CLOSED:
        return _("%(day)s: outside working hours") % {"day": day(step.first)}
    if step.first == step.last:
        return _("%(day)s: day off") % {"day": day(step.first)}
    return _("%(first)s – %(last)s: days off") % {"first": day(step.first), "last": day(step.last)}


def _with_note(line: str, note: str) -> str:
    return f"{line} ({note})" if note else line


def _total(explained: Explanation) -> list[str]:
    if explained.due_at == NEVER:
        return [_("The calendar has not enough working time to come, so the request is not due at any time.")]
    total = _minutes(explained.steps)
    due = explained.due_at.astimezone(ZoneInfo(explained.zone))
    lines = [
        _("In all %(time)s: due on %(day)s at %(clock)s.")
        % {"time": duration(total), "day": day(due), "clock": f"{due:%H:%M}"}
    ]
    if explained.paused:
        waited = {"time": duration(total - explained.target)}
        lines.append(_("Of these %(time)s the clock stood still: the client was waited for.") % waited)
    if explained.paused_at is not None:
        lines.append(_("The clock stands still now, until the client writes; due will move on."))
    return lines


def _taken(explained: Explanation) -> list[str]:
    """Say that taking moves no due, and what it holds by the policy (CLI-06)."""
    if not explained.taken_by:
        return []
    values = {"name": explained.taken_by, "time": duration(explained.hold)}
    if not explained.hold:
        return [_("Taken into work by %(name)s: that stops nothing, as the policy says.") % values]
    return [_("Taken into work by %(name)s: due stays, escalation waits %(time)s of working time.") % values]


def _closing(opens: datetime, closes: datetime) -> str:
    return "24:00" if closes.date() > opens.date() else f"{closes:%H:%M}"


def _minutes(steps: Iterable[Step]) -> timedelta:
    """The working time between the minutes that are shown, so that what is read adds up."""
    spans = [span for step in steps for span in step.spans]
    return sum((_minute(closes) - _minute(opens) for opens, closes in spans), NOTHING)


def _minute(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def in_words(obstacles: Iterable[Obstacle]) -> str:
    """Name what is missing before a chat can be monitored (CHT-02)."""
    return "; ".join(str(OBSTACLES[obstacle]) for obstacle in obstacles)
