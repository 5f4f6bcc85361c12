"""Reads about surveys: who is asked and who is left out, how far a survey has got (SUR-03, FBK-01)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from buhbot.audience import chats_chosen, clients_chats
from buhbot.models import Calendar, Chat, Membership, Message, SurveyOptOut, User
from buhbot.preferences import preferences
from buhbot.selectors import FULL_SIGHT
from buhbot.services.calendars import build
from buhbot.worktime import WorkCalendar
from feedback.models import CommentQuestion, Delivery, FollowUp, Survey, Vote
from feedback.rules import RUNNING, Facts, Skip, days_after, next_quarterly_start, skip_reason
from sla.figures import Period
from sla.models import OPEN_STATES, Request

State = Delivery.State
OUT = (State.QUEUED, State.DELIVERED)
IN_THE_CHAT = (Chat.LifeCycle.ACTIVE, Chat.LifeCycle.PAUSED)
CLOCK_TOLERANCE = timedelta(seconds=5)  # Telegram's dates are whole seconds of another clock
UNFINISHED = (State.WAITING, State.QUEUED)


def visible_surveys(user: User) -> QuerySet[Survey]:
    """Return the surveys that the person may look at: managers and administrators all, others none (FBK-03)."""
    return Survey.objects.all() if user.role in FULL_SIGHT and user.is_active else Survey.objects.none()


def visible_deliveries(user: User) -> QuerySet[Delivery]:
    """Return the copies of the surveys that the person may look at."""
    return Delivery.objects.filter(survey__in=visible_surveys(user))


def visible_follow_ups(user: User) -> QuerySet[FollowUp]:
    """Return the follow-ups that the person may look at (SUR-09)."""
    return FollowUp.objects.filter(vote__delivery__in=visible_deliveries(user))


def overdue_follow_ups(now: datetime) -> QuerySet[FollowUp]:
    """Return the follow-ups that are open and past their due."""
    return FollowUp.objects.filter(closed_at=None, due_at__lte=now)


def vote_of(delivery: Delivery, telegram_id: int) -> Vote | None:
    """Return the person's vote in the chat's copy."""
    return Vote.objects.filter(delivery=delivery, telegram_id=telegram_id).first()


def is_in_chat(chat: Chat, telegram_id: int) -> bool:
    """Say whether we know the person in the chat: wrote, pressed or came there, and has not left since (SUR-05)."""
    if chat.kind == Chat.Kind.PRIVATE:
        return chat.telegram_id == telegram_id
    said = Message.objects.filter(chat=chat, sender_id=telegram_id, private_with=None)
    told = Membership.objects.filter(chat=chat, telegram_id=telegram_id).first()
    if told is None:
        return said.exists()
    return told.is_member or said.filter(sent_at__gt=told.since).exists()


def waiting_question(telegram_id: int, *, at: datetime) -> CommentQuestion | None:
    """Return the question to which the person's next private message is the comment (SUR-07)."""
    waiting = CommentQuestion.objects.filter(
        telegram_id=telegram_id, channel=Survey.Channel.PRIVATE, answered_at=None
    )
    asked = waiting.filter(asked_at__lte=at + CLOCK_TOLERANCE, waits_until__gt=at, vote__rating__isnull=False)
    return asked.select_related("vote__delivery__chat").order_by("-asked_at", "-pk").first()


def questions_in(telegram_chat_id: int) -> QuerySet[CommentQuestion]:
    """Return the questions that the group was asked, by Telegram's id of it (SUR-07)."""
    return CommentQuestion.objects.filter(
        channel=Survey.Channel.CHAT, vote__delivery__chat__telegram_id=telegram_chat_id
    )


def running_surveys(now: datetime) -> QuerySet[Survey]:
    """Return the surveys in which votes are taken."""
    return Survey.objects.filter(state__in=RUNNING, expires_at__gt=now)


def firm_calendar() -> WorkCalendar:
    """Return the firm's calendar as it stands now."""
    return build(Calendar.objects.get(is_default=True))


def end_of(survey: Survey, *, start: datetime) -> datetime:
    """Return until when the survey is open if it starts at the instant: the same time of day, in the firm's zone."""
    return days_after(start, survey.validity_days, zone=firm_calendar().timezone)


def next_quarterly(now: datetime) -> datetime | None:
    """Return when the next quarterly survey starts by itself; None: never, it is switched off (SUR-02)."""
    chosen = preferences()
    if not chosen.quarterly_surveys:
        return None
    calendar = firm_calendar()
    return next_quarterly_start(
        now,
        weekday=chosen.survey_weekday,
        hour=chosen.survey_hour,
        calendar=calendar,
        zone=calendar.timezone,
    )


def client_chats() -> QuerySet[Chat]:
    """Return the active chats of clients; private ones only where requests are measured too."""
    active = clients_chats().filter(life_cycle=Chat.LifeCycle.ACTIVE)
    return active.exclude(kind=Chat.Kind.PRIVATE, is_monitored=False)


def audience_of(survey: Survey) -> QuerySet[Chat]:
    """Return the chats that the survey is meant for, those included that will be left out (SUR-03)."""
    picked = list(survey.chats.values_list("pk", flat=True)) if survey.pk else []
    return audience_chosen(survey, picked=picked)


def audience_chosen(survey: Survey, *, picked: Collection[int]) -> QuerySet[Chat]:
    """Return the same of a survey that need not be saved yet, with the chats that are picked for it."""
    match survey.audience:
        case Survey.Audience.ALL:
            return client_chats()
        case Survey.Audience.WROTE:
            return client_chats().filter(Exists(_clients_words(survey)))
    return chats_chosen(survey.audience, segment=survey.segment, picked=picked)


def period_of(survey: Survey) -> Period:
    """Return the time that clients are asked about."""
    return Period.of_dates(survey.period_from, survey.period_to)


def _clients_words(survey: Survey) -> QuerySet[Message]:
    period = period_of(survey)
    return Message.objects.filter(
        chat=OuterRef("pk"),
        sender=Message.Sender.CLIENT,
        sent_at__gte=period.since,
        sent_at__lt=period.until,
    )


@dataclass(frozen=True, slots=True)
class Audience:
    """Who gets a survey, and who does not and why."""

    asked: list[Chat] = field(default_factory=list)
    left_out: list[tuple[Chat, Skip]] = field(default_factory=list)


def audience(survey: Survey, *, now: datetime) -> Audience:
    """Say who would be asked at the instant, and who would be left out and why (SUR-03)."""
    return audience_among(audience_of(survey), survey=survey, now=now)


def audience_among(found: QuerySet[Chat], *, survey: Survey, now: datetime) -> Audience:
    """Say the same of chats that were chosen for a survey, saved or not."""
    chats = list(found.order_by("client_name", "title", "pk"))
    reasons = skip_reasons(chats, survey=survey, now=now)
    asked = [chat for chat in chats if chat.pk not in reasons]
    return Audience(asked, [(chat, reasons[chat.pk]) for chat in chats if chat.pk in reasons])


def skip_reasons(chats: Iterable[Chat], *, survey: Survey, now: datetime) -> dict[int, Skip]:
    """Say of each of the chats that is to be left out why (SUR-03)."""
    chats = list(chats)
    found = facts_of(chats, survey_id=survey.pk)
    reasons = {
        pk: skip_reason(facts, cooldown_days=survey.cooldown_days, now=now) for pk, facts in found.items()
    }
    return {pk: reason for pk, reason in reasons.items() if reason is not None}


def facts_of(chats: Collection[Chat], *, survey_id: int | None) -> dict[int, Facts]:
    """Read of each chat what decides whether it is asked (SUR-03)."""
    keys = [chat.pk for chat in chats]
    opted_out, breached = opted_out_chats(chats), _breached_chats(keys)
    asked_at = _last_asked(keys, survey_id)
    return {
        chat.pk: Facts(
            is_bot_in=chat.life_cycle in IN_THE_CHAT,
            is_paused=chat.life_cycle == Chat.LifeCycle.PAUSED,
            is_monitored=chat.is_monitored,
            is_reachable=chat.unreachable_since is None,
            has_opted_out=chat.pk in opted_out,
            is_breached=chat.pk in breached,
            last_survey_at=asked_at.get(chat.pk),
        )
        for chat in chats
    }


def opted_out_chats(chats: Collection[Chat]) -> set[int]:
    """Return those of the chats in which nobody is left to ask (SUR-11).

    A private chat is its person's. In a group it takes that every client who ever wrote there wants no surveys.
    """
    people = set(SurveyOptOut.objects.values_list("telegram_id", flat=True))
    if not people:
        return set()
    private = {chat.pk for chat in chats if chat.kind == Chat.Kind.PRIVATE and chat.telegram_id in people}
    writers: dict[int, set[int]] = {}
    said = Message.objects.filter(
        chat__in=[chat.pk for chat in chats], sender=Message.Sender.CLIENT, sender_id__isnull=False
    )
    for chat_id, sender_id in said.values_list("chat_id", "sender_id").distinct().order_by():
        writers.setdefault(chat_id, set()).add(sender_id or 0)
    return private | {chat_id for chat_id, senders in writers.items() if senders <= people}


def _breached_chats(keys: list[int]) -> set[int]:
    late = Request.objects.filter(chat__in=keys, state__in=OPEN_STATES, breached_at__isnull=False)
    return set(late.values_list("chat_id", flat=True))


def _last_asked(keys: list[int], survey_id: int | None) -> dict[int, datetime]:
    before = Delivery.objects.filter(chat__in=keys, state__in=OUT).exclude(survey=survey_id)
    return dict(before.values_list("chat_id").annotate(at=Max("queued_at")))


def without_vote(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Keep the copies that nobody reacted to: a vote that was withdrawn later is a reaction too (SUR-08)."""
    return deliveries.filter(~Exists(Vote.objects.filter(delivery=OuterRef("pk"))))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a survey has got; numbers of chats."""

    counts: dict[str, int]
    skipped: dict[str, int]
    voted: int

    @property
    def total(self) -> int:
        """How many chats the survey is meant for."""
        return sum(self.counts.values())

    @property
    def delivered(self) -> int:
        """How many chats have their copy."""
        return self.counts.get(State.DELIVERED, 0)

    @property
    def unfinished(self) -> int:
        """How many copies wait or are on their way."""
        return sum(self.counts.get(state, 0) for state in UNFINISHED)

    @property
    def response_rate(self) -> float | None:
        """The share of the chats with a copy that have a vote, 0 to 1 (FBK-01); None: nothing was delivered."""
        return self.voted / self.delivered if self.delivered else None


def progress(survey: Survey) -> Progress:
    """Count a survey's copies by state and by reason, and those with a vote."""
    rows = survey.deliveries.order_by().values_list("state", "skip_reason").annotate(count=Count("pk"))
    counts: dict[str, int] = {}
    skipped: dict[str, int] = {}
    for state, reason, count in rows:
        counts[state] = counts.get(state, 0) + count
        if reason:
            skipped[reason] = count
    return Progress(counts, skipped, survey.deliveries.filter(_HAS_VOTE, state=State.DELIVERED).count())


_HAS_VOTE = Exists(Vote.objects.filter(delivery=OuterRef("pk"), rating__isnull=False))


def with_response(surveys: QuerySet[Survey]) -> QuerySet[Any]:
    """Add to each survey the numbers of chats with a copy and of those with a vote: `delivered`, `voted` (FBK-01)."""
    out = Delivery.objects.filter(survey=OuterRef("pk"), state=State.DELIVERED).order_by().values("survey")
    count = out.annotate(count=Count("pk")).values("count")
    voted = out.filter(_HAS_VOTE).annotate(count=Count("pk")).values("count")
    return surveys.annotate(delivered=Coalesce(Subquery(count), 0), voted=Coalesce(Subquery(voted), 0))


def unfinished_surveys() -> QuerySet[Survey]:
    """Return the surveys that were started and are not done with sending."""
    has_rest = Exists(Delivery.objects.filter(survey=OuterRef("pk"), state__in=UNFINISHED))
    return Survey.objects.filter(Q(state=Survey.State.SENDING) | (~Q(state=Survey.State.DRAFT) & has_rest))


def visible_votes(user: User) -> QuerySet[Vote]:
    """Return the votes that the person may read: managers and administrators all, others none (FBK-02, FBK-03)."""
    return Vote.objects.all() if user.role in FULL_SIGHT and user.is_active else Vote.objects.none()
