"""The private ballot behind a link, and the button that asks for no more (SUR-05, SUR-11)."""

import pytest

from bot.ballots import private_token
from bot.models import OutgoingMessage
from buhbot.models import Chat, SurveyOptOut
from feedback.services import close
from tests.flows import telegram
from tests.flows.surveying import NOW, QUESTION, asked, delivery, make_bot, start_survey
from tests.flows.world import CLIENT_ID, World, buttons


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
    assert private == {
        "text": "Оценить лично",
        "url": f"https://t.me/firm_bot?start={private_token(delivery(survey).pk)}",
    }
    assert stop["text"] == "Не спрашивать больше"
    assert len(private["url"].partition("start=")[2]) <= 64


def test_sur_05_it_waits_until_the_bot_knows_its_name(world: World) -> None:
    survey = start_survey(channel="private")
    assert (asked(world), delivery(survey).state) == ([], "waiting")


def test_sur_05_the_link_asks_in_private_with_the_rating_buttons(world: World) -> None:
    make_bot()
    survey = start_survey(channel="private")
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
    data = buttons(message)[-1]["callback_data"]
    query = f"stop{OutgoingMessage.objects.count()}"
    group = telegram.group(world.chat.telegram_id)
    shown = telegram.message(group, telegram.person(1, "BuhBot", is_bot=True), NOW, "…")
    world.receive(
        callback_query={
            "id": query,
            "from": telegram.person(person),
            "chat_instance": "1",
            "data": data,
            "message": shown,
        }
    )
    return str(OutgoingMessage.objects.get(payload__callback_query_id=query).payload["text"])
