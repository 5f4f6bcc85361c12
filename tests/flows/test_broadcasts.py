"""Broadcasts: a manager's message reaches every chat of its audience once, and can be stopped (STF-05)."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DataError, connection, transaction

from bot import results
from bot.announcer import announce
from bot.announcer import mailings as announcer
from bot.announcer.broadcasts import BROADCASTS
from bot.calls import Accepted
from bot.failures import Failure, Meaning
from bot.models import OutgoingMessage
from bot.results import accepted, failed, write_outcomes
from bot.services.deliveries import Letter, claim_letters
from buhbot.models import Broadcast, Chat, Message, Segment, Tier
from buhbot.services.broadcasts import (
    NobodyToWriteTo,
    NotADraft,
    StartInThePast,
    begin_broadcast,
    recall_broadcast,
    release_broadcast,
    stop_broadcast,
)
from buhbot.services.chats import migrate_chat
from tests.flows.world import World, build

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)
TEXT = "С 1 декабря <b>новый</b> адрес: Рога & Копыта"
SENT_TEXT = "С 1 декабря <b>новый</b> адрес: Рога &amp; Копыта"


def draft(world: World, **fields: Any) -> Broadcast:
    fields = {"title": "Адрес", "text": TEXT, "created_by": world.manager, "created_at": NOW, **fields}
    return Broadcast.objects.create(**fields)


def release(world: World, **fields: Any) -> Broadcast:
    return release_broadcast(draft(world, **fields), start_at=None, now=NOW)


def other_chats(world: World, count: int, **fields: Any) -> list[Chat]:
    fields = {
        "kind": "supergroup",
        "tier": world.chat.tier,
        "is_monitored": True,
        "registered_at": NOW,
        **fields,
    }
    return [
        Chat.objects.create(telegram_id=-1002000000000 - n, title=f"Клиент {n}", **fields)
        for n in range(1, count + 1)
    ]


def send_all(world: World) -> None:
    """Let Telegram take all that can be claimed."""
    while letters := claim_letters(50):
        write_outcomes([take(letter) for letter in letters])


def take(letter: Letter) -> Any:
    number = 9_000_000 + letter.row.pk
    return accepted(letter, Accepted(number, text="…", said_at=NOW), at=NOW)


def states(broadcast: Broadcast) -> list[tuple[str, str]]:
    return list(broadcast.deliveries.order_by("pk").values_list("state", "reason"))


def state(broadcast: Broadcast) -> str:
    return Broadcast.objects.values_list("state", flat=True).get(pk=broadcast.pk)


def test_stf_05_a_broadcast_reaches_each_chat_once(world: World) -> None:
    others = other_chats(world, 2)
    broadcast = release(world)
    for _ in range(3):
        announce(NOW)
    assert [world.texts_to(chat) for chat in (world.chat, *others)] == [[SENT_TEXT]] * 3
    send_all(world)
    announce(NOW)
    assert states(broadcast) == [("sent", "")] * 3
    assert state(broadcast) == "done"
    delivery = broadcast.deliveries.get(chat=world.chat)
    assert (delivery.telegram_chat_id, delivery.sent_at) == (world.chat.telegram_id, NOW)
    assert Message.objects.get(telegram_message_id=delivery.telegram_message_id or 0).sender == "bot"


def test_stf_05_only_the_segment_or_the_picked_chats_get_it(world: World) -> None:
    picked, other = other_chats(world, 2)
    segment = Segment.objects.create(name="Ромашка")
    segment.chats.add(world.chat)
    release(world, audience="segment", segment=segment)
    by_hand = draft(world, audience="picked", text="Вам")
    by_hand.chats.add(picked)
    release_broadcast(by_hand, start_at=None, now=NOW)
    announce(NOW)
    assert [world.texts_to(chat) for chat in (world.chat, picked, other)] == [[SENT_TEXT], ["Вам"], []]


def test_stf_05_who_is_left_out_is_kept_with_the_reason(world: World) -> None:
    opted_out, unreachable = other_chats(world, 2)
    Chat.objects.filter(pk=opted_out.pk).update(takes_broadcasts=False)
    Chat.objects.filter(pk=unreachable.pk).update(unreachable_since=NOW)
    broadcast = release(world)
    announce(NOW)
    assert states(broadcast) == [("queued", ""), ("skipped", "opted_out"), ("skipped", "unreachable")]


def test_stf_05_it_begins_by_itself_when_its_time_has_come(world: World) -> None:
    broadcast = release_broadcast(draft(world), start_at=SOON, now=NOW)
    announce(NOW)
    assert state(broadcast) == "scheduled"
    announce(SOON)
    assert state(broadcast) == "sending"
    assert world.texts_to(world.chat) == [SENT_TEXT]


def test_stf_05_the_audience_is_that_of_the_start(world: World) -> None:
    segment = Segment.objects.create(name="Базовые")
    segment.tiers.add(Tier.objects.get(code="basic"))
    chats = other_chats(world, 1, tier=Tier.objects.get(code="basic"))
    broadcast = release_broadcast(draft(world, audience="segment", segment=segment), start_at=SOON, now=NOW)
    Chat.objects.filter(pk=chats[0].pk).update(tier=world.chat.tier)
    announce(SOON)
    assert (state(broadcast), states(broadcast)) == ("done", [])  # nobody is left of it


def test_stf_05_two_who_press_send_it_once(world: World) -> None:
    broadcast = release(world)
    with pytest.raises(NotADraft):
        release_broadcast(broadcast, start_at=None, now=NOW)


def test_stf_05_nobody_to_write_to_and_a_start_in_the_past_are_refused(world: World) -> None:
    with pytest.raises(NobodyToWriteTo):
        release(world, audience="picked")
    with pytest.raises(StartInThePast):
        release_broadcast(draft(world), start_at=NOW, now=NOW)


def test_stf_05_a_scheduled_one_can_be_recalled_until_it_begins(world: World) -> None:
    broadcast = release_broadcast(draft(world), start_at=SOON, now=NOW)
    assert recall_broadcast(broadcast)
    announce(SOON)
    assert (state(broadcast), world.texts_to(world.chat)) == ("draft", [])
    release_broadcast(broadcast, start_at=None, now=SOON)
    announce(SOON)
    assert not recall_broadcast(broadcast)


def test_stf_05_stopped_on_the_way_it_goes_to_nobody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcer, "AHEAD", 3)
    other_chats(world, 4)
    broadcast = release(world)
    announce(NOW)
    [under_way] = claim_letters(1)
    assert stop_broadcast(broadcast, now=NOW)
    announce(NOW)
    assert [name for name, _why in states(broadcast)] == ["queued", *["stopped"] * 4]
    assert OutgoingMessage.objects.filter(state="cancelled").count() == 2
    write_outcomes([take(under_way)])  # what was on its way has arrived
    announce(NOW)
    assert [name for name, _why in states(broadcast)] == ["sent", *["stopped"] * 4]
    assert (state(broadcast), stop_broadcast(broadcast, now=NOW)) == ("stopped", False)


def test_stf_05_a_copy_that_is_to_be_tried_again_is_stopped_too(world: World) -> None:
    broadcast = release(world)
    announce(NOW)
    [letter] = claim_letters(1)
    stop_broadcast(broadcast, now=NOW)
    announce(NOW)
    write_outcomes([failed(letter, Failure(Meaning.TRY_AGAIN, "Bad Gateway"), at=NOW)])
    announce(NOW)
    assert states(broadcast) == [("stopped", "")]


def test_stf_05_the_outbox_holds_a_few_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcer, "AHEAD", 3)
    other_chats(world, 6)
    broadcast = release(world)
    for _ in range(2):
        announce(NOW)
    assert OutgoingMessage.objects.count() == 3
    send_all(world)
    announce(NOW)
    assert OutgoingMessage.objects.count() == 6
    send_all(world)
    announce(NOW)
    send_all(world)
    announce(NOW)
    assert states(broadcast) == [("sent", "")] * 7
    assert state(broadcast) == "done"


def test_out_08_alerts_and_replies_overtake_a_broadcast(world: World) -> None:
    other_chats(world, 3)
    release(world)
    announce(NOW)
    kept = {"audience": "staff", "recipient": world.manager, "payload": {"text": "!"}}
    alert = OutgoingMessage.objects.create(**kept, priority=OutgoingMessage.Priority.ALERT)
    assert [letter.row.pk for letter in claim_letters(1)] == [alert.pk]


def test_stf_05_blocked_and_refused_copies_are_counted_with_the_reason(world: World) -> None:
    other_chats(world, 2)
    broadcast = release(world)
    announce(NOW)
    gone, bad, good = claim_letters(3)
    write_outcomes([
        failed(gone, Failure(Meaning.UNREACHABLE, "Forbidden: bot was kicked"), at=NOW),
        failed(bad, Failure(Meaning.REFUSED, "Bad Request: message is too long"), at=NOW),
        take(good),
    ])  # fmt: skip
    announce(NOW)
    assert states(broadcast) == [("failed", "not_reached"), ("failed", "refused"), ("sent", "")]
    assert state(broadcast) == "done"
    assert Chat.objects.get(pk=world.chat.pk).unreachable_since == NOW


def test_out_04_many_refused_copies_are_one_notice_to_admins(world: World) -> None:
    other_chats(world, 3)
    release(world)
    announce(NOW)
    refused = Failure(Meaning.REFUSED, "Bad Request")
    write_outcomes([failed(letter, refused, at=NOW) for letter in claim_letters(4)])
    assert len(world.sent_to(world.admin)) == 1


def test_stf_05_a_failed_copy_that_is_sent_again_counts_as_delivered(world: World) -> None:
    broadcast = release(world)
    announce(NOW)
    [letter] = claim_letters(1)
    write_outcomes([failed(letter, Failure(Meaning.REFUSED, "Bad Request"), at=NOW)])
    OutgoingMessage.objects.filter(pk=letter.row.pk).update(state="queued")
    send_all(world)
    assert states(broadcast) == [("sent", "")]


def test_stf_05_a_chat_that_left_or_opted_out_meanwhile_is_left_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcer, "AHEAD", 0)
    left, opted_out = other_chats(world, 2)
    broadcast = release(world)
    announce(NOW)
    Chat.objects.filter(pk=left.pk).update(life_cycle="left")
    Chat.objects.filter(pk=opted_out.pk).update(takes_broadcasts=False)
    monkeypatch.setattr(announcer, "AHEAD", 100)
    announce(NOW)
    assert states(broadcast) == [("queued", ""), ("skipped", "gone"), ("skipped", "opted_out")]


def test_stf_05_a_chat_that_migrates_meanwhile_gets_it_at_its_new_address(world: World) -> None:
    broadcast = release(world)
    announce(NOW)
    migrate_chat(old_telegram_id=world.chat.telegram_id, new_telegram_id=-1003000000001)
    send_all(world)
    assert broadcast.deliveries.get().telegram_chat_id == -1003000000001


def test_stf_05_a_crash_in_the_middle_leaves_nothing_out_and_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcer, "AHEAD", 2)
    other_chats(world, 4)
    broadcast = release(world)
    with monkeypatch.context() as broken:
        broken.setattr(announcer, "skip_deliveries", _crash)
        with pytest.raises(ZeroDivisionError):
            announce(NOW)
    assert not OutgoingMessage.objects.exists()
    for _ in range(5):
        announce(NOW)
        send_all(world)
    announce(NOW)
    assert (state(broadcast), len(states(broadcast)), OutgoingMessage.objects.count()) == ("done", 5, 5)


def _crash(*_args: Any) -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("became", "told"),
    [
        ("sent", ("sent", "")),
        ("undelivered", ("failed", "refused")),
        ("cancelled", ("stopped", "")),
        ("gone", ("stopped", "")),
    ],
)
def test_stf_05_a_copy_whose_result_was_lost_does_not_wait_for_ever(
    world: World, became: str, told: tuple[str, str]
) -> None:
    broadcast = release(world)
    announce(NOW)
    row = OutgoingMessage.objects.filter(dedupe_key__startswith=f"broadcast:{broadcast.pk}:")
    row.delete() if became == "gone" else row.update(state=became)  # as the last resort of bot/results.py
    announce(NOW)
    assert states(broadcast) == [told]
    assert state(broadcast) == "done"


def test_stf_05_a_result_that_cannot_be_written_is_made_up_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    broadcast = release(world)
    announce(NOW)
    [letter] = claim_letters(1)
    with monkeypatch.context() as broken:
        broken.setattr(results, "tell_mailings", _refuse)
        write_outcomes([take(letter)])
    assert states(broadcast) == [("queued", "")]
    announce(NOW)
    assert (states(broadcast), state(broadcast)) == ([("sent", "")], "done")
    assert not claim_letters(1)


def _refuse(*_args: Any) -> None:
    raise DataError("value out of range")


def test_stf_05_two_feeders_at_once_and_one_that_dies_make_one_message_a_chat(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcer, "AHEAD", 40)
    world = build()
    other_chats(world, 59)
    broadcast = release(world)
    begin_broadcast(broadcast.pk, now=NOW)
    with ThreadPoolExecutor(3) as pool:
        fates = list(pool.map(_feed, [False, True, False]))
    assert fates.count("died") == 1
    for _ in range(4):
        announce(NOW)
        send_all(world)
    announce(NOW)
    rows = OutgoingMessage.objects.filter(audience="client")
    assert sorted(rows.values_list("chat", flat=True)) == sorted(Chat.objects.values_list("pk", flat=True))
    assert (state(broadcast), states(broadcast)) == ("done", [("sent", "")] * 60)


def _feed(is_killed: bool) -> str:
    """Feed the outbox in a process of its own, as it were; one that is killed commits nothing."""
    try:
        with transaction.atomic():
            announcer.feed(BROADCASTS)
            time.sleep(0.3)  # the others come while this one holds its copies
            if is_killed:
                raise ZeroDivisionError
    except ZeroDivisionError:
        return "died"
    finally:
        connection.close()
    return "done"
