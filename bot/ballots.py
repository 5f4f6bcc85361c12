"""What a client gets of a survey: the message and its buttons, in the chat and in private (SUR-05).

A press on a rating brings `rate<number>` and the key of the chat's copy. What a group sees never changes; a person's
own rating shows in private only (SUR-06).
"""

from bot.keyboards import Button, Keyboard, press, read_press
from bot.models import BotAccount
from bot.texts import surveys as texts
from buhbot.models import Chat
from feedback.models import Delivery, Survey, Vote
from feedback.rules import SCALES

LINK = "survey"
IN_PRIVATE = "survey_private"
RATE = "rate"
STOP = "survey_stop"
WITHDRAW = "survey_withdraw"
FIRST_ROW = 6  # of 0 to 10


def rating_keyboard(delivery: Delivery, *, chosen: int | None = None) -> Keyboard:
    """Return the buttons that give a rating, and the one that asks for no more surveys (SUR-11).

    `chosen` marks a person's own rating, and lets it be withdrawn: in private only.
    """
    least, most = SCALES[delivery.survey.kind]
    buttons = tuple(
        Button(_rating_button(delivery.survey, rating, chosen), press(f"{RATE}{rating}", delivery.pk))
        for rating in range(least, most + 1)
    )
    taken_back = Button(texts.withdraw_button(), press(WITHDRAW, delivery.pk))
    rows = (buttons[:FIRST_ROW], buttons[FIRST_ROW:], (taken_back,) if chosen is not None else ())
    return (*rows, _stop(delivery))


def _rating_button(survey: Survey, rating: int, chosen: int | None) -> str:
    text = texts.star_button(rating) if survey.kind == Survey.Kind.STARS else str(rating)
    return f"✓ {text}" if rating == chosen else text


def private_ballot(delivery: Delivery, vote: Vote | None) -> tuple[str, Keyboard]:
    """Return the form in private, which shows the person's own rating (SUR-05, SUR-06)."""
    rating = vote.rating if vote else None
    text = texts.private_question(delivery)
    if rating is not None:
        text = "\n\n".join([text, texts.own_rating(delivery.survey, rating)])
    return text, rating_keyboard(delivery, chosen=rating)


def chat_ballot(delivery: Delivery) -> tuple[str, Keyboard]:
    """Return what goes to the chat: the rating's buttons, and the one that leads to a private chat (SUR-05)."""
    survey = delivery.survey
    if delivery.chat.kind == Chat.Kind.PRIVATE:
        return texts.question(survey), rating_keyboard(delivery)
    if survey.channel == Survey.Channel.CHAT:
        *ratings, stop = rating_keyboard(delivery)
        return texts.question(survey), (*ratings, _in_private(delivery), stop)
    return texts.question_for_private(survey), (_in_private(delivery), _stop(delivery))


def reminder_ballot(delivery: Delivery) -> tuple[str, Keyboard]:
    """Return the reminder with the same buttons (SUR-08)."""
    return texts.reminder(delivery.survey), chat_ballot(delivery)[1]


def bot_name() -> str:
    """Return the bot's name in Telegram; empty while it is not known."""
    return BotAccount.objects.values_list("username", flat=True).first() or ""


def private_link(delivery: Delivery, *, bot_username: str) -> str:
    """Return where a press on the chat's button leads: to the form in private (SUR-05)."""
    return f"https://t.me/{bot_username}?start={private_token(delivery.pk)}"


def _in_private(delivery: Delivery) -> tuple[Button, ...]:
    """A press, not a link: Telegram lets only who is in the chat press, so the press says that they are."""
    return (Button(texts.private_button(), press(IN_PRIVATE, delivery.pk)),)


def _stop(delivery: Delivery) -> tuple[Button, ...]:
    return (Button(texts.stop_button(), press(STOP, delivery.pk)),)


def private_token(delivery_id: int) -> str:
    """Sign the link to the private ballot: what Telegram brings back with /start (SEC-11)."""
    return press(LINK, delivery_id).replace(":", "-")


def read_token(token: str) -> int | None:
    """Return the key of the chat's copy that the link leads to, or None if we did not sign it (SEC-11)."""
    pressed = read_press(token.replace("-", ":", 2))
    return pressed[1] if pressed and pressed[0] == LINK else None
