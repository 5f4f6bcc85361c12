"""What a client gets of a survey: the message and its buttons, in the chat and in private (SUR-05).

A press on a rating brings `rate<number>` and the key of the chat's copy.
"""

from bot.keyboards import Button, Keyboard, press, read_press
from bot.models import BotAccount
from bot.texts import surveys as texts
from buhbot.models import Chat
from feedback.models import Delivery, Survey
from feedback.rules import SCALES

LINK = "survey"
RATE = "rate"
STOP = "survey_stop"
FIRST_ROW = 6  # of 0 to 10


def rating_keyboard(delivery: Delivery) -> Keyboard:
    """Return the buttons that give a rating, and the one that asks for no more surveys (SUR-11)."""
    least, most = SCALES[delivery.survey.kind]
    is_stars = delivery.survey.kind == Survey.Kind.STARS
    buttons = tuple(
        Button(texts.star_button(rating) if is_stars else str(rating), press(f"{RATE}{rating}", delivery.pk))
        for rating in range(least, most + 1)
    )
    return (buttons[:FIRST_ROW], buttons[FIRST_ROW:], _stop(delivery))


def chat_ballot(delivery: Delivery, *, bot_username: str) -> tuple[str, Keyboard]:
    """Return what goes to the chat: the rating's buttons, or the one that leads to a private chat (SUR-05)."""
    survey = delivery.survey
    if survey.channel == Survey.Channel.CHAT or delivery.chat.kind == Chat.Kind.PRIVATE:
        return texts.question(survey), rating_keyboard(delivery)
    return texts.question_for_private(survey), _private_keyboard(delivery, bot_username)


def reminder_ballot(delivery: Delivery, *, bot_username: str) -> tuple[str, Keyboard]:
    """Return the reminder with the same buttons (SUR-08)."""
    return texts.reminder(delivery.survey), chat_ballot(delivery, bot_username=bot_username)[1]


def bot_name() -> str:
    """Return the bot's name in Telegram; empty while it is not known."""
    return BotAccount.objects.values_list("username", flat=True).first() or ""


def _private_keyboard(delivery: Delivery, bot_username: str) -> Keyboard:
    link = f"https://t.me/{bot_username}?start={private_token(delivery.pk)}"
    return ((Button(texts.private_button(), url=link),), _stop(delivery))


def _stop(delivery: Delivery) -> tuple[Button, ...]:
    return (Button(texts.stop_button(), press(STOP, delivery.pk)),)


def private_token(delivery_id: int) -> str:
    """Sign the link to the private ballot: what Telegram brings back with /start (SEC-11)."""
    return press(LINK, delivery_id).replace(":", "-")


def read_token(token: str) -> int | None:
    """Return the key of the chat's copy that the link leads to, or None if we did not sign it (SEC-11)."""
    pressed = read_press(token.replace("-", ":", 2))
    return pressed[1] if pressed and pressed[0] == LINK else None
