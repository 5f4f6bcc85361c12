"""What the tests of surveys share: a survey that starts, what went out, days that pass."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import F

from bot.announcer.surveys import run_surveys
from bot.models import BotAccount, OutgoingMessage
from buhbot.models import Chat
from feedback.models import Delivery, Survey, Vote
from feedback.services import schedule
from tests.flows.world import CHAT_ID, SENT, World

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # Tuesday, 11:00 in Moscow
DAY = timedelta(days=1)
QUESTION = "Довольны ли вы нами?"


def make_survey(**fields: Any) -> Survey:
    given = {
        "title": "Осень",
        "question": QUESTION,
        "period_from": date(2026, 7, 1),
        "period_to": date(2026, 9, 30),
        "created_at": NOW,
    }
    return Survey.objects.create(**given | fields)


def start_survey(at: datetime = NOW, **fields: Any) -> Survey:
    """A survey that goes out at the instant, and arrives."""
    survey = make_survey(**fields)
    schedule(survey.pk, at=at, now=at)
    run_surveys(at)
    arrive(at)
    run_surveys(at)
    survey.refresh_from_db()
    return survey


def arrive(at: datetime) -> None:
    """Let what is queued count as sent at the instant."""
    OutgoingMessage.objects.filter(state="queued").update(
        state="sent", telegram_message_id=F("pk") + SENT, telegram_chat_id=CHAT_ID, sent_at=at
    )


def asked(world: World) -> list[OutgoingMessage]:
    """The survey's messages to the chat, reminders too."""
    return [one for one in world.sent_to(world.chat) if one.priority == OutgoingMessage.Priority.SURVEY]


def delivery(survey: Survey) -> Delivery:
    return Delivery.objects.get(survey=survey)


def vote(survey: Survey, rating: int | None = 5, person: int = 501) -> Vote:
    return Vote.objects.create(
        delivery=delivery(survey), telegram_id=person, rating=rating, voted_at=NOW, changed_at=NOW
    )


def many_chats(world: World, count: int) -> None:
    """So many more chats of the same tier."""
    Chat.objects.bulk_create(
        Chat(
            telegram_id=CHAT_ID - number,
            kind="supergroup",
            title=f"Клиент {number:03d}",
            tier=world.chat.tier,
            is_monitored=True,
            registered_at=world.chat.registered_at,
        )
        for number in range(1, count + 1)
    )


def make_bot() -> None:
    BotAccount.objects.create(telegram_id=1, username="firm_bot", name="BuhBot", checked_at=NOW)
