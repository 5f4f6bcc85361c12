"""Many alerts at once: the first five singly, the rest as a list that is kept true (ALR-03, ALR-05, ALR-06, ALR-08)."""

from datetime import UTC, datetime

import pytest

from bot.announcer import announce
from bot.models import OutgoingMessage
from bot.rules import MAX_TEXT, width
from bot.services.resending import can_send_again, send_again
from buhbot.models import User
from sla import services
from sla.models import Alert, Request
from sla.rules import Snooze
from tests.flows.world import World, ask_elsewhere, buttons, make_team_chat, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
DUE = TEN + minutes(60)


@pytest.fixture
def many(world: World) -> World:
    """Eight requests that fell due at 11:00."""
    ask_elsewhere(world, TEN, chats=8)
    world.passes(DUE)
    return world


def sent(world: World) -> None:
    OutgoingMessage.objects.update(state="sent", telegram_chat_id=602, telegram_message_id=5)


def sizes(world: World, to: User) -> list[int]:
    return [message.alerts.count() for message in world.sent_to(to)]


def the_list(world: World) -> OutgoingMessage:
    return world.sent_to(world.manager)[5]


def lines(message: OutgoingMessage) -> list[str]:
    return str(message.payload["text"]).splitlines()[2:]


def in_list(world: World) -> list[Request]:
    return list(Request.objects.filter(alerts__outgoing=the_list(world)).order_by("pk"))


def end_all(requests: list[Request], by: User) -> None:
    for request in requests:
        services.resolve(request.pk, actor=by, now=DUE + minutes(1))
    announce(DUE + minutes(2))


def tell_level(level: int, requests: list[Request], at: datetime) -> None:
    for request in requests:
        Alert.objects.create(request=request, kind="escalation", level=level, instant=DUE)
    announce(at)


def test_alr_06_five_go_singly_and_the_rest_as_one_list(many: World) -> None:
    for person in (many.accountant, many.manager):
        assert sizes(many, person) == [1, 1, 1, 1, 1, 3]
    assert len(lines(the_list(many))) == 3
    assert the_list(many).priority == OutgoingMessage.Priority.ALERT


def test_alr_06_the_team_chat_gets_a_list_too(world: World) -> None:
    team = make_team_chat(world)
    ask_elsewhere(world, TEN, chats=7)
    world.passes(DUE)
    assert [message.alerts.count() for message in world.sent_to(team)] == [1, 1, 1, 1, 1, 2]
    assert {message.audience for message in world.sent_to(team)} == {"team_chat"}


def test_alr_06_the_minute_rolls_on(world: World) -> None:
    requests = ask_elsewhere(world, TEN, chats=4)
    world.passes(DUE)
    tell_level(2, requests, DUE + minutes(0.9))
    assert sizes(world, world.manager) == [1, 1, 1, 1, 1, 3]
    tell_level(3, requests, DUE + minutes(1.1))
    assert sizes(world, world.manager)[6:] == [1, 3]


def test_alr_06_looking_again_tells_nothing_twice(many: World) -> None:
    before = OutgoingMessage.objects.count()
    announce(DUE)
    assert OutgoingMessage.objects.count() == before


def test_alr_03_a_line_names_and_links_and_is_escaped(world: World) -> None:
    ask_elsewhere(world, TEN, chats=7, name="<Роза> & Ко")
    Request.objects.update(topic_id=77)
    world.passes(TEN + minutes(75))
    request = in_list(world)[0]
    chat, message = -request.chat.telegram_id - 10**12, request.opened_by.telegram_message_id
    link = f'<a href="https://t.me/c/{chat}/77/{message}">№ {request.pk}</a>'
    assert lines(the_list(world))[0] == f"🔴 {link} &lt;Роза&gt; &amp; Ко 6 · +15 мин"
    assert buttons(the_list(world)) == []


def test_alr_05_lines_change_as_requests_end_are_taken_and_put_off(many: World) -> None:
    sent(many)
    ended, taken, put_off = in_list(many)
    services.acknowledge(taken.pk, actor=many.accountant, now=DUE + minutes(1))
    services.snooze(put_off.pk, actor=many.manager, length=Snooze.HOUR, now=DUE + minutes(1))
    end_all([ended], many.manager)
    edit = OutgoingMessage.objects.get(edits=the_list(many), method="editMessageText")
    assert "Ждут ответа: 2 из 3" in edit.payload["text"]
    expected = (("☑️", "11:01, Михаил"), ("✋", "Анна"), ("💤", "отложено до 12:01"))
    for line, (sign, words) in zip(lines(edit), expected, strict=True):
        assert line.startswith(sign)
        assert line.endswith(words)


def test_alr_05_a_queued_list_is_rewritten_and_goes_out_once(many: World) -> None:
    end_all(in_list(many)[:1], many.manager)
    assert the_list(many).state == "queued"
    assert lines(the_list(many))[0].startswith("☑️")
    assert not OutgoingMessage.objects.filter(edits=the_list(many)).exists()


def test_alr_05_a_list_that_goes_out_again_is_not_edited_back(many: World) -> None:
    ended, taken, _ = in_list(many)
    OutgoingMessage.objects.filter(pk=the_list(many).pk).update(state="sending")
    end_all([ended], many.manager)  # an edit waits for the list
    edit = OutgoingMessage.objects.get(edits=the_list(many))
    OutgoingMessage.objects.filter(pk=the_list(many).pk).update(state="queued")  # Telegram did not answer
    services.acknowledge(taken.pk, actor=many.accountant, now=DUE + minutes(3))
    announce(DUE + minutes(3))
    assert [line[:1] for line in lines(the_list(many))] == ["☑", "✋", "🔴"]
    edit.refresh_from_db()
    assert edit.state == "cancelled"


def test_alr_05_a_queued_list_whose_requests_have_all_ended_is_not_sent(many: World) -> None:
    end_all(in_list(many), many.manager)
    assert the_list(many).state == "cancelled"


def test_req_07_what_a_list_did_not_tell_is_told_after_the_undo(many: World) -> None:
    first = in_list(many)[0]
    end_all(in_list(many), many.manager)
    services.reopen(first.pk, actor=many.manager, now=DUE + minutes(3))
    announce(DUE + minutes(4))
    again = many.sent_to(many.manager)[-1]
    assert (again.state, again.subject) == ("queued", f"request:{first.pk}")
    assert sizes(many, many.manager)[5:] == [2, 1]


def test_alr_08_each_alert_of_a_list_knows_its_messages(many: World) -> None:
    for alert in Alert.objects.all():
        rows = alert.outgoing.values_list("recipient__full_name", "state")
        assert sorted(rows) == [("Анна", "queued"), ("Михаил", "queued")]


def test_alr_08_a_list_that_was_not_delivered_can_be_sent_again(many: World) -> None:
    OutgoingMessage.objects.update(state="undelivered")
    first, *others = in_list(many)
    end_all([first], many.manager)
    assert send_again(the_list(many), now=DUE + minutes(2))
    announce(DUE + minutes(3))
    assert lines(the_list(many))[0].startswith("☑️")
    OutgoingMessage.objects.update(state="undelivered")
    end_all(others, many.manager)
    assert not can_send_again(the_list(many))


def test_out_07_a_long_list_is_split_and_no_line_is_ever_cut(world: World) -> None:
    requests = ask_elsewhere(world, TEN, chats=70, name="Общество с ограниченной ответственностью")
    world.passes(DUE)
    parts = sizes(world, world.manager)[5:]
    assert (len(parts), sum(parts)) == (2, 65)
    sent(world)
    User.objects.update(full_name="Константин Константинопольский")
    end_all(requests, world.manager)
    texts = [edit.payload["text"] for edit in world.sent_to(world.manager) if edit.edits_id]
    assert sum(text.count("☑️ <a") for text in texts) == 65
    assert max(map(width, texts)) <= MAX_TEXT


def test_alr_04_a_list_says_that_a_manager_asks_for_the_answer(many: World) -> None:
    for request in in_list(many):
        services.ask_accountant(request.pk, actor=many.manager, now=DUE + minutes(0.5))
    announce(DUE + minutes(0.5))
    asked = many.sent_to(many.accountant)[-1]
    assert [line.endswith("· просит ответить: Михаил") for line in lines(asked)] == [True] * 3
    assert all(line.startswith("🔔") for line in lines(asked))


def test_alr_02_nobody_to_tell_names_each_request_once_and_as_many_as_fit(world: World) -> None:
    ask_elsewhere(world, TEN, chats=60, name="Общество с ограниченной ответственностью")
    User.objects.filter(role__in=["accountant", "manager"]).update(telegram_id=None)
    world.passes(DUE + minutes(30))  # the breach and the first escalation
    (text,) = (text for text in world.texts_to(world.admin) if "некого" in text)
    assert text.count("№") == len(set(text.splitlines()[3:-1]))
    assert text.endswith(f"и ещё {60 - text.count('№')}")
    assert width(text) <= MAX_TEXT


def test_alr_02_nobody_to_tell_of_many_is_said_once(world: World) -> None:
    ask_elsewhere(world, TEN, chats=8)
    User.objects.filter(role__in=["accountant", "manager"]).update(telegram_id=None)
    world.passes(DUE)
    assert Alert.objects.filter(is_undeliverable=True).count() == 8
    assert [text.count("№") for text in world.texts_to(world.admin)] == [8]
