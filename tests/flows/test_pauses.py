"""While the firm waits for the client: what ends it, what it adds, what people read meanwhile (TIM-08, ALR-05)."""

from datetime import UTC, datetime

import pytest

from sla.services import fire_due
from tests.flows.telegram import STICKER, VOICE, Json
from tests.flows.world import World, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow


def waits(world: World, at: datetime) -> None:
    world.says(world.accountant, "/wait", at)


@pytest.fixture
def asked(world: World) -> World:
    world.client_says("Когда будет акт?", TEN)
    return world


@pytest.mark.parametrize("said", [VOICE, {"sticker": STICKER["sticker"]}, {"text": "ок"}])
def test_tim_08_whatever_the_client_sends_resumes_it(asked: World, said: Json) -> None:
    waits(asked, TEN + minutes(20))
    text = said.get("text", "")
    asked.client_says(text, TEN + minutes(50), **({} if text else said))
    request = asked.request()
    assert (request.state, request.due_at) == ("open", TEN + minutes(90))


def test_tim_08_words_in_another_topic_and_of_staff_do_not_resume_it(asked: World) -> None:
    waits(asked, TEN + minutes(20))
    asked.client_says("А где счёт?", TEN + minutes(30), message_thread_id=5, is_topic_message=True)
    asked.says(asked.accountant, "/help", TEN + minutes(40))
    assert asked.chat.requests.get(topic_id=0).state == "waiting_client"


def test_tim_08_two_pauses_add_up(asked: World) -> None:
    for begins, ends in ((10, 30), (40, 45)):
        waits(asked, TEN + minutes(begins))
        asked.client_says("Вот", TEN + minutes(ends))
    request = asked.request()
    assert (request.due_at, request.warn_at) == (TEN + minutes(85), TEN + minutes(73))


def test_tim_08_a_warning_that_was_sent_is_not_sent_again_after_the_pause(asked: World) -> None:
    asked.passes(TEN + minutes(48))
    asked.all_sent()
    waits(asked, TEN + minutes(50))
    asked.passes(TEN + minutes(51))
    assert "Ждём клиента с 10:50" in asked.texts_to(asked.accountant)[-1]
    asked.client_says("Вот", TEN + minutes(110))
    asked.passes(TEN + minutes(111))
    assert "осталось <b>9 мин</b>" in asked.texts_to(asked.accountant)[-1]
    asked.passes(TEN + minutes(119))
    assert asked.levels() == [0]
    asked.passes(TEN + minutes(120))
    assert asked.levels() == [0, 1]


def test_tim_08_an_alert_that_waits_when_the_pause_comes_tells_of_the_pause(asked: World) -> None:
    fire_due(TEN + minutes(60))
    waits(asked, TEN + minutes(61))
    asked.passes(TEN + minutes(62))
    for person in (asked.accountant, asked.manager):
        (text,) = asked.alerts_to(person)
        assert "Ждём клиента с 11:01" in text
