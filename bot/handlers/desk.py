"""What staff ask in private: `/queue`, `/mystats`, `/chats`; managers `/team`, `/breaches` (STF-02).

Every answer starts from what the person may see (RBAC-02); every number comes from `sla/figures` (principle 8).
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from telegram import Update

from bot.handlers.clients import on_message
from bot.handlers.staff import staff_behind
from bot.keyboards import Button, Keyboard, press
from bot.models import OutgoingMessage
from bot.outbox import queue_message
from bot.texts import desk as texts
from bot.texts.digests import Waiting, waiting_of
from bot.texts.words import admin_link
from buhbot.models import Chat, Role, User
from buhbot.selectors import away_at, visible_chats, visible_staff
from buhbot.services.people import mark_person_reachable
from sla.figures import Row, Score, by_accountant, overdue, score, this_month, this_week, today
from sla.models import OPEN_STATES, Request
from sla.selectors import SERVING_ROLES, holder, queue, visible_requests

Answer = Callable[[User, datetime], str]
Buttons = Callable[[User, datetime], Keyboard]
IN_ROW = 3


def on_queue(update: Update) -> None:
    """Tell who waits, by time left, with a button to take each into work (CLI-06)."""
    _answer(update, _queue, keyboard=_to_take)


def on_mystats(update: Update) -> None:
    """Tell the person's figures of today, this week and this month."""
    _answer(update, _stats)


def on_chats(update: Update) -> None:
    """List the person's chats."""
    _answer(update, _chats, for_observers=True)


def on_team(update: Update) -> None:
    """Tell managers how the team does."""
    _answer(update, _team, for_managers=True)


def on_breaches(update: Update) -> None:
    """Tell managers what is late."""
    _answer(update, _breaches, for_managers=True)


def _answer(
    update: Update,
    answer: Answer,
    *,
    for_managers: bool = False,
    for_observers: bool = False,
    keyboard: Buttons | None = None,
) -> None:
    """Answer staff of the role; what a client writes goes the way of all."""
    staff = staff_behind(update.effective_user) if update.effective_user else None
    if update.message is None or staff is None:
        on_message(update)
        return
    mark_person_reachable(staff)
    buttons: Keyboard = ()
    if for_managers and staff.role not in SERVING_ROLES:
        text = texts.for_managers()
    elif staff.role == Role.OBSERVER and not for_observers:
        text = texts.figures_in_admin()
    else:
        now = timezone.now()
        text, buttons = answer(staff, now), keyboard(staff, now) if keyboard else ()
    queue_message(staff, audience=OutgoingMessage.Audience.STAFF, text=text, keyboard=buttons)


def _queue(staff: User, now: datetime) -> str:
    waiting = queue(staff)
    return texts.queue(_lines(waiting, now), waiting.count(), now=now)


def _to_take(staff: User, now: datetime) -> Keyboard:
    """A button for each listed request that nobody has taken."""
    listed = queue(staff).select_related("acknowledged_by")[: texts.SHOWN]
    free = [request.pk for request in listed if holder(request, now=now) is None]
    buttons = [Button(texts.take_button(pk), press("take", pk)) for pk in free]
    return tuple(tuple(buttons[start : start + IN_ROW]) for start in range(0, len(buttons), IN_ROW))


def _lines(requests: QuerySet[Request], now: datetime) -> list[Waiting]:
    shown = requests.select_related("opened_by")[: texts.SHOWN]
    return [waiting_of(request, now=now) for request in shown]


def _stats(staff: User, now: datetime) -> str:
    requests = visible_requests(staff)
    periods = {
        texts.today(): today(now),
        texts.this_week(): this_week(now),
        texts.this_month(): this_month(now),
    }
    own = [
        (title, _own(by_accountant(requests, period, now=now), staff)) for title, period in periods.items()
    ]
    return texts.stats(str(staff), own)


def _own(rows: Iterable[Row], staff: User) -> Score:
    return next((row.score for row in rows if row.key == staff.pk), Score())


def _chats(staff: User, now: datetime) -> str:
    chats = visible_chats(staff).exclude(kind=Chat.Kind.PRIVATE).filter(is_team=False)
    is_open = Q(requests__state__in=OPEN_STATES)
    counted = chats.annotate(open_now=Count("requests", filter=is_open)).order_by("client_name", "title")
    rows = [_chat(chat, staff) for chat in counted[: texts.SHOWN]]
    return texts.chats(rows, chats.count())


def _chat(chat: Chat, staff: User) -> texts.ChatLine:
    """Observers see titles only: no client's name, and no figure of one chat's requests here."""
    state = "" if chat.is_watched else texts.not_monitored()
    if chat.life_cycle != Chat.LifeCycle.ACTIVE:
        state = chat.get_life_cycle_display()
    link = admin_link(f"buhbot/chat/{chat.pk}/change/")
    if staff.role == Role.OBSERVER:
        return texts.ChatLine(chat.title, state, 0, link)
    return texts.ChatLine(str(chat), state, chat.open_now, link)  # type: ignore[attr-defined]


def _team(staff: User, now: datetime) -> str:
    requests, week = visible_requests(staff), this_week(now)
    scores = {row.key: row.score for row in by_accountant(requests, week, now=now)}
    people = visible_staff(staff).filter(is_active=True).exclude(role=Role.OBSERVER)
    team = people.filter(Q(role=Role.ACCOUNTANT) | Q(pk__in=[key for key in scores if key])).order_by(
        "full_name"
    )
    away = away_at(now)
    rows = [_person(person, scores.get(person.pk, Score()), away) for person in team[: texts.SHOWN]]
    return texts.team(rows, team.count(), score(requests, week, now=now))


def _person(person: User, week: Score, away: dict[int, int | None]) -> texts.PersonLine:
    remark = ""
    if person.pk in away:
        remark = texts.away()
    elif person.telegram_id is None:
        remark = texts.not_linked()
    elif not person.is_reachable:
        remark = texts.unreachable()
    return texts.PersonLine(str(person), week, queue(person).count(), remark)


def _breaches(staff: User, now: datetime) -> str:
    late = queue(staff).filter(overdue(now))
    day = score(visible_requests(staff), today(now), now=now)
    return texts.breaches(_lines(late, now), late.count(), day, now=now)
