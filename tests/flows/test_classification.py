"""What the conversation makes of a message: update in, effect out (CLS-03, CLS-04)."""

from datetime import UTC, datetime

import pytest

from sla.models import Classification, Request
from tests.flows.world import World, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def labels() -> list[str]:
    return list(Classification.objects.order_by("message__sent_at").values_list("label", flat=True))


def test_cls_04_a_message_stores_class_confidence_source_and_version(world: World) -> None:
    world.client_says("Подскажите, когда будет готов акт сверки?", TEN)
    stored = Classification.objects.get()
    assert (stored.label, stored.source) == ("REQUEST", "model")
    assert 0.5 < stored.confidence <= 1
    assert stored.version.startswith("model-")


def test_cls_03_an_answer_to_a_question_of_staff_opens_nothing(world: World) -> None:
    world.says(world.accountant, "На какую организацию выставить счёт?", TEN)
    world.client_says("ООО Лотос, как в прошлом договоре", TEN + minutes(5))
    assert labels() == ["CLARIFICATION"]
    assert not Request.objects.exists()


def test_cls_03_a_question_in_return_opens_a_request(world: World) -> None:
    world.says(world.accountant, "На какую организацию выставить счёт?", TEN)
    world.client_says("А на какую можно?", TEN + minutes(5))
    assert world.request().state == "open"


def test_cls_03_yes_to_a_question_of_staff_is_an_answer(world: World) -> None:
    world.says(world.accountant, "Отправлять отчёт?", TEN)
    world.client_says("да", TEN + minutes(30))
    assert labels() == ["CLARIFICATION"]
    assert world.request().opened_at == TEN + minutes(30)  # REQ-04: staff left more than ten minutes ago


def test_cls_03_ok_without_a_question_stays_noise(world: World) -> None:
    world.says(world.accountant, "Акт отправила.", TEN)
    world.client_says("ок, понял", TEN + minutes(30))
    assert labels() == ["SPAM"]
    assert not Request.objects.exists()


def test_cls_03_data_with_nothing_open_and_nothing_asked_are_a_request(world: World) -> None:
    world.client_says("ИНН 7701234567", TEN)
    assert labels() == ["REQUEST"]
    assert world.request().state == "open"


def test_cls_03_data_just_after_staff_spoke_open_nothing(world: World) -> None:
    world.says(world.accountant, "Добрый день, готовлю договор.", TEN)
    world.client_says("ИНН 7701234567", TEN + minutes(3))
    assert labels() == ["CLARIFICATION"]
    assert not Request.objects.exists()


def test_cls_03_data_while_a_request_is_open_clarify_it(world: World) -> None:
    world.client_says("Выставьте счёт", TEN)
    world.client_says("это по второй фирме", TEN + minutes(2))
    assert labels() == ["REQUEST", "CLARIFICATION"]
    assert world.request().opened_at == TEN


def test_cls_03_a_reply_to_an_old_question_of_staff_is_its_answer(world: World) -> None:
    asked = world.says(world.accountant, "Какая сумма в договоре?", TEN)
    world.says(world.accountant, "Пока готовлю остальное.", TEN + minutes(1))
    world.client_says("45 000, как договаривались", TEN + minutes(2), reply_to_message=asked)
    assert labels() == ["CLARIFICATION"]
    assert not Request.objects.exists()


@pytest.mark.parametrize("text", ["Добрый день!", "Спасибо большое!", "👍", "ок", "жду", "С праздником!"])
def test_req_03_greetings_thanks_and_noise_start_no_timer(world: World, text: str) -> None:
    world.client_says(text, TEN)
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    "text", ["ау", "Мария Ивановна", "не понял", "не пришло", "Спасибо! P.S. пришлите акт"]
)
def test_req_03_costly_misses_start_a_timer(world: World, text: str) -> None:
    world.client_says(text, TEN)
    assert world.request().state == "open"
