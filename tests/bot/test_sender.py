"""OUT-01 to OUT-05: rows become calls of the Bot API, in order, within the limits, and never lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from prometheus_client import REGISTRY

from bot.keyboards import Button, press
from bot.models import OutgoingMessage, SenderLease
from bot.outbox import (
    ClientLetter,
    Notice,
    queue_button_answer,
    queue_copies,
    queue_deletion,
    queue_edit,
    queue_message,
    queue_notices,
    queue_suggestions,
)
from buhbot.models import Chat, Message, Role, User
from simulator.client import Simulator
from tests.bot.conftest import Running, wait_for_states
from tests.bot.rows import make_alert, make_chat, make_person
from tests.environment import DATABASE, database_url

pytestmark = pytest.mark.usefixtures("committed")
Audience = OutgoingMessage.Audience
Priority = OutgoingMessage.Priority
State = OutgoingMessage.State
Start = Callable[[], Running]


def to_client(chat: Chat, text: str = "Здравствуйте", **fields: Any) -> OutgoingMessage:
    row = queue_message(chat, audience=Audience.CLIENT, text=text, **fields)
    assert row is not None
    return row


def to_staff(person: User, text: str = "Просрочка", **fields: Any) -> OutgoingMessage:
    row = queue_message(person, audience=Audience.STAFF, text=text, priority=Priority.ALERT, **fields)
    assert row is not None
    return row


def a_group(sim: Simulator, **fields: Any) -> Chat:
    return make_chat(sim.group(members=[sim.person()], **fields))


def an_accountant(sim: Simulator, *, started: bool = True, role: str = Role.ACCOUNTANT) -> User:
    return make_person(sim.person("Анна", side="staff", started=started), role=role)


# OUT-01


def test_out_01_a_queued_message_arrives_as_it_was_meant(sim: Simulator, start_sender: Start) -> None:
    chat = a_group(sim)
    row = to_client(chat, "<b>Да</b> &amp; нет", keyboard=((Button("Взять", press("take", 1)),),))
    start_sender()
    wait_for_states(row, state=State.SENT)
    message = sim.bot_messages(chat.telegram_id)[-1]
    assert (message["text"], message["message_id"]) == ("Да & нет", row.telegram_message_id)
    assert message["reply_markup"]["inline_keyboard"][0][0]["text"] == "Взять"
    assert message["link_preview_options"] == {"is_disabled": True}


def test_out_01_an_edit_finds_its_message_when_both_are_queued(sim: Simulator, start_sender: Start) -> None:
    person = an_accountant(sim)
    original = to_staff(person, "Ждёт 55 минут")
    edit = queue_edit(original, text="Отвечено", dedupe_key="e")
    assert edit is not None
    start_sender()
    wait_for_states(original, edit, state=State.SENT)
    assert sim.texts(person.telegram_id or 0) == ["Отвечено"]


def test_out_01_of_several_edits_only_the_last_is_made(sim: Simulator, start_sender: Start) -> None:
    original = to_staff(an_accountant(sim))
    edits = [queue_edit(original, text=f"Правка {n}", dedupe_key=f"e{n}") for n in range(3)]
    start_sender()
    wait_for_states(*[edit for edit in edits[2:] if edit], state=State.SENT)
    wait_for_states(*[edit for edit in edits[:2] if edit], state=State.CANCELLED)
    assert len(sim.calls("editMessageText")) == 1


def test_out_01_an_edit_of_a_message_that_never_arrived_is_not_made(
    sim: Simulator, start_sender: Start
) -> None:
    original = to_staff(an_accountant(sim, started=False))
    edit = queue_edit(original, text="Отвечено", dedupe_key="e")
    assert edit is not None
    start_sender()
    wait_for_states(edit, state=State.CANCELLED)
    assert not sim.calls("editMessageText")


def test_out_01_an_edit_that_changes_nothing_is_as_good_as_made(sim: Simulator, start_sender: Start) -> None:
    original = to_staff(an_accountant(sim), "Тот же текст")
    edit = queue_edit(original, text="Тот же текст", dedupe_key="e")
    assert edit is not None
    start_sender()
    wait_for_states(edit, state=State.SENT)


def test_out_01_a_message_is_deleted(sim: Simulator, start_sender: Start) -> None:
    chat = a_group(sim, bot="administrator")
    person = int(sim.get("persons")[0]["id"])
    command = sim.send(person, chat.telegram_id, "/request")
    row = queue_deletion(chat, audience=Audience.CLIENT, message_id=command)
    start_sender()
    wait_for_states(row, state=State.SENT)
    assert command not in [message["message_id"] for message in sim.messages(chat.telegram_id)]


def test_out_01_a_deletion_of_what_is_gone_is_needless(sim: Simulator, start_sender: Start) -> None:
    row = queue_deletion(a_group(sim), audience=Audience.CLIENT, message_id=99)
    start_sender()
    wait_for_states(row, state=State.CANCELLED)


def test_out_01_an_answer_to_a_press_overtakes_what_waits_in_its_chat(
    sim: Simulator, start_sender: Start
) -> None:
    person = an_accountant(sim)
    blocked = to_staff(person)
    OutgoingMessage.objects.filter(pk=blocked.pk).update(not_before=Now() + timedelta(hours=1))
    answer = queue_button_answer(person, audience=Audience.STAFF, query_id="gone")
    start_sender()
    wait_for_states(answer, state=State.CANCELLED)
    assert "query" in answer.error.lower()


def test_tpl_02_suggestions_arrive_while_one_types(sim: Simulator, start_sender: Start) -> None:
    person = an_accountant(sim)
    result: dict[str, object] = {
        "type": "article",
        "id": "7",
        "title": "Счёт",
        "input_message_content": {"message_text": "Вот"},
    }
    with ThreadPoolExecutor() as pool:
        typing = pool.submit(sim.inline, person.telegram_id or 0, "сч")
        query_id = next(update["inline_query"]["id"] for update in updates(sim) if "inline_query" in update)
        row = queue_suggestions(person, query_id=query_id, results=[result])
        start_sender()
        assert typing.result()["results"] == [result]
    wait_for_states(row, state=State.SENT)


def test_tpl_02_suggestions_that_come_too_late_are_given_up(sim: Simulator, start_sender: Start) -> None:
    row = queue_suggestions(an_accountant(sim), query_id="gone", results=[])
    start_sender()
    wait_for_states(row, state=State.CANCELLED)


def updates(sim: Simulator) -> list[dict[str, Any]]:
    """What a bot that polls is told."""
    address = f"{sim.base_url}/bot{settings.TELEGRAM_BOT_TOKEN}/getUpdates"
    found = httpx.get(address, params={"timeout": 5}, trust_env=False, timeout=10).json()["result"]
    return list(found)


def test_req_01_what_the_bot_says_to_a_client_is_logged(sim: Simulator, start_sender: Start) -> None:
    chat = a_group(sim)
    row = to_client(chat, "<b>Документ</b> получен")
    start_sender()
    wait_for_states(row, state=State.SENT)
    logged = Message.objects.get(telegram_message_id=row.telegram_message_id or 0)
    assert (logged.text, logged.sender, logged.chat) == ("Документ получен", Message.Sender.BOT, chat)


def test_a_notice_to_staff_is_not_in_the_log_of_any_chat(sim: Simulator, start_sender: Start) -> None:
    row = to_staff(an_accountant(sim))
    start_sender()
    wait_for_states(row, state=State.SENT)
    assert not Message.objects.exists()


# OUT-02


def test_out_02_urgent_messages_go_first(sim: Simulator, start_sender: Start) -> None:
    rows = [
        to_client(make_chat(sim.person(started=True)), name, priority=priority)
        for name, priority in [
            ("опрос", Priority.SURVEY),
            ("ответ", Priority.REPLY),
            ("тревога", Priority.ALERT),
        ]
    ]
    start_sender()
    wait_for_states(*rows, state=State.SENT)
    assert [call["params"]["text"] for call in sim.calls("sendMessage")] == ["тревога", "ответ", "опрос"]


def test_out_02_a_group_of_many_messages_meets_no_429(sim: Simulator, start_sender: Start) -> None:
    chat = a_group(sim)
    rows = [to_client(chat, str(number)) for number in range(22)]
    start_sender()
    wait_for_states(*rows[:20], state=State.SENT)
    wait_for_states(rows[20], state=State.QUEUED)
    assert sim.limits()["refused"]["total"] == 0


def test_out_02_the_window_of_a_group_outlives_the_process(sim: Simulator, start_sender: Start) -> None:
    chat = a_group(sim)
    rows = [to_client(chat, str(number)) for number in range(20)]
    first = start_sender()
    wait_for_states(*rows, state=State.SENT)
    first.end()
    late, other = to_client(chat, "двадцать первое"), to_client(a_group(sim), "в другой группе")
    start_sender()
    wait_for_states(other, state=State.SENT)
    late.refresh_from_db()
    assert late.state != State.SENT
    assert sim.limits()["refused"]["total"] == 0


def test_out_02_a_refused_chat_waits_while_others_are_served(sim: Simulator, start_sender: Start) -> None:
    slow, quick = a_group(sim), a_group(sim)
    sim.fault("429", chat_ids=[slow.telegram_id], retry_after=3, count=1)
    waiting, served = to_client(slow), to_client(quick)
    start_sender()
    wait_for_states(served, state=State.SENT)
    wait_for_states(waiting, state=State.SENT)
    first, again = sim.calls("sendMessage", chat=slow.telegram_id)
    assert again["time"] - first["time"] >= 3
    assert waiting.attempts == 0


# OUT-03


def test_out_03_order_within_a_chat_is_kept_through_failures(sim: Simulator, start_sender: Start) -> None:
    chat, other = a_group(sim), a_group(sim)
    sim.fault("http500", chat_ids=[chat.telegram_id], count=1)
    rows = [to_client(chat, str(number)) for number in range(4)]
    free = to_client(other)
    start_sender()
    wait_for_states(free, *rows, state=State.SENT)
    assert sim.texts(chat.telegram_id) == ["0", "1", "2", "3"]
    assert rows[0].attempts == 1


# OUT-04


def test_out_04_a_person_who_never_pressed_start_is_marked_unreachable(
    sim: Simulator, start_sender: Start
) -> None:
    person = an_accountant(sim, started=False)
    row = to_staff(person)
    start_sender()
    wait_for_states(row, state=State.UNDELIVERED)
    person.refresh_from_db()
    assert person.unreachable_since is not None
    assert "initiate" in person.unreachable_reason


def test_out_04_a_chat_that_removed_the_bot_is_marked_unreachable(
    sim: Simulator, start_sender: Start
) -> None:
    chat = a_group(sim)
    sim.member(chat.telegram_id, "bot", "kicked")
    row = to_client(chat)
    start_sender()
    wait_for_states(row, state=State.UNDELIVERED)
    chat.refresh_from_db()
    assert "kicked" in chat.unreachable_reason


def test_alr_08_a_person_who_gets_a_message_is_reachable_again(sim: Simulator, start_sender: Start) -> None:
    person = an_accountant(sim)
    person.unreachable_since = datetime(2026, 1, 1, tzinfo=UTC)
    person.save()
    row = to_staff(person)
    start_sender()
    wait_for_states(row, state=State.SENT)
    person.refresh_from_db()
    assert person.is_reachable


def test_out_04_a_migrated_group_gets_its_messages_under_the_new_id(
    sim: Simulator, start_sender: Start
) -> None:
    chat = a_group(sim, kind="group")
    new_id = sim.migrate(chat.telegram_id)
    row = to_client(chat, "После переезда")
    start_sender()
    wait_for_states(row, state=State.SENT)
    chat.refresh_from_db()
    assert (chat.telegram_id, row.telegram_chat_id) == (new_id, new_id)
    assert sim.texts(new_id) == ["После переезда"]


def test_out_04_an_edit_never_hits_another_message_after_a_migration(
    sim: Simulator, start_sender: Start
) -> None:
    chat = a_group(sim, kind="group")
    original = to_client(chat, "До переезда")
    start_sender()
    wait_for_states(original, state=State.SENT)
    Chat.objects.filter(pk=chat.pk).update(telegram_id=sim.migrate(chat.telegram_id))
    edit = queue_edit(original, text="Правка", dedupe_key="e")
    assert edit is not None
    wait_for_states(edit, state=State.CANCELLED)
    assert not sim.calls("editMessageText")


def test_out_04_the_last_retry_that_fails_is_told_to_the_admins(sim: Simulator, start_sender: Start) -> None:
    admin, chat = an_accountant(sim, role=Role.ADMIN), a_group(sim)
    sim.fault("http500", chat_ids=[chat.telegram_id])
    row = to_client(chat)
    OutgoingMessage.objects.filter(pk=row.pk).update(attempts=5)
    start_sender()
    wait_for_states(row, state=State.UNDELIVERED)
    notice = OutgoingMessage.objects.get(recipient=admin)
    wait_for_states(notice, state=State.SENT)
    assert str(chat) in notice.payload["text"]


def test_out_04_a_notice_that_fails_makes_no_further_notice(sim: Simulator, start_sender: Start) -> None:
    admin = an_accountant(sim, role=Role.ADMIN)
    row = to_staff(admin, subject="undelivered")
    sim.fault("http500", chat_ids=[admin.telegram_id])
    OutgoingMessage.objects.filter(pk=row.pk).update(attempts=5)
    start_sender()
    wait_for_states(row, state=State.UNDELIVERED)
    assert OutgoingMessage.objects.count() == 1


def test_out_04_a_retry_waits_longer_each_time(sim: Simulator, start_sender: Start) -> None:
    chat = a_group(sim)
    sim.fault("http502html", chat_ids=[chat.telegram_id])
    row = to_client(chat)
    OutgoingMessage.objects.filter(pk=row.pk).update(attempts=2)
    start_sender()
    sim.wait_for(lambda: OutgoingMessage.objects.filter(pk=row.pk, attempts=3).exists())
    row.refresh_from_db()
    assert timedelta(seconds=90) < row.not_before - datetime.now(UTC) < timedelta(seconds=150)


def test_out_04_html_that_telegram_cannot_read_arrives_as_plain_text(
    sim: Simulator, start_sender: Start
) -> None:
    person = an_accountant(sim)
    row = to_staff(person, "Просрочка: <b>ООО &lt;Ромашка&gt;")
    start_sender()
    wait_for_states(row, state=State.SENT)
    assert sim.texts(person.telegram_id or 0) == ["Просрочка: ООО <Ромашка>"]
    assert "parse" in row.error


def test_out_04_a_person_who_was_unlinked_meanwhile_gets_nothing(sim: Simulator, start_sender: Start) -> None:
    person = an_accountant(sim)
    row = to_staff(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    start_sender()
    wait_for_states(row, state=State.UNDELIVERED)
    assert not sim.calls("sendMessage")


def test_out_04_a_refused_token_costs_no_attempt(sim: Simulator, start_sender: Start, settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN = "7000000001:a-token-that-was-revoked-by-somebody"
    row = to_client(a_group(sim))
    start_sender()
    sim.wait_for(lambda: OutgoingMessage.objects.exclude(error="").filter(state=State.QUEUED).exists())
    row.refresh_from_db()
    assert row.attempts == 0


def test_alr_08_an_alert_that_cannot_reach_its_person_is_told_to_the_admins(
    sim: Simulator, start_sender: Start
) -> None:
    admin = an_accountant(sim, role=Role.ADMIN)
    row = to_staff(an_accountant(sim, started=False))
    start_sender()
    wait_for_states(row, state=State.UNDELIVERED)
    wait_for_states(OutgoingMessage.objects.get(recipient=admin), state=State.SENT)


def test_alr_08_an_alert_to_a_person_who_was_unlinked_meanwhile_is_told_to_the_admins(
    sim: Simulator, start_sender: Start
) -> None:
    admin, person = an_accountant(sim, role=Role.ADMIN), an_accountant(sim)
    row = to_staff(person)
    User.objects.filter(pk=person.pk).update(telegram_id=None)
    start_sender()
    wait_for_states(row, state=State.UNDELIVERED)
    wait_for_states(OutgoingMessage.objects.get(recipient=admin), state=State.SENT)
    assert "больше не привязан к Telegram" in sim.texts(admin.telegram_id or 0)[0]


def test_tim_02_the_way_of_an_alert_is_measured(sim: Simulator, start_sender: Start) -> None:
    before = measured("sla_alert_dwell_seconds_sum"), measured("sla_alert_dwell_seconds_count")
    row = to_staff(an_accountant(sim), due_at=datetime.now(UTC) - timedelta(seconds=100))
    start_sender()
    wait_for_states(row, state=State.SENT)
    assert measured("sla_alert_dwell_seconds_count") == before[1] + 1
    assert measured("sla_alert_dwell_seconds_sum") >= before[0] + 100


def test_tim_02_each_alert_of_a_list_is_measured(sim: Simulator, start_sender: Start) -> None:
    before = measured("sla_alert_dwell_seconds_sum"), measured("sla_alert_dwell_seconds_count")
    alerts = [make_alert(datetime.now(UTC) - timedelta(seconds=seconds)) for seconds in (300, 200)]
    queue_notices([Notice(an_accountant(sim), "Две заявки", alerts)])
    start_sender()
    wait_for_states(OutgoingMessage.objects.get(), state=State.SENT)
    assert measured("sla_alert_dwell_seconds_count") == before[1] + 2
    assert measured("sla_alert_dwell_seconds_sum") >= before[0] + 500


def test_mon_01_calls_are_counted_by_kind_and_result(sim: Simulator, start_sender: Start) -> None:
    labels = {"kind": "reply", "result": "sent"}
    before = measured("bot_outbox_sent_total", labels)
    row = to_client(a_group(sim))
    start_sender()
    wait_for_states(row, state=State.SENT)
    assert measured("bot_outbox_sent_total", labels) == before + 1


def measured(name: str, labels: dict[str, str] | None = None) -> float:
    return REGISTRY.get_sample_value(name, labels or {}) or 0.0


# OUT-05 and the lease


def test_out_05_a_row_that_a_killed_process_left_is_sent_when_its_lease_has_run_out(
    sim: Simulator, start_sender: Start
) -> None:
    left, fresh = to_client(a_group(sim)), to_client(a_group(sim))
    sending = OutgoingMessage.objects.filter(pk__in=[left.pk, fresh.pk])
    sending.update(state=State.SENDING, lease_until=Now() + timedelta(hours=1))
    OutgoingMessage.objects.filter(pk=left.pk).update(lease_until=Now() - timedelta(seconds=1))
    start_sender()
    wait_for_states(left, state=State.SENT)
    wait_for_states(fresh, state=State.SENDING)


def test_one_process_sends_and_the_next_takes_over_at_once_when_it_stops(
    sim: Simulator, start_sender: Start
) -> None:
    chats = [a_group(sim) for _ in range(3)]
    first = start_sender()
    wait_for_states(to_client(chats[0]), state=State.SENT)
    second = start_sender()
    wait_for_states(to_client(chats[1]), state=State.SENT)
    assert SenderLease.objects.get().holder == first.sender.holder
    first.end()
    wait_for_states(to_client(chats[2]), state=State.SENT)
    assert SenderLease.objects.get().holder == second.sender.holder
    assert len(sim.calls("sendMessage")) == 3


def test_a_process_that_died_holds_the_lease_for_ten_seconds_at_most(
    sim: Simulator, start_sender: Start
) -> None:
    SenderLease.objects.create(pk=1, holder="dead", expires_at=Now() + timedelta(seconds=3))
    row = to_client(a_group(sim))
    start_sender()
    wait_for_states(row, state=State.SENT)
    assert SenderLease.objects.get().holder != "dead"


def test_a_process_that_lost_the_lease_sends_no_more_until_it_is_free_again(
    sim: Simulator, start_sender: Start
) -> None:
    running = start_sender()
    sim.wait_for(lambda: running.sender.lease_until > 0)
    SenderLease.objects.update(holder="another", expires_at=Now() + timedelta(hours=1))
    sim.wait_for(lambda: running.sender.lease_until == 0)
    row = to_client(a_group(sim))
    wait_for_states(row, state=State.QUEUED)
    SenderLease.objects.update(expires_at=Now())
    wait_for_states(row, state=State.SENT)


def test_bak_06_a_broken_database_connection_is_replaced(sim: Simulator, start_sender: Start) -> None:
    chat = a_group(sim)
    start_sender()
    wait_for_states(to_client(chat), state=State.SENT)
    with psycopg.connect(database_url(DATABASE), autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'buhbot_service' AND state = 'idle' AND pid <> %s",
            [connection.connection.info.backend_pid],
        )
    wait_for_states(to_client(chat), state=State.SENT)


def test_run_05_stopping_finishes_what_is_under_way(sim: Simulator, start_sender: Start) -> None:
    sim.latency(500)
    rows = [to_client(a_group(sim)) for _ in range(5)]
    running = start_sender()
    sim.wait_for(lambda: OutgoingMessage.objects.filter(state=State.SENDING).exists())
    running.end()
    states = [OutgoingMessage.objects.get(pk=row.pk).state for row in rows]
    assert State.SENDING not in states
    assert states.count(State.SENT) == len(sim.calls("sendMessage"))


# FLT-04


@pytest.mark.parametrize("mode", ["http500", "half"])
def test_flt_04_after_an_outage_all_is_sent_in_order(sim: Simulator, start_sender: Start, mode: str) -> None:
    chats = [a_group(sim) for _ in range(8)]
    rows = [to_client(chat, str(number)) for number in range(3) for chat in chats]
    sim.fault(mode)
    start_sender()
    sim.wait_for(lambda: len(sim.calls("sendMessage")) >= 4)
    calls_in_outage = len(sim.calls("sendMessage"))
    sim.post("faults/clear")
    wait_for_states(*rows, state=State.SENT, seconds=40)
    assert [sim.texts(chat.telegram_id) for chat in chats] == [["0", "1", "2"]] * 8
    assert calls_in_outage < 20
    assert max(row.attempts for row in rows) <= 2


def test_flt_04_a_storm_of_429_loses_nothing(sim: Simulator, start_sender: Start) -> None:
    rows = [to_client(a_group(sim), str(number)) for number in range(10)]
    sim.fault("429", retry_after=1, seconds=4)
    start_sender()
    wait_for_states(*rows, state=State.SENT, seconds=30)
    assert {row.attempts for row in rows} == {0}


# OUT-08


def test_out_08_a_broadcast_keeps_to_the_limits_and_is_overtaken(sim: Simulator, start_sender: Start) -> None:
    sim.limits(per_second=30, enabled=True)
    sim.latency(100)
    chats = [a_group(sim) for _ in range(60)] + [make_chat(sim.person(started=True)) for _ in range(15)]
    queue_copies(
        [
            ClientLetter(chat, f"<b>{n}</b>", (), "broadcast:1", f"broadcast:1:{n}")
            for n, chat in enumerate(chats)
        ]
    )
    copies = list(OutgoingMessage.objects.all())
    start_sender()
    sim.wait_for(lambda: len(sim.calls("sendMessage")) > 5, seconds=30)
    alert = to_staff(an_accountant(sim))
    wait_for_states(alert, *copies, state=State.SENT, seconds=30)
    calls = sim.calls("sendMessage")
    moments = [call["time"] for call in calls]
    assert all(later - first > 0.9 for first, later in zip(moments, moments[30:], strict=False))
    assert (sim.limits()["refused"]["total"], all(call["ok"] for call in calls)) == (0, True)
    assert [call["params"]["text"] for call in calls].index("Просрочка") < len(calls) - 5
