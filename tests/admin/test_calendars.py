"""Calendars, edited as text."""

from typing import Any

from buhbot.models import CalendarVersion, Role
from tests.admin.firm import Firm, calendar
from tests.admin.visits import press


def calendar_form(**days: str) -> dict[str, Any]:
    row = calendar()
    week = {f"day_{day}": hours for day, hours in row.weekly.items()}
    form = {"name": row.name, "time_zone": row.time_zone, "is_default": "on"}
    exceptions = {"exceptions-TOTAL_FORMS": 0, "exceptions-INITIAL_FORMS": 0}
    return form | week | exceptions | days


def test_saving_a_calendar_makes_a_new_version(firm: Firm) -> None:  # REQ-06
    new_date = {
        "exceptions-TOTAL_FORMS": 1,
        "exceptions-0-calendar": calendar().pk,
        "exceptions-0-date": "31.12.2026",
        "exceptions-0-hours": "09:00-12:00",
        "exceptions-0-note": "Короткий день",
    }
    form = calendar_form(day_1="09:00-13:00, 14:00-18:00") | new_date
    press(firm, Role.MANAGER, "buhbot_calendar_change", calendar().pk, **form)
    newest = CalendarVersion.objects.order_by("-number")[0]
    assert newest.number == 2
    assert newest.weekly["1"] == "09:00-13:00, 14:00-18:00"
    assert newest.exceptions == {"2026-12-31": "09:00-12:00"}


def test_hours_that_cannot_be_read_are_named(firm: Firm) -> None:  # ADM-12
    answer = press(
        firm, Role.ADMIN, "buhbot_calendar_change", calendar().pk, **calendar_form(day_2="с 9 до 6")
    )
    assert "«с 9 до 6» не удалось прочитать" in answer.content.decode()
    assert CalendarVersion.objects.count() == 1


def test_a_calendar_without_working_time_is_refused(firm: Firm) -> None:  # WT-06
    form = calendar_form(**{f"day_{day}": "" for day in range(1, 8)})
    answer = press(firm, Role.ADMIN, "buhbot_calendar_change", calendar().pk, **form)
    assert "В календаре нет рабочего времени" in answer.content.decode()
