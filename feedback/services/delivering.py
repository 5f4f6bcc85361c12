"""From a survey that starts to its copies: claimed in batches, frozen, settled; a crash goes on (SUR-04, SUR-10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from buhbot.models import Assignment
from feedback.models import Delivery, Survey
from feedback.selectors import UNFINISHED, audience_of, end_of, period_of, skip_reasons
from sla.figures import Score, by_chat
from sla.models import Request

State = Delivery.State
Skip = Delivery.Skip
FROZEN = (
    *("accountant", "tier_name", "requests_opened", "requests_in_time", "requests_missed"),
    "median_seconds",
)
RESULT = ("state", "skip_reason", "error", "delivered_at", "telegram_chat_id", "telegram_message_id")


def begin_due(now: datetime) -> int:
    """Start the surveys whose instant has come; return how many (SUR-01)."""
    due = Survey.objects.filter(state=Survey.State.SCHEDULED, starts_at__lte=now).order_by("starts_at", "pk")
    return sum(_begin(pk, now) for pk in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _begin(survey_id: int, now: datetime) -> int:
    """Note every chat of the audience; who of them is asked is decided when its turn comes."""
    rows = Survey.objects.select_for_update(skip_locked=True)
    survey = rows.filter(pk=survey_id, state=Survey.State.SCHEDULED, starts_at__lte=now).first()
    if survey is None:
        return 0
    survey.state, survey.started_at = Survey.State.SENDING, now
    survey.expires_at = end_of(survey, start=now)
    survey.save(update_fields=["state", "started_at", "expires_at"])
    chats = audience_of(survey).order_by("pk").values_list("pk", flat=True)
    copies = [Delivery(survey=survey, chat_id=chat) for chat in chats]
    Delivery.objects.bulk_create(copies, batch_size=2000, ignore_conflicts=True)
    return 1


def claim_deliveries(survey_id: int, *, most: int, now: datetime) -> tuple[list[Delivery], int]:
    """Take up to so many chats that wait: leave out whom must be, freeze the figures of the others (SUR-03, SUR-10).

    Returns the copies that are to be sent, and how many were looked at. The caller queues them and calls `mark_queued`
    in the same transaction, while nobody else claims: the cool-down compares with other surveys.
    """
    survey = Survey.objects.select_for_update(no_key=True).get(pk=survey_id)
    if not survey.is_open(now):
        return [], 0
    locked = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("chat__tier")
    batch = list(locked.filter(survey=survey, state=State.WAITING).order_by("pk")[:most])
    reasons = skip_reasons([one.chat for one in batch], survey=survey, now=now)
    for delivery in batch:
        delivery.survey = survey
        if delivery.chat_id in reasons:
            delivery.state, delivery.skip_reason = State.SKIPPED, reasons[delivery.chat_id]
    Delivery.objects.bulk_update(
        [one for one in batch if one.state == State.SKIPPED], ["state", "skip_reason"]
    )
    asked = [one for one in batch if one.state == State.WAITING]
    _freeze(asked, survey)
    return asked, len(batch)


def _freeze(deliveries: Sequence[Delivery], survey: Survey) -> None:
    """Keep the accountant, the tier and the response figures of the period as they are now (SUR-10)."""
    chats = [one.chat_id for one in deliveries]
    accountants, scores = _accountants(chats), _scores(chats, survey)
    for delivery in deliveries:
        score = scores.get(delivery.chat_id, Score())
        delivery.accountant_id = accountants.get(delivery.chat_id)
        delivery.tier_name = delivery.chat.tier.name
        delivery.requests_opened = score.opened
        delivery.requests_in_time, delivery.requests_missed = score.in_time, score.missed
        delivery.median_seconds = None if score.median is None else round(score.median.total_seconds())


def _accountants(chats: list[int]) -> dict[int, int]:
    """The chat's primary accountant, else the one who was assigned first."""
    rows = Assignment.objects.filter(
        chat__in=chats, duty=Assignment.Duty.ACCOUNTANT, user__is_active=True
    ).order_by("is_primary", "-pk")
    return dict(rows.values_list("chat_id", "user_id"))


def _scores(chats: list[int], survey: Survey) -> dict[int, Score]:
    requests = Request.objects.filter(chat__in=chats)
    now = survey.started_at or survey.created_at
    return {row.key or 0: row.score for row in by_chat(requests, period_of(survey), now=now)}


def mark_queued(deliveries: Sequence[Delivery], *, outgoing: Sequence[int], now: datetime) -> None:
    """Note that the copies were queued, with the keys of their outbox rows in the same order."""
    for delivery, key in zip(deliveries, outgoing, strict=True):
        delivery.state, delivery.outgoing_id, delivery.queued_at = State.QUEUED, key, now
    Delivery.objects.bulk_update(deliveries, ["state", "outgoing_id", "queued_at", *FROZEN])


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an outbox row: sent, or not and why; cancelled: with the survey's end."""

    is_sent: bool
    at: datetime | None = None
    is_cancelled: bool = False
    error: str = ""
    telegram_chat_id: int | None = None
    telegram_message_id: int | None = None


@transaction.atomic
def settle(results: Mapping[int, Result], *, now: datetime) -> int:
    """Write down what became of copies, by the keys of their outbox rows; return how many changed.

    One that failed and was sent again by hand counts as delivered.
    """
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("survey")
    sent = rows.filter(outgoing_id__in=results, state__in=[State.QUEUED, State.FAILED]).order_by("pk")
    changed = [one for one in sent if _apply(one, results[one.outgoing_id or 0], now)]
    Delivery.objects.bulk_update(changed, RESULT)
    return len(changed)


def _apply(delivery: Delivery, result: Result, now: datetime) -> bool:
    if result.is_sent:
        delivery.state, delivery.error, delivery.delivered_at = State.DELIVERED, "", result.at or now
        delivery.telegram_chat_id = result.telegram_chat_id
        delivery.telegram_message_id = result.telegram_message_id
        return True
    if delivery.state == State.FAILED:
        return False
    delivery.state, delivery.error = State.FAILED, result.error
    if result.is_cancelled and not delivery.survey.is_open(now):
        delivery.state, delivery.skip_reason = State.SKIPPED, Skip.CLOSED
    return True


@transaction.atomic
def finish(survey_id: int, *, now: datetime) -> int:
    """Bring a survey to the end of its sending: active when all is out; when it is over, what waits is left out."""
    survey = Survey.objects.select_for_update().get(pk=survey_id)
    unfinished = survey.deliveries.filter(state__in=UNFINISHED)
    left_out = 0
    if not survey.is_open(now):
        waiting = unfinished.filter(state=State.WAITING)
        left_out = waiting.update(state=State.SKIPPED, skip_reason=Skip.CLOSED)
    if survey.state == Survey.State.SENDING and not unfinished.exists():
        survey.state = Survey.State.ACTIVE
        survey.save(update_fields=["state"])
    return left_out
