"""What an alert says: a function of the request as it is now (ALR-03, ALR-05)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.html import escape
from django.utils.translation import gettext as _

from bot.rules import shorten
from bot.texts.words import bold, duration, moment
from sla.rules import NEVER
from sla.texts import no_working_time

QUOTE_LENGTH = 500
NAMED, CLIENT_LENGTH = 50, 40  # of requests whose alerts reached nobody


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of a request. Waits are working time."""

    number: int
    level: int
    state: str
    client: str
    chat_title: str
    topic_id: int
    accountants: str
    text: str
    opened_at: datetime
    due_at: datetime
    waited: timedelta
    over: timedelta
    left: timedelta
    request_level: int = 0
    link: str = ""
    asked_by: str = ""
    is_call: bool = False
    paused_at: datetime | None = None
    snoozed_until: datetime | None = None
    snoozed_by: str = ""
    taken_by: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""
    close_reason: str = ""
    was_late: bool = False
    is_breached: bool = True
    wish: str = ""


def alert(facts: Facts, *, now: datetime) -> str:
    """Write the alert as it stands now, with its end when the request has ended."""
    lines = [f"{bold(_headline(facts))} · № {facts.number}", ""]
    lines += [f"{label}: {escape(value)}" for label, value in _details(facts) if value]
    lines += _waits(facts, now)
    if facts.text:
        lines += ["", f"<blockquote>{escape(facts.text[:QUOTE_LENGTH])}</blockquote>"]
    state = _state(facts, now)
    return "\n".join([*lines, "", state] if state else lines)


def _headline(facts: Facts) -> str:
    if facts.is_call:
        return _("📞 The client asks for their accountant")
    if facts.asked_by:
        return _("🔔 %(name)s asks you to answer the client") % {"name": facts.asked_by}
    if facts.level == 0:
        return _("⏳ An answer is due soon")
    if facts.closed_at is None and not facts.is_breached:
        return _("🟢 The deadline has moved, there is time again")
    if facts.level == 1:
        return _("🔴 The client has waited too long")
    return _("🔴 Escalation, level %(level)d") % {"level": facts.level}


def _details(facts: Facts) -> list[tuple[str, str]]:
    return [
        (_("Client"), facts.client),
        (_("Chat"), facts.chat_title if facts.chat_title != facts.client else ""),
        (_("Topic"), str(facts.topic_id) if facts.topic_id else ""),
        (_("Accountant"), facts.accountants or _("nobody is there")),
        (_("Ordered by a button"), facts.wish),
    ]


def _waits(facts: Facts, now: datetime) -> list[str]:
    due = moment(facts.due_at, now=now)
    lines = [
        _("Asked at %(opened)s, waits %(waited)s of working time")
        % {"opened": moment(facts.opened_at, now=now), "waited": bold(duration(facts.waited))}
        if facts.closed_at is None
        else _("Asked at %(opened)s, waited %(waited)s of working time")
        % {"opened": moment(facts.opened_at, now=now), "waited": bold(duration(facts.waited))}
    ]
    if facts.over:
        lines.append(_("Due at %(due)s, over by %(over)s") % {"due": due, "over": bold(duration(facts.over))})
    elif facts.due_at == NEVER:
        lines.append(_("Due: %(why)s") % {"why": no_working_time()})
    elif facts.closed_at is None:
        lines.append(_("Due at %(due)s, %(left)s left") % {"due": due, "left": bold(duration(facts.left))})
    return lines


def _state(facts: Facts, now: datetime) -> str:
    if facts.closed_at is None:
        return "\n".join(_holds(facts, now))
    values = {"name": bold(facts.closed_by or "—"), "at": moment(facts.closed_at, now=now)}
    if facts.state == "answered":
        in_time = _("The answer was in time.") if not facts.was_late else ""
        return " ".join(filter(None, [_("✅ Answered at %(at)s by %(name)s.") % values, in_time]))
    if facts.state == "resolved":
        return _("☑️ Marked as resolved at %(at)s by %(name)s.") % values
    return _("✖️ Cancelled at %(at)s: %(reason)s.") % (values | {"reason": escape(facts.close_reason)})


def _holds(facts: Facts, now: datetime) -> list[str]:
    """What keeps an open request from escalating now."""
    lines = []
    if facts.taken_by:
        lines.append(_("✋ Taken by %(name)s") % {"name": bold(facts.taken_by)})
    if facts.snoozed_until is not None and facts.snoozed_until > now:
        values = {"at": moment(facts.snoozed_until, now=now), "name": bold(facts.snoozed_by)}
        lines.append(_("💤 Put off until %(at)s by %(name)s") % values)
    if facts.paused_at is not None:
        since = moment(facts.paused_at, now=now)
        lines.append(_("⏸ Waits for the client since %(at)s, the clock stands still") % {"at": since})
    return lines


def open_chat_button() -> str:
    return _("Open chat")


def take_button() -> str:
    return _("Take it")


def resolve_button() -> str:
    return _("Resolved")


def ask_button() -> str:
    return _("Ask the accountant")


def snooze_buttons() -> dict[str, str]:
    """The buttons that put the next escalation off, by their press (ALR-04)."""
    return {"snooze_1h": _("💤 1 h"), "snooze_4h": _("💤 4 h"), "snooze_morning": _("💤 Until the morning")}


def snoozed_toast() -> str:
    return _("The next alert is put off")


def last_alert_toast() -> str:
    return _("This was the last alert, there is nothing to put off")


def asked_toast() -> str:
    return _("The accountant is asked to answer")


def asked_already_toast() -> str:
    return _("The accountant was asked a moment ago")


def nobody_asked_toast() -> str:
    return _("No accountant of the chat can be told; the administrators are")


def no_hours_toast() -> str:
    return _("The calendar of the request has no working hours to come")


def taken_toast() -> str:
    return _("The request is yours")


def resolved_toast() -> str:
    return _("Marked as resolved")


def refusal_toast() -> str:
    return _("You have no right to do this in this chat")


def ended_toast(state: str) -> str:
    return _("The request has ended already: %(state)s") % {"state": state}


def stale_button_toast() -> str:
    return _("This button does not work any more")


def nobody_to_tell(requests: Sequence[tuple[int, str]]) -> str:
    """Tell administrators of requests whose alerts reached nobody, by number and client (ALR-02, principle 11)."""
    advice = _("Link an accountant or a manager of the chat to Telegram in Admin.")
    return _loud(_("⚠️ An alert could be told to nobody"), advice, requests)


def reached_nobody(requests: Sequence[tuple[int, str]]) -> str:
    """Tell whoever can be reached of requests whose alerts were sent and arrived nowhere (principle 11)."""
    advice = _(
        "Telegram did not take it for anybody of the chat. See to the client, and why: the outbox in Admin."
    )
    return _loud(_("⚠️ An alert has reached nobody"), advice, requests)


def _loud(head: str, advice: str, requests: Sequence[tuple[int, str]]) -> str:
    named = list(dict.fromkeys(requests))
    lines = [
        bold(head),
        advice,
        "",
        *(f"№ {number} {shorten(escape(client), limit=CLIENT_LENGTH)}" for number, client in named[:NAMED]),
    ]
    more = len(named) - NAMED
    return "\n".join([*lines, _("and %(count)d more") % {"count": more}] if more > 0 else lines)
