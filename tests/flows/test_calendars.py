"""Calendars that change, and what that does to requests (WT-09, WT-10, TIM-04)."""

from datetime import UTC, date, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from buhbot.models import Calendar, CalendarException, CalendarVersion
from buhbot.services.calendars import current_version
from buhbot.services.production import follow, load_missing, load_years, unknown_years
from tests.flows.world import World

MOSCOW = ZoneInfo("Europe/Moscow")


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
