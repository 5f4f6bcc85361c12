"""Templates: what staff send by a word, and what they are offered (TPL-02, TPL-03)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from bot.failures import Failure, Meaning
from bot.models import OutgoingMessage
from bot.results import failed, write_outcomes
from bot.services.deliveries import Letter
from bot.services.resending import can_send_again
from buhbot.models import Message, Role, User
from sla.models import Request
from templates_app.models import Template
from tests.flows import telegram
from tests.flows.test_commands import deletions
from tests.flows.world import CLIENT_ID, World, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow


def template(shortcut: str, text: str, *, title: str = "", owner: User | None = None) -> Template:
    return Template.objects.create(shortcut=shortcut, title=title or shortcut, text=text, owner=owner)


def said_to_client(world: World) -> list[str]:
    return [text for text in world.texts_to(world.chat) if text]


def private(world: World, who: int, text: str) -> None:
    person = telegram.person(who)
    world.receive(message=telegram.message(telegram.private(who), person, TEN, text))


def types(world: World, who: int, words: str) -> list[dict[str, Any]] | None:
    """Type after the bot's name; return what is offered."""
    query = {"id": "q1", "from": telegram.person(who), "query": words, "offset": ""}
    world.receive(inline_query=query)
    row = OutgoingMessage.objects.filter(method="answerInlineQuery").last()
    return row.payload["results"] if row else None


def test_tpl_02_the_bot_sends_the_text_and_the_request_ends(world: World) -> None:
    made = template("счет", "Здравствуйте, {{client_name}}! Ответим к {{due}}. {{accountant_name}}")
    world.client_says("Где акт?", TEN)
    command = world.says(world.accountant, "/template Счёт", TEN + minutes(5))
    assert said_to_client(world) == ["Здравствуйте, ООО «Ромашка»! Ответим к 11:00. Анна"]
    assert deletions(world) == [command["message_id"]]
    request = world.request()
    assert (request.state, request.closed_by, request.response_seconds) == (
        "answered",
        world.accountant,
        300,
    )
    assert request.closed_at == TEN + minutes(5)
    made.refresh_from_db()
    assert made.usage_count == 1
    assert world.texts_to(world.accountant) == []


def test_tpl_02_the_log_says_what_the_client_read(world: World) -> None:
    template("счет", "Счёт отправлен")
    world.says(world.accountant, "/template счет", TEN)
    logged = Message.objects.get(sender="staff")
    assert (logged.text, logged.revisions.get().text) == ("Счёт отправлен", "/template счет")


def test_tpl_02_a_question_that_comes_after_its_template_is_answered(world: World) -> None:
    template("счет", "Счёт отправлен")
    world.says(world.accountant, "/template счет", TEN + minutes(5))
    world.client_says("Где счёт?", TEN)
    assert (world.request().state, world.request().closed_at) == ("answered", TEN + minutes(5))


def test_tpl_02_values_are_escaped_and_the_reply_and_topic_are_kept(world: World) -> None:
    world.chat.client_name = "Рога & <Копыта>"
    world.chat.save()
    template("акт", "{{client_name}}: готово")
    topic: dict[str, Any] = {"message_thread_id": 5, "is_topic_message": True}
    asked = world.client_says("Где акт?", TEN, **topic)
    world.says(world.accountant, "/template акт", TEN + minutes(1), reply_to_message=asked, **topic)
    sent = next(row for row in world.sent_to(world.chat) if row.method == "sendMessage")
    assert sent.payload["text"] == "Рога &amp; &lt;Копыта&gt;: готово"
    assert sent.payload["message_thread_id"] == 5
    assert sent.payload["reply_parameters"]["message_id"] == asked["message_id"]
    assert world.request().state == "answered"


def test_tpl_03_due_is_said_in_the_zone_of_the_chat_and_only_while_it_is_to_come(world: World) -> None:
    template("срок", "Ответим к {{due}}")
    world.client_says("Где акт?", TEN + timedelta(hours=7, minutes=30))  # 17:30, due tomorrow
    world.says(world.accountant, "/template срок", TEN + timedelta(hours=7, minutes=31))
    assert said_to_client(world) == ["Ответим к 09:30 завтра"]
    world.says(world.accountant, "/template срок", TEN + timedelta(days=1))
    assert said_to_client(world)[1:] == ["Ответим к"]


def test_tpl_02_a_personal_template_hides_the_firms_and_is_nobody_elses(world: World) -> None:
    template("счет", "от фирмы")
    template("счет", "от Анны", owner=world.accountant)
    world.says(world.accountant, "/template счет", TEN)
    world.says(world.manager, "/template счет", TEN + minutes(1))
    assert said_to_client(world) == ["от Анны", "от фирмы"]


def test_tpl_02_an_unknown_shortcut_is_told_in_private_with_what_is_near(world: World) -> None:
    template("счет", "Счёт отправлен", title="Счёт <b>")
    command = world.says(world.accountant, "/template сче", TEN)
    assert said_to_client(world) == []
    assert deletions(world) == [command["message_id"]]
    told = world.texts_to(world.accountant)[-1]
    assert "Шаблона «сче» нет" in told
    assert "/template счет — Счёт &lt;b&gt;" in told


def test_tpl_02_staff_of_other_chats_send_nothing(world: World) -> None:
    template("счет", "Счёт отправлен")
    world.client_says("Где счёт?", TEN)
    foreign = staff("Борис", telegram_id=605)
    world.says(foreign, "/template счет", TEN + minutes(1))
    assert said_to_client(world) == []
    assert world.request().is_open
    assert "не засчитываются" in world.texts_to(foreign)[-1]
    assert Template.objects.get().usage_count == 0


def test_tpl_02_a_clients_command_does_nothing_and_explains_nothing(world: World) -> None:
    template("счет", "Счёт отправлен")
    world.says(CLIENT_ID, "/template счет", TEN)
    private(world, CLIENT_ID, "/template")
    assert OutgoingMessage.objects.filter(audience="client").count() == 0
    assert types(world, CLIENT_ID, "счет") is None
    assert not world.failed()


def test_tpl_02_a_template_of_which_nothing_is_left_is_not_sent(world: World) -> None:
    template("срок", "{{due}}")
    world.says(world.accountant, "/template срок", TEN)
    assert said_to_client(world) == []
    assert "ничего не осталось" in world.texts_to(world.accountant)[-1]


def test_tpl_02_alone_it_lists_in_private_and_leaves_the_chat_clean(world: World) -> None:
    template("счет", "Счёт отправлен", title="Счёт готов")
    command = world.says(world.accountant, "/template", TEN)
    assert deletions(world) == [command["message_id"]]
    private(world, 601, "/template готов")
    private(world, 601, "/template чего-нет")
    told = world.texts_to(world.accountant)
    assert ["/template счет</code> — Счёт готов" in text for text in told] == [True, True, False]
    assert "чего-нет" in told[-1]


def refuse(world: World, at: datetime) -> OutgoingMessage:
    """Let Telegram refuse what the bot says for staff."""
    row = next(row for row in world.sent_to(world.chat) if row.method == "sendMessage")
    OutgoingMessage.objects.filter(pk=row.pk).update(state="sending")
    row.refresh_from_db()
    letter = Letter(row, chat_id=world.chat.telegram_id)
    write_outcomes([failed(letter, Failure(Meaning.REFUSED, "Bad Request: no"), at=at)])
    return row


def test_tpl_02_what_telegram_refuses_opens_the_request_again_and_is_told(world: World) -> None:
    template("счет", "Счёт отправлен")
    world.client_says("Где счёт?", TEN)
    world.says(world.accountant, "/template счет", TEN + minutes(5))
    row = refuse(world, TEN + minutes(6))
    request = world.request()
    assert (request.state, request.closed_by, request.answer) == ("open", None, None)
    assert "не удалось отправить" in world.texts_to(world.accountant)[-1]
    assert Message.objects.get(sender="staff").text == "/template счет"
    row.refresh_from_db()
    assert not can_send_again(row)


def test_tpl_02_a_refused_template_leaves_the_answer_that_staff_wrote_since(world: World) -> None:
    template("счет", "Счёт отправлен")
    world.client_says("Где счёт?", TEN)
    world.says(world.accountant, "/template счет", TEN + minutes(5))
    world.says(world.accountant, "Счёт № 5 у вас на почте", TEN + minutes(7))
    refuse(world, TEN + minutes(50))
    request = world.request()
    assert (request.state, request.closed_at) == ("answered", TEN + minutes(7))
    assert "снова открыт" not in world.texts_to(world.accountant)[-1]
    world.passes(TEN + minutes(90))
    assert world.alerts_to(world.accountant) == []


def test_tpl_02_suggestions_match_shortcut_then_title_then_text(world: World) -> None:
    template("прочее", "там про счёт", title="Прочее")
    template("оплата", "…", title="Счета и оплата")
    template("счет", "Счёт готов, {{client_name}}")
    template("чужой-счет", "…", owner=world.manager)
    offered = types(world, 601, "СЧЁТ")
    assert offered is not None
    assert [found["title"] for found in offered] == ["счет", "Счета и оплата", "Прочее"]
    assert offered[0]["input_message_content"] == {"message_text": "Счёт готов,"}
    row = OutgoingMessage.objects.get()
    assert (row.priority, row.audience, row.recipient) == (0, "staff", world.accountant)
    assert row.payload["is_personal"] is True


def test_tpl_02_a_chosen_suggestion_counts_as_a_use(world: World) -> None:
    made = template("счет", "Счёт готов")
    for who in (601, CLIENT_ID):
        chosen = {"result_id": str(made.pk), "from": telegram.person(who), "query": "сч"}
        world.receive(chosen_inline_result=chosen)
    world.receive(chosen_inline_result={"result_id": "x", "from": telegram.person(601), "query": ""})
    made.refresh_from_db()
    assert made.usage_count == 1
    assert not world.failed()


def test_tpl_02_observers_are_offered_nothing(world: World) -> None:
    template("счет", "Счёт готов")
    staff("Ольга", Role.OBSERVER, 606)
    assert types(world, 606, "") == []


@time_machine.travel(TEN, tick=False)
def test_tpl_03_a_suggestion_knows_who_and_when_but_no_chat(world: World) -> None:
    template("дата", "{{date}} {{time}} {{accountant_name}} {{chat_title}}.")
    offered = types(world, 601, "дата")
    assert offered is not None
    assert offered[0]["input_message_content"]["message_text"] == "24.11.2026 10:00 Анна."


@pytest.mark.parametrize("is_monitored", [True, False])
def test_tpl_02_an_unmonitored_chat_is_left_alone(world: World, is_monitored: bool) -> None:
    template("счет", "Счёт готов")
    world.chat.is_monitored = is_monitored
    world.chat.save()
    world.says(world.accountant, "/template счет", TEN)
    assert bool(said_to_client(world)) == is_monitored
    assert not Request.objects.exists()
