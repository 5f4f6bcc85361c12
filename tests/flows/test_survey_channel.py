"""The private ballot behind a link, and the button that asks for no more (SUR-05, SUR-11)."""

from typing import Any

import pytest

from bot.ballots import private_token
from bot.keyboards import press
from bot.models import OutgoingMessage
from buhbot.models import Chat, Membership, Message, SurveyOptOut
from feedback.models import Vote
from feedback.services import close
from tests.flows import telegram
from tests.flows.surveying import NOW, QUESTION, asked, delivery, make_bot, start_survey
from tests.flows.voting import press_in_private
from tests.flows.world import CLIENT_ID, World, buttons, minutes


def start_private(world: World, person: int, token: str) -> str:
    """Follow the link; return what the bot answers."""
    text = f"/start {token}"
    sender = telegram.person(person)
    world.receive(message=telegram.message(telegram.private(person), sender, NOW, text))
    return str(OutgoingMessage.objects.latest("pk").payload["text"])


def test_sur_05_the_chat_shows_one_button_that_leads_to_a_private_chat(world: World) -> None:
    make_bot()
    survey = start_survey(channel="private")
    (message,) = asked(world)
    private, stop = buttons(message)
    assert (private["text"], stop["text"]) == ("Оценить лично", "Не спрашивать больше")
    answer = press_button(world, CLIENT_ID, private["callback_data"])
    assert answer["url"] == f"https://t.me/firm_bot?start={private_token(delivery(survey).pk)}"
    assert len(answer["url"].partition("start=")[2]) <= 64


def test_sur_05_a_link_that_is_passed_on_serves_only_who_is_known_in_the_chat(world: World) -> None:
    make_bot()
    survey = start_survey(channel="private")
    token, vote = private_token(delivery(survey).pk), press("rate5", delivery(survey).pk)
    assert "пока не знает вас" in start_private(world, 990, token)
    assert "пока не знает вас" in press_in_private(world, 990, vote)
    press_button(world, 990, press("survey_private", delivery(survey).pk), group=-1001000000009)
    assert "пока не знает вас" in press_in_private(world, 990, vote)
    assert not Vote.objects.exists()


def test_sur_05_who_only_reads_in_the_chat_votes_after_pressing_there(world: World) -> None:
    make_bot()
    survey = start_survey(channel="private")
    press_button(world, 990, press("survey_private", delivery(survey).pk))
    assert QUESTION in start_private(world, 990, private_token(delivery(survey).pk))
    assert "5 ⭐" in press_in_private(world, 990, press("rate5", delivery(survey).pk))
    assert Vote.objects.get().telegram_id == 990


def test_sur_05_who_left_and_wrote_to_the_bot_since_is_still_gone(world: World) -> None:
    make_bot()
    world.client_says("Добрый день", NOW)
    survey = start_survey(channel="private")
    Membership.objects.create(chat=world.chat, telegram_id=CLIENT_ID, is_member=False, since=NOW)
    said = Message.objects.get()
    Message.objects.create(
        chat=world.chat, sender="client", sender_id=CLIENT_ID, private_with=CLIENT_ID, sent_at=NOW + minutes(9),
        telegram_chat_id=CLIENT_ID, telegram_message_id=1, kind=said.kind, text="Где акт?",
    )  # fmt: skip
    assert "не знает вас" in start_private(world, CLIENT_ID, private_token(delivery(survey).pk))


def test_sur_05_staff_are_not_led_to_the_form(world: World) -> None:
    make_bot()
    survey = start_survey(channel="private")
    answer = press_button(
        world, world.accountant.telegram_id or 0, press("survey_private", delivery(survey).pk)
    )
    assert (answer["text"], "url" in answer) == ("Опросы — для клиентов; сотрудники не голосуют.", False)


def test_sur_05_until_the_bot_knows_its_name_nobody_is_led_astray(world: World) -> None:
    survey = start_survey(channel="private")
    assert "url" not in press_button(world, CLIENT_ID, press("survey_private", delivery(survey).pk))


def test_sur_05_the_link_asks_in_private_with_the_rating_buttons(world: World) -> None:
    make_bot()
    survey = start_survey(channel="private")
    press_button(world, CLIENT_ID, press("survey_private", delivery(survey).pk))
    text = start_private(world, CLIENT_ID, private_token(delivery(survey).pk))
    assert QUESTION in text
    assert "ООО «Ромашка»" in text
    ballot = OutgoingMessage.objects.latest("pk")
    assert ballot.chat == Chat.objects.get(telegram_id=CLIENT_ID)
    assert [one["text"] for one in buttons(ballot)][:5] == ["1 ⭐", "2 ⭐", "3 ⭐", "4 ⭐", "5 ⭐"]


def test_sur_05_a_client_in_private_votes_right_there(world: World) -> None:
    make_bot()
    Chat.objects.update(kind="private")
    start_survey(channel="private")
    (message,) = asked(world)
    assert "callback_data" in buttons(message)[0]


def test_sur_06_staff_who_follow_the_link_are_refused(world: World) -> None:
    make_bot()
    survey = start_survey(channel="private")
    told = start_private(world, world.accountant.telegram_id or 0, private_token(delivery(survey).pk))
    assert told == "Опросы — для клиентов; сотрудники не голосуют."


def test_sur_05_a_link_to_a_survey_that_is_over_says_so(world: World) -> None:
    make_bot()
    survey = start_survey(channel="private")
    token = private_token(delivery(survey).pk)
    press_button(world, CLIENT_ID, press("survey_private", delivery(survey).pk))
    close(survey.pk, by=world.manager, now=NOW)
    assert "завершён" in start_private(world, CLIENT_ID, token)


@pytest.mark.parametrize("token", ["survey-1-forged", "survey-", "survey-9-_-_", "survey-1-2-3-4"])
def test_sec_11_a_forged_link_leads_nowhere(world: World, token: str) -> None:
    start_survey()
    assert start_private(world, CLIENT_ID, token) == "Эта ссылка на опрос больше не работает."


def test_sur_11_the_button_opts_the_person_out_and_the_chat_sees_nothing(world: World) -> None:
    start_survey()
    (message,) = asked(world)
    before = len(world.sent_to(world.chat))
    toasts = [_press_in_group(world, CLIENT_ID, message) for _ in range(2)]
    assert toasts == [
        "Готово: опросов больше не будет. Если передумаете, скажите бухгалтеру.",
        "Вы и так не получаете опросов.",
    ]
    assert SurveyOptOut.objects.get().telegram_id == CLIENT_ID
    assert len(world.sent_to(world.chat)) == before


def test_sur_11_staff_cannot_opt_out(world: World) -> None:
    start_survey()
    (message,) = asked(world)
    assert "для клиентов" in _press_in_group(world, world.accountant.telegram_id or 0, message)
    assert not SurveyOptOut.objects.exists()


def _press_in_group(world: World, person: int, message: OutgoingMessage) -> str:
    return str(press_button(world, person, buttons(message)[-1]["callback_data"])["text"])


def press_button(world: World, person: int, data: str, *, group: int | None = None) -> Any:
    """Press under the survey in the group; return the answer."""
    query = f"press{OutgoingMessage.objects.count()}"
    place = telegram.group(group or world.chat.telegram_id)
    shown = telegram.message(place, telegram.person(1, "BuhBot", is_bot=True), NOW, "…")
    world.receive(
        callback_query={
            "id": query,
            "from": telegram.person(person),
            "chat_instance": "1",
            "data": data,
            "message": shown,
        }
    )
    answer = OutgoingMessage.objects.filter(payload__callback_query_id=query).first()
    return answer.payload if answer else {}
