"""Quick buttons of the menu: one press, one request of the kind (CLI-08)."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from bot.keyboards import press as signed
from bot.models import OutgoingMessage
from buhbot.models import Chat, Message
from sla.models import Request, RequestEvent
from sla.services.ordering import Wish, order
from templates_app.models import QuickButton
from tests.flows import telegram
from tests.flows.clients import TEN, last, open_menu, press, pressed, private, said, shown, text_of, writes
from tests.flows.test_which_chat import second as second
from tests.flows.world import CLIENT_ID, World, build, buttons, minutes

ACT, WISH = "🔁 Акт сверки", "Акт сверки"
REST = ["📎 Статус документов", "🛎 Заказать услугу", "📞 Связаться с бухгалтером"]


def test_cli_08_a_fresh_firm_has_buttons_in_russian(world: World) -> None:
    labels = list(QuickButton.objects.values_list("label", flat=True))
    assert labels[:3] == ["📄 Заказать акт", "🔁 Акт сверки", "🧾 Счёт на оплату"]
    shown_labels = [button["text"] for button in buttons(open_menu(world))]
    assert shown_labels == [*labels, *REST]


def test_cli_08_a_press_opens_a_request_of_the_kind(world: World) -> None:
    menu = open_menu(world)
    toast = press(world, menu, ACT, TEN + minutes(1))
    request = world.request()
    assert toast == f"Приняли: запрос № {request.pk}"
    assert (request.chat, request.wish, request.text) == (world.chat, WISH, "🛎 Акт сверки")
    assert request.opened_at == TEN + minutes(1)
    assert text_of(last(world.chat)) == (
        f"✅ Приняли: <b>Акт сверки</b>. Запрос № {request.pk}, бухгалтер ответит."
    )
    logged = request.opened_by
    assert (logged.sender, logged.sender_id, logged.sender_name) == ("client", CLIENT_ID, "Дарья")


def test_cli_08_two_presses_open_one_request(world: World) -> None:
    menu = open_menu(world)
    press(world, menu, ACT)
    number = world.request().pk
    count = len(said(world.chat))
    assert press(world, menu, ACT) == f"Уже приняли: запрос № {number} открыт"
    assert (Request.objects.count(), len(said(world.chat))) == (1, count)
    assert Message.objects.filter(telegram_message_id__lt=0).count() == 1


def test_cli_08_another_kind_joins_the_open_request_and_shows_there(world: World) -> None:
    menu = open_menu(world)
    writes(world, "Когда будет готов отчёт за квартал?")
    press(world, menu, ACT, TEN + minutes(1))
    press(world, menu, "📑 Справка", TEN + minutes(2))
    request = world.request()
    assert request.wish == "Акт сверки; Справка"
    assert request.opened_at == TEN
    assert request.request_messages.count() == 3


def test_cli_08_the_alert_says_what_was_ordered(world: World) -> None:
    press(world, open_menu(world), ACT)
    world.passes(TEN + minutes(61))
    alert = world.alerts_to(world.accountant)[-1]
    assert "Заказано кнопкой: Акт сверки" in alert
    links = [b for row in world.sent_to(world.accountant) for b in buttons(row) if "url" in b]
    assert not [one for one in links if "t.me/c/" in one["url"]]  # a press has no message to open


def test_cli_08_the_answer_of_the_accountant_ends_it(world: World) -> None:
    press(world, open_menu(world), ACT)
    world.says(world.accountant, "Высылаю", TEN + minutes(20))
    request = world.request()
    assert (request.state, request.response_seconds) == ("answered", 20 * 60)
    press(world, open_menu(world, TEN + minutes(30)), ACT, TEN + minutes(31))
    assert Request.objects.count() == 2  # asked for anew


def test_cli_08_a_request_that_waits_for_the_client_goes_on(world: World) -> None:
    asked = writes(world, "Когда будет готов отчёт за квартал?")
    world.says(world.accountant, "/wait", TEN + minutes(5))
    assert world.request().state == "waiting_client", asked
    press(world, open_menu(world, TEN + minutes(9)), ACT, TEN + minutes(10))
    assert world.request().state == "open"
    assert RequestEvent.objects.filter(kind="resumed").exists()


def test_cli_08_a_button_that_was_switched_off_meanwhile_says_so(world: World) -> None:
    menu = open_menu(world)
    QuickButton.objects.update(is_enabled=False)
    assert press(world, menu, ACT) == "Этого больше нет в списке. Откройте меню заново: /menu"
    assert not Request.objects.exists()
    assert [one["text"] for one in buttons(open_menu(world))] == REST


def test_sec_11_a_forged_press_orders_nothing(world: World) -> None:
    menu = open_menu(world)
    button = QuickButton.objects.get(label=ACT)
    assert "больше не действует" in pressed(world, menu, f"quick_order:{button.pk}:AAAAAAAAAAAAAAAA")
    assert "больше нет" in pressed(world, menu, signed("quick_order", 10**18))
    assert not Request.objects.exists()


def test_cli_08_the_buttons_are_for_clients(world: World) -> None:
    menu = open_menu(world)
    assert press(world, menu, ACT, who=world.accountant) == "Эти кнопки для клиента"
    assert not Request.objects.exists()


def test_cli_08_staff_may_show_the_menu_and_their_command_goes(world: World) -> None:
    world.says(world.accountant, "/menu", TEN)
    assert OutgoingMessage.objects.filter(method="deleteMessage").count() == 1
    menu = last(world.chat)
    assert "reply_parameters" not in menu.payload
    assert press(world, menu, ACT).startswith("Приняли")


def test_cli_08_where_nobody_looks_no_order_is_taken(world: World) -> None:
    menu = open_menu(world)
    Chat.objects.update(is_monitored=False)
    assert press(world, menu, ACT).startswith("Здесь заказы сейчас не принимаются")
    count = len(said(world.chat))
    writes(world, "/menu")
    assert (len(said(world.chat)), Request.objects.count()) == (count, 0)
    world.says(world.accountant, "/menu", TEN)
    assert "не отслеживается" in world.texts_to(world.accountant)[-1]


def test_cli_08_a_chat_that_became_the_teams_orders_nothing(world: World) -> None:
    menu = open_menu(world)
    Chat.objects.update(is_team=True, is_monitored=False)
    assert press(world, menu, ACT).startswith("Здесь заказы сейчас не принимаются")
    writes(world, "/menu")
    assert said(world.chat) == [menu]


def test_cli_08_an_order_in_a_topic_is_of_the_topic(world: World) -> None:
    writes(world, "/menu", is_topic_message=True, message_thread_id=7)
    menu = last(world.chat)
    assert menu.payload["message_thread_id"] == 7
    press(world, menu, ACT, is_topic_message=True, message_thread_id=7)
    assert world.request().topic_id == 7
    assert last(world.chat).payload["message_thread_id"] == 7


def test_cli_08_names_are_escaped(world: World) -> None:
    QuickButton.objects.create(label="<b>Жирная", wish="<i>Акт & счёт", position=99)
    press(world, open_menu(world), "<b>Жирная")
    assert "<b>&lt;i&gt;Акт &amp; счёт</b>" in text_of(last(world.chat))
    world.passes(TEN + minutes(61))
    assert "Заказано кнопкой: &lt;i&gt;Акт &amp; счёт" in world.alerts_to(world.accountant)[-1]


def test_cli_08_in_private_the_order_goes_to_the_clients_chat(world: World) -> None:
    writes(world, "Добрый день")
    writes(world, "⚡ Заказать документ", alone=True)
    menu = last(private())
    assert "Что нужно для <b>ООО «Ромашка»</b>" in text_of(menu)
    toast = press(world, menu, ACT)
    request = world.request()
    assert toast == f"Приняли: запрос № {request.pk}"
    assert (request.chat, request.wish, request.opened_by.is_private) == (world.chat, WISH, True)
    assert f"№ {request.pk}" in text_of(last(private()))
    assert any("Акт сверки" in text for text in world.texts_to(world.accountant))  # CLI-10: passed on


def test_cli_08_without_buttons_the_menu_in_private_says_what_to_do(world: World) -> None:
    QuickButton.objects.all().delete()
    writes(world, "Добрый день")
    writes(world, "⚡ Заказать документ", alone=True)
    assert "Быстрых кнопок сейчас нет" in text_of(last(private()))


def test_cli_05_a_press_of_a_client_of_several_goes_on_when_the_chat_is_chosen(
    world: World, second: Chat
) -> None:
    writes(world, "⚡ Заказать документ", alone=True)
    press(world, last(private()), "ИП Петров")
    menu = last(private())
    Message.objects.all().update(sent_at=TEN)
    from_database(second)
    assert press(world, menu, ACT) == ""  # answered at once; then it is asked which chat is meant
    assert not Request.objects.exists()
    press(world, last(private()), "ООО «Ромашка»")
    assert world.request().chat == world.chat
    assert not world.failed()


def from_database(chosen: Any) -> None:
    """Let the client have chosen nothing."""
    chosen.chosen_by.all().delete()


def test_cli_08_staff_in_private_read_what_they_may_do(world: World) -> None:
    person = world.accountant.telegram_id or 0
    message = telegram.message(telegram.private(person), telegram.person(person), TEN, "⚡ Заказать документ")
    world.receive(message=message)
    assert "/queue" in world.texts_to(world.accountant)[-1]


@pytest.mark.parametrize("label", ["📎 Статус документов", "⚡ Заказать документ", "🛎 Заказать услугу"])
def test_cli_05_who_has_no_chat_reads_what_to_do(world: World, label: str) -> None:
    writes(world, label, alone=True, who=977)
    assert shown(last(private(977)))
    assert not Request.objects.exists()


@pytest.mark.usefixtures("committed")
def test_cli_08_two_presses_at_the_same_time_open_one_request() -> None:
    world = build()
    assert twice_at_once(lambda number: order(world.chat, wish(number), now=TEN)) == [False, True]
    assert (Request.objects.count(), Message.objects.filter(telegram_message_id__lt=0).count()) == (1, 1)


def wish(number: int) -> Wish:
    return Wish(name=WISH, text=f"🛎 {WISH}", number=-number, person_id=CLIENT_ID, person_name="Дарья")


def twice_at_once(work: Callable[[int], tuple[object, bool]]) -> list[bool]:
    """Do it by two connections at the same time; return which of them was first."""
    ready, found = Barrier(2), []

    def one(number: int) -> None:
        try:
            ready.wait(10)
            found.append(work(number)[1])
        finally:
            connection.close()

    threads = [Thread(target=one, args=[number]) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(found)
