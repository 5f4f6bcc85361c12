"""From alerts to the messages that tell of them: what they say and the buttons under them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.utils.translation import gettext as _

from bot.announcer.addresses import Address
from bot.announcer.rules import Bundle, portions
from bot.keyboards import Button, Keyboard, press
from bot.outbox import Notice
from bot.rules import MAX_TEXT
from bot.texts import alerts as texts
from bot.texts import lists
from bot.texts.words import link_to
from buhbot.models import Chat
from sla.models import Alert, AlertKind, Request, RequestEvent
from sla.selectors import SERVING_ROLES, holder, numbers

LIST, SUMMARY = "requests", "downtime"  # subjects of messages about several requests


@dataclass(frozen=True, slots=True)
class News:
    """An alert with what is said of its request now."""

    alert: Alert
    facts: texts.Facts

    @property
    def request_id(self) -> int:
        return self.alert.request_id

    @property
    def instant(self) -> datetime:
        return self.alert.instant


def news_of(alert: Alert, *, now: datetime) -> News:
    """Measure the alert's request as it stands now."""
    request, measured = alert.request, numbers(alert.request, now=now)
    taken_by = holder(request, now=now)
    facts = texts.Facts(
        number=request.pk,
        level=alert.level,
        request_level=request.level,
        asked_by=_who_asked(alert),
        is_call=alert.kind == AlertKind.CALL,
        paused_at=request.paused_at,
        snoozed_until=request.snoozed_until,
        snoozed_by=str(request.snoozed_by) if request.snoozed_by else "",
        state=request.state,
        client=str(request.chat),
        chat_title=request.chat.title,
        topic_id=request.topic_id,
        link=link_to(request),
        accountants=", ".join(person["name"] for person in request.on_duty),
        wish=request.wish,
        text=request.text or request.opened_by.get_kind_display(),
        opened_at=request.opened_at,
        due_at=request.due_at,
        waited=measured.waited,
        over=measured.over,
        left=measured.left,
        taken_by=str(taken_by) if taken_by else "",
        closed_at=request.closed_at,
        closed_by=_who_closed(request),
        close_reason=request.get_close_reason_display(),
        was_late=request.is_late,
        is_breached=request.breached_at is not None,
    )
    return News(alert, facts)


def _who_asked(alert: Alert) -> str:
    """Name who asks the accountant to answer: a manager, the client; empty where the clock does (ALR-04, CLI-03)."""
    if alert.kind == AlertKind.CALL:
        return _("the client")
    if alert.kind != AlertKind.NUDGE:
        return ""
    kinds = (RequestEvent.Kind.ACCOUNTANT_NOTIFIED, RequestEvent.Kind.ASSIGNED)
    asked = RequestEvent.objects.filter(request=alert.request_id, kind__in=kinds, at=alert.instant)
    event = asked.select_related("actor").first()
    return str(event.actor) if event and event.actor else _("a manager")


def _who_closed(request: Request) -> str:
    if request.closed_by is not None:
        return str(request.closed_by)
    if request.is_answered_by_faq:
        return _("automatic answer")
    return _("anonymous administrator") if request.state == Request.State.ANSWERED else ""


def notices_of(bundle: Bundle[News], to: Address, *, now: datetime) -> Iterator[Notice]:
    """Write the messages of a bundle: one, or several when a list is too long for one (OUT-07)."""
    subject = SUMMARY if bundle.is_summary else LIST
    requests = _by_request(bundle.alerts)
    widths = (lists.widest(_foremost(news).facts, is_summary=bundle.is_summary) for news in requests)
    rest = iter(requests)
    for count in portions(widths, room=MAX_TEXT - lists.HEADLINE, most=lists.MOST_LINES):
        part = [news for one in islice(rest, count) for news in one]
        text, keyboard = content_of(part, to, subject=subject, now=now)
        name = subject if count > 1 else subject_of(part[0].request_id)
        yield Notice(to, text, [news.alert for news in part], keyboard, name)


def content_of(news: Sequence[News], to: Address, *, subject: str, now: datetime) -> tuple[str, Keyboard]:
    """Write what a message that told of these alerts says now: one request in full, several as a list (ALR-06)."""
    foremost = [_foremost(one) for one in _by_request(news)]
    if len(foremost) == 1:
        return texts.alert(foremost[0].facts, now=now), _keyboard(foremost[0], to)
    facts = [one.facts for one in foremost]
    return lists.listing(facts, is_summary=subject == SUMMARY, now=now), ()


def subject_of(request_id: int) -> str:
    """Name the request in the outbox, so that everything sent about it is found again."""
    return f"request:{request_id}"


def _by_request(news: Sequence[News]) -> list[list[News]]:
    """Group by request, the one due first first."""
    groups: dict[int, list[News]] = {}
    for one in sorted(news, key=lambda one: (one.facts.due_at, one.request_id)):
        groups.setdefault(one.request_id, []).append(one)
    return list(groups.values())


def _foremost(news: Sequence[News]) -> News:
    """The one of several alerts of a request that says most."""
    return max(news, key=lambda one: (one.alert.level, one.instant))


def _keyboard(news: News, to: Address) -> Keyboard:
    """Return the buttons that make sense now for who gets the message (ALR-04, ALR-05)."""
    request, link = news.alert.request, news.facts.link
    rows: list[tuple[Button, ...]] = [(Button(texts.open_chat_button(), url=link),)] if link else []
    if request.is_open:
        resolve = Button(texts.resolve_button(), press("resolve", request.pk))
        take = Button(texts.take_button(), press("take", request.pk))
        rows.append((resolve,) if news.facts.taken_by else (take, resolve))
        rows += _later(request, to)
    return tuple(rows)


def _later(request: Request, to: Address) -> list[tuple[Button, ...]]:
    """Of a breached request: put the next alert off; managers and the team chat may have the accountant asked."""
    if request.breached_at is None:
        return []
    snooze = tuple(Button(text, press(key, request.pk)) for key, text in texts.snooze_buttons().items())
    rows = [] if request.is_last_level else [snooze]
    if isinstance(to, Chat) or to.role in SERVING_ROLES:
        rows.append((Button(texts.ask_button(), press("ask", request.pk)),))
    return rows
