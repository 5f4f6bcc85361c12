"""Answers to frequent questions: when they come, what the client says of them (FAQ-03, FAQ-04, ANS-05)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from bot.models import OutgoingMessage
from buhbot.models import Chat
from buhbot.services.chats import migrate_chat
from sla.figures import Period, score
from sla.models import Request
from templates_app.models import FaqAnswer, FaqItem, UnansweredQuestion
from tests.flows import telegram
from tests.flows.telegram import Json
from tests.flows.world import CLIENT_ID, World, buttons, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
ASKED = "Какие у вас реквизиты для оплаты?"
HELPED, PERSON = "👍 Помогло", "Нужен бухгалтер"


@pytest.fixture
def item(world: World) -> FaqItem:
    return FaqItem.objects.create(
        question="Какие у вас реквизиты для оплаты?", keywords="ваши реквизиты\n", answer="Счёт <1>, БИК 2"
    )


def asks(world: World, text: str, at: datetime, **fields: Any) -> Json:
    """The client asks, and the bot takes it at once."""
    with time_machine.travel(at, tick=False):
        return world.client_says(text, at, **fields)


def answers(world: World) -> list[OutgoingMessage]:
    return list(
        OutgoingMessage.objects.filter(subject__startswith="faq:", method="sendMessage").order_by("pk")
    )


def press(
    world: World, button: str, at: datetime, *, who: int = CLIENT_ID, chat: int | None = None, data: str = ""
) -> str:
    """Press a button under the last answer, in its chat; return the toast."""
    sent = answers(world)[-1]
    query = f"q{OutgoingMessage.objects.count()}"
    chosen = data or next(one["callback_data"] for one in buttons(sent) if one["text"] == button)
    message = telegram.message(
        telegram.group(chat or world.chat.telegram_id), telegram.person(1, is_bot=True), at, "…"
    )
    person = telegram.person(who)
    with time_machine.travel(at, tick=False):
        world.receive(
            callback_query={
                "id": query,
                "from": person,
                "chat_instance": "1",
                "data": chosen,
                "message": message,
            }
        )
    assert not world.failed()
    row = OutgoingMessage.objects.filter(payload__callback_query_id=query).first()
    return str(row.payload["text"]) if row else ""


def test_faq_03_the_answer_is_a_reply_with_two_buttons_and_ends_nothing(world: World, item: FaqItem) -> None:
    asked = asks(world, "Здравствуйте! Подскажите ваши реквизиты", TEN)
    (sent,) = answers(world)
    assert str(sent.payload["text"]).startswith("Счёт &lt;1&gt;, БИК 2\n\n<i>Это автоматический ответ")
    assert sent.payload["reply_parameters"]["message_id"] == asked["message_id"]
    assert [button["text"] for button in buttons(sent)] == [HELPED, PERSON]
    assert (sent.audience, sent.chat, world.request().state) == ("client", world.chat, "open")
    item.refresh_from_db()
    assert item.usage_count == 1


def test_faq_03_the_timer_goes_on(world: World, item: FaqItem) -> None:
    asks(world, ASKED, TEN)
    world.passes(TEN + minutes(61))
    assert world.levels() == [1]


@pytest.mark.parametrize(
    "text", ["Почему опять не сдан отчёт?", "Мы поменяли реквизиты банка, обновите у себя"]
)
def test_faq_03_what_does_not_fit_is_not_answered(world: World, item: FaqItem, text: str) -> None:
    asks(world, text, TEN)
    assert answers(world) == []


def test_faq_03_at_most_one_answer_an_hour_for_a_chat_and_item(world: World, item: FaqItem) -> None:
    for passed in (0, 59, 61):
        asks(world, ASKED, TEN + minutes(passed))
    assert list(FaqAnswer.objects.order_by("pk").values_list("given_at", flat=True)) == [
        TEN,
        TEN + minutes(61),
    ]


@pytest.mark.parametrize(("passed", "count"), [(9, 0), (11, 1)])
def test_faq_03_never_while_staff_is_there(world: World, item: FaqItem, passed: int, count: int) -> None:
    world.says(world.accountant, "Добрый день", TEN)
    asks(world, ASKED, TEN + minutes(passed))
    assert len(answers(world)) == count


def test_faq_03_not_for_staff_not_when_switched_off_not_hours_later(world: World, item: FaqItem) -> None:
    world.says(world.manager, ASKED, TEN)
    with time_machine.travel(TEN + timedelta(hours=3), tick=False):
        world.client_says(ASKED, TEN + timedelta(hours=1))
    FaqItem.objects.update(is_enabled=False)
    asks(world, ASKED, TEN + timedelta(hours=5))
    assert answers(world) == []


def test_faq_03_a_changed_item_answers_as_it_is_now(world: World, item: FaqItem) -> None:
    asks(world, ASKED, TEN)
    item.answer, item.keywords = "Новый счёт", "куда платить вам"
    item.save()
    asks(world, "Куда вам платить?", TEN + minutes(90))
    assert "Новый счёт" in str(answers(world)[-1].payload["text"])


def test_faq_03_the_answer_goes_to_the_topic_of_the_question(world: World, item: FaqItem) -> None:
    asks(world, ASKED, TEN, message_thread_id=5, is_topic_message=True)
    assert answers(world)[0].payload["message_thread_id"] == 5


def test_ans_05_helped_ends_the_request_to_nobodys_credit(world: World, item: FaqItem) -> None:
    asks(world, ASKED, TEN)
    assert press(world, HELPED, TEN + minutes(2)) == "Рады помочь!"
    request = world.request()
    assert (request.state, request.close_reason, request.closed_by) == ("answered", "faq", None)
    assert request.events.get(kind="faq_answered").note == item.question
    item.refresh_from_db()
    assert (item.helped_count, item.not_helped_count) == (1, 0)
    edit = world.sent_to(world.chat)[-1]
    assert (edit.method, "reply_markup" in edit.payload) == ("editMessageText", False)


def test_ans_05_it_is_counted_apart_from_people(world: World, item: FaqItem) -> None:
    asks(world, ASKED, TEN)
    press(world, HELPED, TEN + minutes(2))
    asks(world, "Где акт за октябрь?", TEN + minutes(5))
    world.says(world.accountant, "Отправила", TEN + minutes(15))
    found = score(Request.objects.all(), Period(TEN, TEN + minutes(60)), now=TEN + minutes(60))
    assert (found.opened, found.by_faq, found.answered, found.in_time, found.waiting) == (2, 1, 1, 1, 0)
    assert found.median == minutes(10)


def test_ans_05_an_accountant_is_wanted_changes_nothing(world: World, item: FaqItem) -> None:
    asks(world, ASKED, TEN)
    assert press(world, PERSON, TEN + minutes(2)) == "Бухгалтер ответит вам здесь"
    item.refresh_from_db()
    assert (world.request().state, item.not_helped_count) == ("open", 1)


def test_ans_05_the_second_press_and_that_of_staff_are_toasts(world: World, item: FaqItem) -> None:
    asks(world, ASKED, TEN)
    assert press(world, HELPED, TEN + minutes(1), who=601) == "Эти кнопки для клиента"
    assert world.request().is_open
    press(world, HELPED, TEN + minutes(2))
    assert press(world, PERSON, TEN + minutes(3)) == "Вы уже ответили, спасибо"
    assert FaqItem.objects.get().helped_count == 1


def test_sec_11_a_press_from_another_chat_or_forged_does_nothing(world: World, item: FaqItem) -> None:
    asks(world, ASKED, TEN)
    press(world, HELPED, TEN + minutes(1), chat=-100777)
    press(world, HELPED, TEN + minutes(1), data=f"faq_helped:{FaqAnswer.objects.get().pk}:forged")
    assert (world.request().state, FaqAnswer.objects.get().verdict) == ("open", "")


def test_ans_05_another_question_in_the_request_keeps_it_open(world: World, item: FaqItem) -> None:
    asks(world, "Почему не сдан отчёт за квартал?", TEN)
    asks(world, ASKED, TEN + minutes(1))
    assert "Другой ваш вопрос" in press(world, HELPED, TEN + minutes(2))
    assert world.request().is_open


def test_ans_05_two_questions_that_were_both_helped_end_it(world: World, item: FaqItem) -> None:
    FaqItem.objects.create(question="Какой у вас график работы?", answer="С 9 до 18")
    asks(world, ASKED, TEN)
    press(world, HELPED, TEN + minutes(1))
    assert world.request().close_reason == "faq"
    asks(world, "Какой у вас график работы?", TEN + minutes(2))
    press(world, HELPED, TEN + minutes(3))
    assert list(Request.objects.values_list("close_reason", flat=True)) == ["faq", "faq"]


def test_ans_05_an_answer_of_staff_that_comes_late_takes_the_credit(world: World, item: FaqItem) -> None:
    asks(world, ASKED, TEN)
    press(world, HELPED, TEN + minutes(5))
    world.says(world.accountant, "В договоре", TEN + minutes(3))
    request = world.request()
    assert (request.closed_by, request.close_reason, request.response_seconds) == (world.accountant, "", 180)


def test_ans_05_the_alert_says_how_it_ended(world: World, item: FaqItem) -> None:
    asks(world, ASKED, TEN)
    world.passes(TEN + minutes(50))
    world.all_sent()
    press(world, HELPED, TEN + minutes(51))
    world.passes(TEN + minutes(51))
    assert "автоматический ответ" in world.texts_to(world.accountant)[-1]


def test_faq_04_requests_without_an_item_are_kept(world: World, item: FaqItem) -> None:
    asks(world, ASKED, TEN)
    asks(world, "Почему не сдан отчёт за квартал?", TEN + minutes(1))
    asks(world, "спасибо", TEN + minutes(2))
    assert [row.message.text for row in UnansweredQuestion.objects.all()] == [
        "Почему не сдан отчёт за квартал?"
    ]


def test_faq_04_they_are_kept_before_there_is_any_item(world: World) -> None:
    asks(world, ASKED, TEN)
    assert UnansweredQuestion.objects.count() == 1


def test_ans_05_a_press_in_the_group_that_became_a_supergroup_is_answered(
    world: World, item: FaqItem
) -> None:
    asks(world, ASKED, TEN)
    old = world.chat.telegram_id
    migrate_chat(old_telegram_id=old, new_telegram_id=-1007)
    assert press(world, HELPED, TEN + minutes(1), chat=old) == "Рады помочь!"
    assert world.request().state == "answered"


def test_ans_05_a_press_in_a_chat_that_became_the_teams_is_a_toast(world: World, item: FaqItem) -> None:
    asks(world, ASKED, TEN)
    Chat.objects.update(is_team=True, is_monitored=False)
    assert press(world, HELPED, TEN + minutes(1)) == "Эта кнопка больше не действует"
    assert FaqAnswer.objects.get().verdict == ""
