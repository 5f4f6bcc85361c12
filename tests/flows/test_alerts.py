"""From an instant that comes to the messages that people get (TIM, ALR)."""

from datetime import UTC, datetime

import pytest
from django.utils.timezone import now as real_now

from bot.announcer import announce
from bot.models import OutgoingMessage
from buhbot.models import Chat, Role, User
from sla import services
from sla.models import Alert, Request, RequestEvent, Tick
from sla.services import fire_due
from tests.flows import telegram
from tests.flows.world import World, buttons, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow


@pytest.fixture
def asked(world: World) -> World:
    world.client_says("Когда будет <акт> & счёт?", TEN)
    return world


def test_alr_02_the_warning_goes_to_the_accountant_alone(asked: World) -> None:
    asked.passes(TEN + minutes(47))
    assert asked.levels() == []
    asked.passes(TEN + minutes(48))
    assert len(asked.sent_to(asked.accountant)) == 1
    assert asked.sent_to(asked.manager) == []


def test_alr_02_the_breach_goes_to_accountant_and_manager(asked: World) -> None:
    asked.passes(TEN + minutes(48))
    asked.passes(TEN + minutes(60))
    assert asked.levels() == [0, 1]
    assert len(asked.sent_to(asked.accountant)) == 2
    assert len(asked.sent_to(asked.manager)) == 1
    assert asked.request().breached_at == TEN + minutes(60)


def test_alr_02_without_a_manager_of_the_chat_the_firms_managers_are_told(asked: World) -> None:
    asked.chat.assignments.filter(duty="manager").delete()
    other = staff("Глеб", Role.MANAGER, 620)
    asked.passes(TEN + minutes(60))
    assert len(asked.sent_to(other)) == 1


def test_alr_02_the_team_chat_hears_too(asked: World) -> None:
    team = Chat.objects.create(
        telegram_id=-100999,
        kind="supergroup",
        title="Команда",
        is_team=True,
        tier=asked.chat.tier,
        registered_at=TEN,
    )
    asked.passes(TEN + minutes(60))
    assert [message.audience for message in asked.sent_to(team)] == ["team_chat"]


def test_alr_02_nobody_to_tell_is_said_loudly(asked: World) -> None:
    User.objects.filter(role__in=["accountant", "manager"]).update(telegram_id=None)
    asked.passes(TEN + minutes(60))
    assert Alert.objects.get(level=1).is_undeliverable
    assert RequestEvent.objects.filter(kind="undeliverable").count() == 1
    assert len(asked.sent_to(asked.admin)) == 1


def test_alr_03_an_alert_says_who_how_long_and_what_and_is_escaped(asked: World) -> None:
    asked.passes(TEN + minutes(75))
    text = asked.texts_to(asked.manager)[0]
    for part in ("ООО «Ромашка»", "Анна", "1 ч 15 мин", "15 мин", "&lt;акт&gt; &amp; счёт"):
        assert part in text
    link = next(b["url"] for b in buttons(asked.sent_to(asked.manager)[0]) if "url" in b)
    opened = asked.request().opened_by
    assert link == f"https://t.me/c/1000000001/{opened.telegram_message_id}"


def test_alr_04_taking_it_is_known_to_everyone_and_stops_escalation(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    escalation = asked.request().next_escalation_at
    assert asked.presses(asked.manager, "Беру", asked.sent_to(asked.manager)[0])
    asked.passes(TEN + minutes(61))
    request = asked.request()
    assert request.acknowledged_by == asked.manager
    assert escalation is not None
    assert request.next_escalation_at is not None
    assert request.next_escalation_at > escalation
    assert "Михаил" in asked.texts_to(asked.accountant)[-1]


def test_alr_04_resolved_ends_it_for_everyone(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    asked.presses(asked.accountant, "Решено", asked.sent_to(asked.accountant)[0])
    announce(real_now())
    assert asked.request().state == "resolved"
    edit = asked.sent_to(asked.manager)[-1]
    assert edit.state == "cancelled" or edit.method == "editMessageText"


def test_alr_04_a_stranger_is_refused_and_it_is_logged(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    alert = asked.sent_to(asked.manager)[0]
    for who in (staff("Ольга", telegram_id=610), 999):
        assert asked.presses(who, "Беру", alert) == "У вас нет прав на это действие в этом чате"
    assert asked.request().acknowledged_by is None
    assert RequestEvent.objects.filter(kind="refused").count() == 2


def test_alr_04_a_press_on_a_finished_alert_answers_with_its_state(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    alert = asked.sent_to(asked.manager)[0]
    asked.says(asked.accountant, "Готово", TEN + minutes(65))
    assert "отвечен" in asked.presses(asked.manager, "Решено", alert)
    assert asked.request().state == "answered"


def test_alr_05_what_was_sent_is_edited_when_the_answer_comes(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    OutgoingMessage.objects.update(state="sent", telegram_message_id=1)
    asked.says(asked.accountant, "Готово", TEN + minutes(65))
    asked.passes(TEN + minutes(66))
    for person in (asked.accountant, asked.manager):
        edit = asked.sent_to(person)[-1]
        assert edit.method == "editMessageText"
        assert "✅" in edit.payload["text"]
        assert [b for b in buttons(edit) if "callback_data" in b] == []


def test_alr_05_what_was_not_sent_yet_is_not_sent_any_more(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    asked.says(asked.accountant, "Готово", TEN + minutes(65))
    asked.passes(TEN + minutes(66))
    assert {message.state for message in asked.sent_to(asked.manager)} == {"cancelled"}


def test_alr_05_an_acknowledgement_that_runs_out_escalates(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    services.acknowledge(asked.request().pk, actor=asked.manager, now=TEN + minutes(70))
    asked.passes(TEN + minutes(129))
    assert asked.levels() == [1]
    asked.passes(TEN + minutes(130))
    assert asked.levels() == [1, 2]


def test_alr_07_a_breach_at_closing_time_escalates_in_the_morning(world: World) -> None:
    world.client_says("Где акт?", datetime(2026, 11, 24, 13, 59, tzinfo=UTC))  # 16:59, due 17:59
    world.passes(datetime(2026, 11, 24, 15, 0, tzinfo=UTC))
    assert world.request().next_escalation_at == datetime(2026, 11, 25, 6, 29, tzinfo=UTC)  # 09:29
    world.passes(datetime(2026, 11, 25, 6, 0, tzinfo=UTC))
    assert world.levels() == [1]


def test_alr_08_an_alert_has_a_row_for_each_recipient(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    rows = OutgoingMessage.objects.filter(alerts__level=1).values_list("recipient__full_name", "state")
    assert sorted(rows) == [("Анна", "queued"), ("Михаил", "queued")]


def test_tim_01_firing_twice_tells_nothing_twice(asked: World) -> None:
    for _ in range(3):
        asked.passes(TEN + minutes(60))
    assert asked.levels() == [1]
    assert len(asked.sent_to(asked.manager)) == 1


def test_tim_02_an_alert_carries_the_instant_it_tells_of(asked: World) -> None:
    asked.passes(TEN + minutes(61))
    message = asked.sent_to(asked.manager)[0]
    assert message.due_at == TEN + minutes(60)
    assert message.priority == OutgoingMessage.Priority.ALERT


def test_tim_05_the_bot_removed_cancels_and_tells(asked: World) -> None:
    chat = telegram.group(asked.chat.telegram_id)
    bot = telegram.person(7000000001, "BuhBot", is_bot=True)
    by = telegram.person(42)
    asked.receive(my_chat_member=telegram.membership(chat, by, bot, "left", TEN + minutes(5)))
    request = asked.request()
    assert (request.state, request.close_reason) == ("cancelled", "bot_removed")
    assert Chat.objects.get().life_cycle == "left"
    asked.receive(my_chat_member=telegram.membership(chat, by, bot, "member", TEN + minutes(9)))
    assert (Chat.objects.get().life_cycle, Chat.objects.get().is_monitored) == ("active", True)


def test_tim_05_a_migrated_group_keeps_its_row_history_and_timer(world: World) -> None:
    Chat.objects.update(telegram_id=-500, kind="group")
    world.chat.refresh_from_db()
    world.client_says("Где акт?", TEN, message_id=10)
    old, new = telegram.group(-500, kind="group"), telegram.group(-100500)
    by = telegram.person(42)
    world.receive(message=telegram.message(old, by, TEN + minutes(1), migrate_to_chat_id=-100500))
    world.receive(message=telegram.message(new, by, TEN + minutes(1), migrate_from_chat_id=-500))
    world.chat.refresh_from_db()
    assert (world.chat.telegram_id, world.chat.kind) == (-100500, "supergroup")
    world.says(world.accountant, "Готово", TEN + minutes(2), message_id=10)
    assert (Chat.objects.count(), world.request().state) == (1, "answered")


def test_tim_06_each_look_leaves_a_pulse(world: World) -> None:
    fire_due(TEN)
    fire_due(TEN + minutes(1))
    assert Tick.objects.get().ran_at == TEN + minutes(1)


def test_cht_02_a_new_chat_is_registered_unmonitored_and_admins_hear_of_it(world: World) -> None:
    chat = telegram.group(-100777, "ИП Новый")
    world.receive(message=telegram.message(chat, telegram.person(700), TEN, "Где акт?"))
    new = Chat.objects.get(telegram_id=-100777)
    assert (new.is_monitored, Request.objects.count()) == (False, 0)
    assert "ИП Новый" in world.texts_to(world.admin)[0]
    world.receive(message=telegram.message(chat, telegram.person(700), TEN, "Ау"))
    assert len(world.texts_to(world.admin)) == 1


def test_cht_04_title_changes_follow(world: World) -> None:
    chat = telegram.group(world.chat.telegram_id, "ООО «Роза»")
    world.receive(message=telegram.message(chat, telegram.person(700), TEN, new_chat_title="ООО «Роза»"))
    world.chat.refresh_from_db()
    assert world.chat.title == "ООО «Роза»"
