"""Services on offer: a list, a page each, an order that asks for its fields (CLI-04, SRV-01)."""

from datetime import timedelta

import pytest

from bot.keyboards import press as signed
from bot.models import OutgoingMessage
from buhbot.models import Chat, Message
from sla.models import Request
from templates_app.models import Service, ServiceOrder
from templates_app.services.ordering import start_order
from tests.flows.clients import (
    TEN,
    last,
    open_menu,
    press,
    pressed,
    private,
    replies,
    said,
    shown,
    text_of,
    writes,
)
from tests.flows.telegram import DOCUMENT
from tests.flows.test_quick_buttons import twice_at_once
from tests.flows.world import CLIENT_ID, World, build, buttons, minutes

MENU, ORDER, BACK, CANCEL = "🛎 Заказать услугу", "✅ Заказать", "◀ Все услуги", "✖ Отменить заказ"
NAME = "Регистрация ИП"
OTHER = 777  # another client of the same group


@pytest.fixture
def service(world: World) -> Service:
    return Service.objects.create(
        name=NAME, description="Под ключ <быстро>", price="от 5 000 ₽", fields="ИНН\nГород\n", position=1
    )


def open_list(world: World) -> OutgoingMessage:
    press(world, open_menu(world), MENU)
    return last(world.chat)


def begin(world: World) -> OutgoingMessage:
    """Order the service in the group; return the first question."""
    listed = open_list(world)
    press(world, listed, NAME)
    press(world, listed, ORDER)
    return last(world.chat)


def labels(message: OutgoingMessage) -> list[str]:
    return [button["text"] for button in buttons(shown(message))]


def test_cli_04_the_list_names_services_with_their_prices(world: World, service: Service) -> None:
    Service.objects.create(name="Аудит", position=0)
    Service.objects.create(name="Старая", is_enabled=False)
    listed = open_list(world)
    assert text_of(listed).splitlines()[2:4] == ["• <b>Аудит</b>", f"• <b>{NAME}</b> — от 5 000 ₽"]
    assert labels(listed) == ["Аудит", NAME]


def test_cli_04_a_long_list_has_pages(world: World) -> None:
    Service.objects.bulk_create(Service(name=f"Услуга {n:02}", position=n) for n in range(20))
    listed = open_list(world)
    assert (len(labels(listed)), labels(listed)[-1]) == (9, "▶")
    press(world, listed, "▶")
    assert labels(listed)[:1] + labels(listed)[-2:] == ["Услуга 08", "◀", "▶"]
    press(world, listed, "▶")
    assert labels(listed) == ["Услуга 16", "Услуга 17", "Услуга 18", "Услуга 19", "◀"]
    assert "страница 3 из 3" in text_of(shown(listed))


def test_cli_04_an_empty_list_answers_kindly(world: World) -> None:
    listed = open_list(world)
    assert "Напишите, что нужно" in text_of(listed)
    assert labels(listed) == []


def test_cli_04_a_service_has_a_page(world: World, service: Service) -> None:
    listed = open_list(world)
    press(world, listed, NAME)
    assert text_of(shown(listed)) == (
        f"<b>{NAME}</b>\nот 5 000 ₽\n\nПод ключ &lt;быстро&gt;\n\nЧто спрошу: ИНН, Город"
    )
    press(world, listed, BACK)
    assert labels(listed) == [NAME]


def test_cli_04_the_fields_are_asked_for_and_the_order_opens_a_request(
    world: World, service: Service
) -> None:
    question = begin(world)
    assert text_of(question) == f"<b>{NAME}</b> · вопрос 1 из 2\n\nИНН?\n\n<i>Ответьте на это сообщение.</i>"
    replies(world, "7701 <x>", question, TEN + minutes(1))
    assert "вопрос 2 из 2\n\nГород?" in text_of(last(world.chat))
    replies(world, "Москва", last(world.chat), TEN + minutes(2))
    request = world.request()
    assert request.wish == f"Услуга: {NAME}"
    wanted = f"🛎 Услуга: {NAME}, от 5 000 ₽\nИНН: 7701 <x>\nГород: Москва"
    assert Message.objects.get(telegram_message_id__lt=0).text == wanted
    assert text_of(last(world.chat)) == (
        f"✅ Приняли: <b>Услуга: {NAME}</b>. Запрос № {request.pk}, бухгалтер ответит."
    )
    assert ServiceOrder.objects.get().state == "ordered"


def test_cli_04_the_answers_stay_in_the_log_of_the_group(world: World, service: Service) -> None:
    replies(world, "7701", begin(world))
    assert Message.objects.filter(text="7701", sender="client").exists()


def test_cli_04_staff_read_the_answers_escaped(world: World, service: Service) -> None:
    Service.objects.update(fields="ИНН")
    replies(world, "<b>1</b>", begin(world))
    world.passes(TEN + minutes(61))
    alert = world.alerts_to(world.accountant)[-1]
    assert "Заказано кнопкой: Услуга: Регистрация ИП" in alert
    assert "ИНН: &lt;b&gt;1&lt;/b&gt;" in alert


def test_cli_04_a_service_without_fields_is_ordered_at_once_and_once(world: World, service: Service) -> None:
    Service.objects.update(fields="")
    listed = open_list(world)
    press(world, listed, NAME)
    number = int(press(world, listed, ORDER).split()[-1])
    assert world.request().pk == number
    assert press(world, listed, ORDER) == f"Уже приняли: запрос № {number} открыт"
    assert (Request.objects.count(), Message.objects.filter(telegram_message_id__lt=0).count()) == (1, 1)


def test_cli_04_two_presses_ask_once(world: World, service: Service) -> None:
    listed = open_list(world)
    press(world, listed, NAME)
    press(world, listed, ORDER)
    count = len(said(world.chat))
    assert press(world, listed, ORDER) == "Уже спрашиваю: вопрос выше"
    assert (len(said(world.chat)), ServiceOrder.objects.count()) == (count, 1)


def test_cli_04_a_service_that_was_switched_off_meanwhile_says_so(world: World, service: Service) -> None:
    listed = open_list(world)
    Service.objects.update(is_enabled=False)
    assert press(world, listed, NAME).startswith("Этого больше нет в списке")
    assert "Напишите, что нужно" in text_of(shown(listed))
    assert labels(listed) == []


def test_cli_04_a_service_that_was_deleted_before_the_order_says_so(world: World, service: Service) -> None:
    listed = open_list(world)
    press(world, listed, NAME)
    Service.objects.all().delete()
    assert press(world, listed, ORDER).startswith("Этого больше нет в списке")
    assert not Request.objects.exists()


def test_cli_04_an_order_that_has_begun_goes_on_without_the_service(world: World, service: Service) -> None:
    question = begin(world)
    Service.objects.update(is_enabled=False, fields="Другое")
    replies(world, "7701", question)
    assert "Город?" in text_of(last(world.chat))


def test_cli_04_an_order_can_be_cancelled_at_any_time(world: World, service: Service) -> None:
    question = begin(world)
    replies(world, "7701", question)
    assert press(world, last(world.chat), CANCEL) == "Отменено"
    count = len(said(world.chat))
    assert press(world, question, CANCEL) == "Этот заказ уже завершён"
    replies(world, "Москва", question)
    assert len(said(world.chat)) == count
    assert not Message.objects.filter(telegram_message_id__lt=0).exists()


def test_sec_11_another_client_cannot_cancel_or_answer(world: World, service: Service) -> None:
    question = begin(world)
    assert press(world, question, CANCEL, who=OTHER) == "Это заказ другого участника"
    replies(world, "Чужой ответ", question, who=OTHER)
    order = ServiceOrder.objects.get()
    assert (order.state, order.answers) == ("asking", [])


def test_sec_11_forged_presses_do_nothing(world: World, service: Service) -> None:
    listed = open_list(world)
    for action in ("service_show", "service_order", "service_page"):
        assert "больше не действует" in pressed(world, listed, f"{action}:{service.pk}:AAAAAAAAAAAAAAAA")
    assert pressed(world, listed, "service_cancel:1:AAAAAAAAAAAAAAAA") == "Этот заказ уже завершён"
    pressed(world, listed, signed("service_page", 10**18))
    pressed(world, listed, signed("service_show", 10**18))
    assert not ServiceOrder.objects.exists()


def test_cli_04_staff_order_nothing(world: World, service: Service) -> None:
    assert press(world, open_list(world), NAME, who=world.manager) == "Эти кнопки для клиента"


def test_cli_04_after_a_day_of_silence_the_order_has_run_out(world: World, service: Service) -> None:
    question = begin(world)
    count = len(said(world.chat))
    replies(world, "7701", question, TEN + timedelta(days=1))
    assert len(said(world.chat)) == count
    listed = open_list(world)
    press(world, listed, NAME, TEN + timedelta(days=1))
    press(world, listed, ORDER, TEN + timedelta(days=1))
    states = ServiceOrder.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["expired", "asking"]


def test_cli_04_another_service_takes_the_place_of_the_one_begun(world: World, service: Service) -> None:
    begin(world)
    Service.objects.create(name="Аудит", fields="Год")
    listed = open_list(world)
    press(world, listed, "Аудит")
    press(world, listed, ORDER)
    states = ServiceOrder.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["cancelled", "asking"]


def test_cli_04_an_answer_that_is_too_long_or_no_text_is_asked_for_again(
    world: World, service: Service
) -> None:
    question = begin(world)
    replies(world, "я" * 301, question)
    assert "уложитесь, пожалуйста, в 300 символов" in text_of(last(world.chat))
    replies(world, "", last(world.chat), document=DOCUMENT["document"])
    assert "Ответьте, пожалуйста, словами" in text_of(last(world.chat))
    assert "вопрос 1 из 2" in text_of(last(world.chat))
    replies(world, "я" * 300, last(world.chat))
    assert len(ServiceOrder.objects.get().answers) == 1


def test_cli_04_other_words_in_the_group_are_no_answer(world: World, service: Service) -> None:
    question = begin(world)
    writes(world, "Когда будет отчёт?")
    other = replies(
        world, "Спасибо", last(world.chat).__class__.objects.filter(chat=world.chat).earliest("pk")
    )
    assert other
    assert (ServiceOrder.objects.get().answers, text_of(question)) == ([], text_of(question))


def test_cli_04_in_private_the_next_words_are_the_answer(world: World, service: Service) -> None:
    writes(world, "Добрый день")
    writes(world, MENU, alone=True)
    listed = last(private())
    press(world, listed, NAME)
    press(world, listed, ORDER)
    assert "Напишите ответ сюда." in text_of(last(private()))
    assert not said(world.chat)
    writes(world, "7701", TEN + minutes(1), alone=True)
    writes(world, "Москва", TEN + minutes(2), alone=True)
    request = world.request()
    assert (request.chat, request.opened_by.is_private) == (world.chat, True)
    assert f"№ {request.pk}" in text_of(last(private()))
    assert not said(world.chat)


def test_cli_04_a_file_instead_of_an_answer_in_private_is_received_and_the_question_asked_again(
    world: World, service: Service
) -> None:
    # CLI-10, FIL-01
    writes(world, "Добрый день")
    writes(world, MENU, alone=True)
    listed = last(private())
    press(world, listed, NAME)
    press(world, listed, ORDER)
    writes(world, "", TEN + minutes(1), alone=True, **DOCUMENT)
    receipt, again = map(text_of, said(private())[-2:])
    assert "Получили в" in receipt
    assert "Ответьте, пожалуйста, словами" in again
    assert world.sent_to(world.accountant)[-1].method == "copyMessage"


def test_cli_04_commands_and_the_keyboard_are_no_answers(world: World, service: Service) -> None:
    writes(world, "Добрый день")
    writes(world, MENU, alone=True)
    listed = last(private())
    press(world, listed, NAME)
    press(world, listed, ORDER)
    writes(world, "/menu", alone=True)
    writes(world, "🔒 Мои данные", alone=True)
    assert ServiceOrder.objects.get().answers == []


def test_cli_04_a_chat_that_is_left_alone_meanwhile_is_told_of(world: World, service: Service) -> None:
    writes(world, "Добрый день")
    writes(world, MENU, alone=True)
    listed = last(private())
    press(world, listed, NAME)
    press(world, listed, ORDER)
    Chat.objects.filter(pk=world.chat.pk).update(is_monitored=False)
    writes(world, "7701", alone=True)
    writes(world, "Москва", alone=True)
    assert "Здесь заказы сейчас не принимаются" in text_of(last(private()))
    assert not Request.objects.exists()


def test_cli_04_markup_in_names_and_questions_is_escaped(world: World) -> None:
    Service.objects.create(name="<b>А</b>", price="<i>1</i>", fields="<u>ИНН</u>?")
    listed = open_list(world)
    assert "&lt;b&gt;А&lt;/b&gt;</b> — &lt;i&gt;1&lt;/i&gt;" in text_of(listed)
    press(world, listed, "<b>А</b>")
    press(world, listed, ORDER)
    assert "\n\n&lt;u&gt;ИНН&lt;/u&gt;?\n\n" in text_of(last(world.chat))
    replies(world, "1", last(world.chat))
    assert "<b>Услуга: &lt;b&gt;А&lt;/b&gt;</b>" in text_of(last(world.chat))


@pytest.mark.usefixtures("committed")
def test_cli_04_two_presses_at_the_same_time_begin_one_order() -> None:
    chat = build().chat
    service = Service.objects.create(name="Справка", fields="За какой год")

    def begin(_number: int) -> tuple[ServiceOrder, bool]:
        return start_order(service, chat=chat, said_in=chat, topic_id=0, person_id=CLIENT_ID, now=TEN)

    assert twice_at_once(begin) == [False, True]
    assert ServiceOrder.objects.get().state == "asking"
