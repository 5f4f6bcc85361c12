"""What the tests of votes share: presses in the group and in private, the private form."""

from itertools import count
from typing import Any

from bot.ballots import IN_PRIVATE, private_token
from bot.keyboards import press
from bot.models import OutgoingMessage
from feedback.models import Survey
from tests.flows import telegram
from tests.flows.surveying import NOW, delivery
from tests.flows.world import CLIENT_ID, World

_queries = count(1)
BOT = telegram.person(1, "BuhBot", is_bot=True)


def rate(world: World, survey: Survey, rating: int, person: int = CLIENT_ID) -> str:
    """Press a rating under the survey in the group; return the toast."""
    return press_in_group(world, person, press(f"rate{rating}", delivery(survey).pk))


def press_in_group(
    world: World, person: int, data: str, *, group: int | None = None, is_bot: bool = False
) -> str:
    place = telegram.group(group or world.chat.telegram_id)
    return _press(world, telegram.person(person, is_bot=is_bot), data, telegram.message(place, BOT, NOW, "…"))


def press_in_private(world: World, person: int, data: str, form: OutgoingMessage | None = None) -> str:
    number = form.telegram_message_id if form else 77
    shown = telegram.message(telegram.private(person), BOT, NOW, "…", message_id=number)
    return _press(world, telegram.person(person), data, shown)


def _press(world: World, sender: Any, data: str, message: Any) -> str:
    query = f"vote{next(_queries)}"
    world.receive(
        callback_query={"id": query, "from": sender, "chat_instance": "1", "data": data, "message": message}
    )
    answer = OutgoingMessage.objects.filter(payload__callback_query_id=query).first()
    return str(answer.payload["text"]) if answer else ""


def open_form(world: World, person: int, survey: Survey) -> OutgoingMessage:
    """Press in the chat and follow the link; return the form, which arrives."""
    press_in_group(world, person, press(IN_PRIVATE, delivery(survey).pk))
    return follow_link(world, person, survey)


def follow_link(world: World, person: int, survey: Survey) -> OutgoingMessage:
    """Follow the link, however the person came by it; return what arrives."""
    text = f"/start {private_token(delivery(survey).pk)}"
    said = telegram.message(telegram.private(person), telegram.person(person), NOW, text)
    world.receive(message=said)
    world.all_sent()
    return OutgoingMessage.objects.filter(chat__telegram_id=person, method="sendMessage").latest("pk")


def last_form(form: OutgoingMessage) -> OutgoingMessage:
    return form.edits_made.order_by("pk").last() or form
