"""Calendars that change, and what that does to requests (WT-09, WT-10, TIM-04)."""

from datetime import UTC, date, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from bot.models import OutgoingMessage
from buhbot.models import Calendar, CalendarException, CalendarVersion, Chat, Tier
from buhbot.services.calendars import current_version
from buhbot.services.production import follow, load_missing, load_years, unknown_years
from sla import services
from sla.models import Alert, ChatPolicy, Policy, Request, RequestEvent
from sla.selectors import calendar_version_of, outdated_requests, policy_of
from tests.flows.world import World, minutes

MOSCOW = ZoneInfo("Europe/Moscow")
TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def firm() -> Calendar:
    return Calendar.objects.get(is_default=True)


def loaded(year: int) -> dict[str, str]:
    rows = CalendarException.objects.filter(calendar=firm(), date__year=year)
    return {f"{row.date:%m-%d}": row.hours for row in rows}


@pytest.mark.parametrize(
    ("asked_at", "due_at"),
    [
        ("2026-05-08T16:50", "2026-05-12T09:50"),
        ("2025-11-01T16:30", "2025-11-05T09:30"),
        ("2025-12-30T17:30", "2026-01-12T09:30"),
    ],
)
def test_wt_09_a_question_before_the_holidays_is_due_after_them(
    world: World, asked_at: str, due_at: str
) -> None:
    call_command("load_production_calendar", 2025, 2026, stdout=StringIO())
    world.client_says("Где акт?", moscow(asked_at))
    assert world.request().due_at.astimezone(MOSCOW) == moscow(due_at)


def test_wt_09_loading_again_changes_nothing_and_writes_no_version(world: World) -> None:
    assert load_years([2025, 2026]) == [firm()]
    before = loaded(2026)
    assert before["05-08"] == "09:00-17:00"
    assert load_years([2025, 2026]) == []
    assert (loaded(2026), CalendarVersion.objects.filter(calendar=firm()).count()) == (before, 2)


def test_wt_09_what_was_edited_by_hand_stays(world: World) -> None:
    firm().exceptions.create(date=date(2026, 5, 8), hours="09:00-14:00")
    firm().exceptions.create(date=date(2026, 3, 2), hours="")
    load_years([2026])
    assert (loaded(2026)["05-08"], loaded(2026)["03-02"], loaded(2026)["05-11"]) == ("09:00-14:00", "", "")


def test_wt_09_only_calendars_that_ask_for_it_are_loaded(world: World) -> None:
    always = Calendar.objects.create(name="24/7", weekly={str(day): "00:00-24:00" for day in range(1, 8)})
    load_years([2026])
    assert not always.exceptions.exists()


def test_wt_09_a_new_week_moves_the_short_days_and_a_calendar_may_stop_following(world: World) -> None:
    load_years([2026])
    calendar = firm()
    calendar.weekly = calendar.weekly | {"5": "10:00-20:00"}
    calendar.save()
    follow(calendar, now=moscow("2026-05-01T10:00"))
    assert loaded(2026)["05-08"] == "10:00-19:00"
    calendar.follows_production_calendar = False
    calendar.save()
    follow(calendar, now=moscow("2026-05-01T10:00"))
    assert (loaded(2026), current_version(calendar).exceptions) == ({}, {})


def test_wt_09_each_1_december_brings_the_next_year_by_itself(world: World) -> None:
    load_missing(moscow("2025-11-30T23:59"))
    assert (len(loaded(2025)) > 0, loaded(2026)) == (True, {})
    load_missing(moscow("2025-12-01T00:10"))
    assert loaded(2026)["01-09"] == ""


def test_wt_09_what_was_taken_out_by_hand_does_not_come_back_by_itself(world: World) -> None:
    load_missing(moscow("2026-01-10T10:00"))
    firm().exceptions.filter(date=date(2026, 12, 31)).delete()
    load_missing(moscow("2026-01-11T10:00"))
    assert "12-31" not in loaded(2026)


def test_wt_09_an_unknown_year_is_said_and_not_loaded(world: World) -> None:
    assert unknown_years(datetime(2089, 12, 31, 22, tzinfo=UTC)) == [2090, 2091]
    with pytest.raises(CommandError, match="2090"):
        call_command("load_production_calendar", 2026, 2090)
    assert loaded(2026) == loaded(2090) == {}
    call_command("load_production_calendar", 2090, force=True, stdout=StringIO())
    assert loaded(2090)["05-09"] == ""


@pytest.fixture
def asked(world: World) -> World:
    world.client_says("Где акт?", TEN)
    return world


def target(minutes_: int, *, at: datetime) -> int:
    """Give the standard tier another target, and let the open requests follow."""
    Policy.objects.filter(tier__code="standard").update(target_minutes=minutes_)
    return services.recompute_outdated(at)


def day_off(day: date, *, at: datetime) -> int:
    """Close the firm on a date, and let the open requests follow."""
    firm().exceptions.create(date=day)
    current_version(firm())
    return services.recompute_outdated(at)


def notes() -> list[str]:
    return list(RequestEvent.objects.filter(kind="recomputed").values_list("note", flat=True))


def test_wt_10_the_chats_calendar_counts_else_its_tiers_else_the_firms(world: World) -> None:
    of_chat, of_tier = (Calendar.objects.create(name=name) for name in ("чат", "тариф"))
    for calendar in (of_chat, of_tier):
        current_version(calendar)
    assert calendar_version_of(world.chat).calendar == firm()
    Tier.objects.filter(code="standard").update(calendar=of_tier)
    assert calendar_version_of(world.chat).calendar == of_tier
    Chat.objects.update(calendar=of_chat)
    assert calendar_version_of(world.chat).calendar == of_chat


def test_alr_01_the_chats_policy_counts_else_its_tiers_else_the_firms(world: World) -> None:
    override = Policy.objects.create(name="только этот чат")
    ChatPolicy.objects.create(chat=world.chat, policy=override)
    assert policy_of(world.chat) == override
    override.chats.all().delete()
    assert policy_of(world.chat) == Policy.objects.get(tier__code="standard")
    Policy.objects.filter(tier__code="standard").delete()
    assert policy_of(world.chat).is_default


def test_tim_04_a_holiday_moves_due_and_the_alert_with_it(asked: World) -> None:
    assert day_off(TEN.date(), at=TEN + minutes(5)) == 1
    request = asked.request()
    assert request.due_at == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)  # Wednesday, 10:00
    assert notes() == ["24.11.2026 11:00 → 25.11.2026 10:00"]
    asked.passes(TEN + minutes(90))
    assert asked.levels() == []
    asked.passes(datetime(2026, 11, 25, 7, 0, tzinfo=UTC))
    assert asked.levels() == [1]


def test_tim_04_a_tier_change_moves_open_requests_only(asked: World) -> None:
    asked.says(asked.accountant, "Готово", TEN + minutes(5))
    closed = Request.objects.values().get()
    events = list(RequestEvent.objects.values())
    asked.client_says("А счёт?", TEN + minutes(10))
    Chat.objects.update(tier=Tier.objects.get(code="premium"))
    assert services.recompute_outdated(TEN + minutes(11)) == 1
    newer = Request.objects.latest("pk")
    assert (newer.target_minutes, newer.policy_name, newer.due_at) == (15, "Премиум", TEN + minutes(25))
    assert Request.objects.values().get(pk=closed["id"]) == closed
    assert list(RequestEvent.objects.filter(request=closed["id"]).values()) == events


def test_tim_04_what_changes_nothing_leaves_no_trace(asked: World) -> None:
    day_off(date(2027, 5, 3), at=TEN + minutes(1))
    assert services.recompute_requests(Request.objects.all(), now=TEN + minutes(2)) == 0
    assert (notes(), asked.request().notices_outdated) == ([], False)
    assert not outdated_requests().exists()
    assert asked.request().calendar_version == current_version(firm())


def test_tim_04_a_deadline_moved_into_the_past_fires_at_once(asked: World) -> None:
    target(15, at=TEN + minutes(20))
    asked.passes(TEN + minutes(20))
    request = asked.request()
    assert (request.warned_at, request.breached_at) == (TEN + minutes(12), TEN + minutes(15))
    assert asked.levels() == [1]
    assert len(asked.sent_to(asked.manager)) == 1


def test_tim_04_a_breach_that_has_become_none_is_withdrawn(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    OutgoingMessage.objects.update(state="sent", telegram_message_id=1)
    target(120, at=TEN + minutes(61))
    asked.passes(TEN + minutes(61))
    request = asked.request()
    assert (request.breached_at, request.level, request.fires_at) == (None, 0, TEN + minutes(96))
    assert RequestEvent.objects.filter(kind="breach_withdrawn").count() == 1
    edit = asked.sent_to(asked.manager)[-1]
    assert (edit.method, "🟢" in edit.payload["text"]) == ("editMessageText", True)


def test_tim_04_an_alert_that_was_not_sent_yet_is_not_sent_when_it_is_none(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    services.fire_due(TEN + minutes(90))  # the escalation is not told yet
    target(240, at=TEN + minutes(91))
    asked.passes(TEN + minutes(91))
    assert {message.state for message in asked.sent_to(asked.manager)} == {"cancelled"}
    assert Alert.objects.filter(withdrawn_at=None).count() == 0


def test_tim_04_the_same_breach_comes_again_and_is_told_again(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    target(120, at=TEN + minutes(61))
    asked.passes(TEN + minutes(61))
    target(60, at=TEN + minutes(62))
    asked.passes(TEN + minutes(62))
    assert asked.request().breached_at == TEN + minutes(60)
    assert [message.state for message in asked.sent_to(asked.manager)] == ["cancelled", "queued"]


def test_tim_04_a_warning_that_nobody_was_sent_is_armed_again(asked: World) -> None:
    services.fire_due(TEN + minutes(48))  # noticed, not told yet
    target(120, at=TEN + minutes(49))
    asked.passes(TEN + minutes(49))
    assert (asked.request().warned_at, asked.sent_to(asked.accountant)) == (None, [])
    asked.passes(TEN + minutes(96))
    assert len(asked.sent_to(asked.accountant)) == 1


def test_tim_04_a_warning_that_was_sent_is_not_sent_twice(asked: World) -> None:
    asked.passes(TEN + minutes(48))
    OutgoingMessage.objects.update(state="sent", telegram_message_id=1)
    target(120, at=TEN + minutes(49))
    asked.passes(TEN + minutes(96))
    assert [message.method for message in asked.sent_to(asked.accountant)] == [
        "sendMessage",
        "editMessageText",
    ]
    assert asked.request().fires_at == TEN + minutes(120)


def test_tim_04_a_breach_that_stays_one_escalates_by_the_new_policy(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    Policy.objects.filter(tier__code="standard").update(target_minutes=50, escalation_minutes=100)
    services.recompute_outdated(TEN + minutes(61))
    request = asked.request()
    assert (request.breached_at, request.level) == (TEN + minutes(50), 1)
    assert request.next_escalation_at == request.fires_at == TEN + minutes(150)


def test_tim_04_an_acknowledged_breach_keeps_its_hold(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    services.acknowledge(asked.request().pk, actor=asked.manager, now=TEN + minutes(70))
    target(65, at=TEN + minutes(71))
    assert asked.request().next_escalation_at == TEN + minutes(130)


def test_tim_04_the_command_brings_all_open_requests_up_to_date(asked: World) -> None:
    Policy.objects.filter(tier__code="standard").update(target_minutes=30)
    out = StringIO()
    call_command("recompute_deadlines", stdout=out)
    assert "1 of 1" in out.getvalue()
    assert asked.request().due_at == TEN + minutes(30)
