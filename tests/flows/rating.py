"""What the tests of ratings share: a survey whose chats have accountants and votes, over for some time."""

from datetime import timedelta

from bot.announcer.surveys import run_surveys
from buhbot.models import Chat, Tier, User
from feedback.models import Delivery, Survey, Vote
from tests.flows.surveying import DAY, NOW, make_survey
from tests.flows.world import CHAT_ID

OVER = NOW + 8 * DAY
HOUR = timedelta(hours=1)


def rated(
    votes: dict[User | None, str], *, person: int = 9000, comments: bool = False, **fields: object
) -> Survey:
    """A survey that was sent at NOW: `{anna: "554"}` are three chats of Anna's, each with one vote."""
    given = {"state": "active", "started_at": NOW, "expires_at": NOW + 7 * DAY}
    survey = make_survey(**given | fields)
    for accountant, ratings in votes.items():
        for rating in ratings:
            person += 1
            rate(
                survey,
                accountant,
                None if rating == "-" else int(rating),
                person,
                f"Слова {person}" * comments,
            )
    return survey


def rate(survey: Survey, accountant: User | None, rating: int | None, person: int, comment: str = "") -> Vote:
    """One chat's copy, and one person's vote in it."""
    tier = Tier.objects.get(code="basic")
    chat, _is_new = Chat.objects.get_or_create(
        telegram_id=CHAT_ID - 5000 - person,
        defaults={"kind": "supergroup", "title": f"Клиент {person}", "registered_at": NOW, "tier": tier},
    )
    delivery = Delivery.objects.create(
        survey=survey, chat=chat, accountant=accountant, state="delivered", queued_at=NOW, delivered_at=NOW
    )
    return Vote.objects.create(
        delivery=delivery,
        telegram_id=person,
        name=f"Клиентка {person}",
        rating=rating,
        comment=comment,
        voted_at=NOW + HOUR,
        changed_at=NOW + HOUR,
        commented_at=NOW + HOUR if comment else None,
    )


def publish() -> None:
    """Let the tick run after the survey's end."""
    run_surveys(OVER)
