"""Surveys go their way: start, reach chat after chat, remind, and end (SUR-02, SUR-04, SUR-08).

A tick of Celery, or of the bot itself while Celery is away. Each step is a transaction of its own and looks anew, so
that a crash anywhere loses nothing and sends nothing twice.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from bot.announcer.alone import attempt
from bot.announcer.mailings import room
from bot.announcer.turns import has_turn
from bot.ballots import chat_ballot, reminder_ballot
from bot.models import OutgoingMessage
from bot.outbox import ClientLetter, queue_letters, queue_message
from bot.texts import surveys as texts
from buhbot.models import Assignment, Role, User
from buhbot.selectors import away_at
from feedback import services
from feedback.models import Delivery, Survey, Vote
from feedback.selectors import running_surveys, unfinished_surveys
from feedback.services import Result
from feedback.texts import quarterly_words

State = OutgoingMessage.State
BATCH = 100
BACKLOG = 250  # some ten seconds of sending: a reply to one of these chats does not wait longer
SETTLED = 1000
FINAL = (State.SENT, State.UNDELIVERED, State.CANCELLED)
LOST = Result(is_sent=False, is_cancelled=True)
SUBJECT, REMINDER = "survey:", "survey-reminder:"


def run_surveys(now: datetime) -> int:
    """Do what is due of all surveys; return how many steps did something. Safe to run twice at once."""
    steps: list[tuple[str, int, Callable[[], int]]] = [
        ("quarterly survey", 0, partial(_begin_quarterly, now)),
        ("start of surveys", 0, partial(services.begin_due, now)),
        ("results of surveys", 0, partial(_settle, now)),
        ("messages that are of no use any more", 0, partial(_call_back, now)),
        ("figures of surveys that are over", 0, partial(services.publish_tallies, now)),
    ]
    done = _attempt(steps)
    unfinished = list(unfinished_surveys().order_by("started_at", "pk"))
    running = list(running_surveys(now).order_by("started_at", "pk"))
    return done + _attempt(
        [
            *(("deliveries", one.pk, partial(_deliver, one, now)) for one in unfinished),
            *(("end of sending", one.pk, partial(services.finish, one.pk, now=now)) for one in unfinished),
            *(("reminders", one.pk, partial(_remind, one, now)) for one in running),
            *(("chats without a vote", one.pk, partial(_tell_managers, one, now)) for one in running),
        ]
    )


def _attempt(steps: Iterable[tuple[str, int, Callable[[], int]]]) -> int:
    return sum(bool(attempt(work, what=what, key=key)) for what, key, work in steps)


def _begin_quarterly(now: datetime) -> int:
    quarter = services.current_quarter(now)
    return services.begin_quarterly(quarterly_words(quarter.before), quarter=quarter, now=now) is not None


def _settle(now: datetime) -> int:
    """Take over what became of the messages; one that is sent again by hand counts too."""
    waiting = Delivery.objects.filter(state=Delivery.State.QUEUED)
    failed = Delivery.objects.filter(state=Delivery.State.FAILED, survey__in=running_surveys(now))
    settled = [
        *OutgoingMessage.objects.filter(pk__in=waiting.values("outgoing_id"), state__in=FINAL)[:SETTLED],
        *OutgoingMessage.objects.filter(pk__in=failed.values("outgoing_id"), state=State.SENT)[:SETTLED],
    ]
    results = {row.pk: _result(row) for row in settled} | dict.fromkeys(_lost(waiting), LOST)
    return services.settle(results, now=now) if results else 0


def _lost(waiting: QuerySet[Delivery]) -> list[int]:
    """The keys of messages that are gone, by an erasure for one: nothing will be heard of them."""
    row = OutgoingMessage.objects.filter(pk=OuterRef("outgoing_id"))
    return [key for key in waiting.filter(~Exists(row)).values_list("outgoing_id", flat=True) if key]


def _result(row: OutgoingMessage) -> Result:
    return Result(
        is_sent=row.state == State.SENT,
        is_cancelled=row.state == State.CANCELLED,
        at=row.sent_at,
        error=row.error,
        telegram_chat_id=row.telegram_chat_id,
        telegram_message_id=row.telegram_message_id,
    )


def _deliver(survey: Survey, now: datetime) -> int:
    """Queue copies as long as the outbox has room for them (SUR-04)."""
    looked_at = 0
    while (most := room(BACKLOG)) > 0:
        batch = _deliver_batch(survey, min(most, BATCH), now)
        looked_at += batch
        if not batch:
            break
    return looked_at


@transaction.atomic
def _deliver_batch(survey: Survey, most: int, now: datetime) -> int:
    if not has_turn():
        return 0  # another one delivers
    deliveries, looked_at = services.claim_deliveries(survey.pk, most=most, now=now)
    letters = []
    for delivery in deliveries:
        text, keyboard = chat_ballot(delivery)
        letters.append(
            ClientLetter(delivery.chat, text, keyboard, subject_of(survey), f"survey:{delivery.pk}")
        )
    services.mark_queued(deliveries, outgoing=[row.pk for row in queue_letters(letters)], now=now)
    return looked_at


def subject_of(survey: Survey) -> str:
    """Name the survey in the outbox."""
    return f"{SUBJECT}{survey.pk}"


def _call_back(now: datetime) -> int:
    """Cancel what has not left: of surveys that are over, and reminders of chats that have voted meanwhile (SUR-08)."""
    waiting = OutgoingMessage.objects.filter(
        priority=OutgoingMessage.Priority.SURVEY, state=State.QUEUED, subject__startswith=SUBJECT
    )
    rows = [(key or "", subject) for key, subject in waiting.values_list("dedupe_key", "subject")]
    still_open = {subject_of(survey) for survey in running_surveys(now)}
    reminded = {key: int(key.removeprefix(REMINDER)) for key, _subject in rows if key.startswith(REMINDER)}
    voted = set(Vote.objects.filter(delivery__in=reminded.values()).values_list("delivery", flat=True))
    late = {key for key, delivery in reminded.items() if delivery in voted}
    needless = [key for key, subject in rows if subject not in still_open or key in late]
    return waiting.filter(dedupe_key__in=needless).update(state=State.CANCELLED) if needless else 0


def _remind(survey: Survey, now: datetime) -> int:
    reminded = 0
    while (most := room(BACKLOG)) > 0:
        batch = _remind_batch(survey, min(most, BATCH), now)
        reminded += batch
        if not batch:
            break
    return reminded


@transaction.atomic
def _remind_batch(survey: Survey, most: int, now: datetime) -> int:
    deliveries = services.claim_reminders(survey, most=most, now=now) if has_turn() else []
    letters = []
    for delivery in deliveries:
        delivery.survey = survey
        text, keyboard = reminder_ballot(delivery)
        letters.append(
            ClientLetter(
                delivery.chat,
                text,
                keyboard,
                subject_of(survey),
                f"{REMINDER}{delivery.pk}",
                reply_to_message_id=_original(delivery),
            )
        )
    queue_letters(letters)
    return len(letters)


def _original(delivery: Delivery) -> int | None:
    """The chat's copy, unless the group has become a supergroup since: there the number means another message."""
    is_here = delivery.telegram_chat_id == delivery.chat.telegram_id
    return delivery.telegram_message_id if is_here else None


@transaction.atomic
def _tell_managers(survey: Survey, now: datetime) -> int:
    """Tell each manager in one message of the chats that stay silent; nobody to tell: later (SUR-08)."""
    silent = services.claim_silent(survey, now=now) if has_turn() else []
    if not silent:
        return 0
    told: dict[int, Delivery] = {}
    for manager, deliveries in _managers(silent, now):
        queue_message(
            manager,
            audience=OutgoingMessage.Audience.STAFF,
            text=texts.silent(survey, deliveries),
            subject=subject_of(survey),
        )
        told |= {one.pk: one for one in deliveries}
    services.mark_told(list(told.values()), now=now)
    return len(told)


def _managers(deliveries: Sequence[Delivery], now: datetime) -> list[tuple[User, list[Delivery]]]:
    """Whom to tell of which chats: their managers or who stands in, else all managers, else administrators."""
    reachable = User.objects.filter(is_active=True, telegram_id__isnull=False, unreachable_since=None)
    people = {user.pk: user for user in reachable.order_by("pk")}
    substitutes = away_at(now)
    duties = Assignment.objects.filter(
        chat__in=[one.chat_id for one in deliveries], duty=Assignment.Duty.MANAGER
    )
    own: dict[int, list[int]] = {}
    for chat_id, user_id in duties.values_list("chat_id", "user_id"):
        own.setdefault(chat_id, []).append(substitutes.get(user_id, user_id) or 0)
    everybody = _of_role(people.values(), Role.MANAGER) or _of_role(people.values(), Role.ADMIN)
    found: dict[int, list[Delivery]] = {}
    for delivery in deliveries:
        there = {key for key in own.get(delivery.chat_id, ()) if key in people}
        for key in sorted(there or everybody):
            found.setdefault(key, []).append(delivery)
    return [(people[key], rows) for key, rows in found.items()]


def _of_role(people: Iterable[User], role: Role) -> list[int]:
    return [user.pk for user in people if user.role == role]
