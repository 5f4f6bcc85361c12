"""Calendars, edited as text."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from buhbot.models import CalendarVersion, Role
from buhbot.services.production import load_years
from tests.admin.firm import Firm, calendar
from tests.admin.visits import counted, page, press, told


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


def previewed(firm: Firm, **form: Any) -> str:
    given = calendar_form() | {"preview_at": "2026-11-27T17:30", "preview_minutes": "60"} | form
    answer = firm.browser(Role.MANAGER).post(reverse("admin:buhbot_calendar_preview"), given)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_preview_tells_when_a_request_would_be_due(firm: Firm) -> None:  # ADM-05
    text = previewed(firm)
    assert "На запрос, пришедший пт 27.11 в 17:30, нужно ответить до пн 30.11 09:30." in text
    assert "пт 27.11, 17:30–18:00 = 30 мин" in text


def test_a_preview_takes_what_is_not_saved_yet(firm: Firm) -> None:  # ADM-05
    date = {
        "exceptions-TOTAL_FORMS": 1,
        "exceptions-0-date": "30.11.2026",
        "exceptions-0-hours": "",
    }
    assert "до вт 01.12 11:00" in previewed(firm, day_2="10:30-12:00", **date)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"day_1": "с 9 до 6"}, "не удалось прочитать"),
        ({f"day_{day}": "" for day in range(1, 8)}, "Никогда"),
        ({"preview_at": ""}, "Укажите дату"),
        ({"preview_at": "9999-12-31T23:59"}, "Укажите дату"),
        ({"preview_minutes": "-5"}, "Укажите дату"),
        ({"preview_minutes": "9" * 40}, "Укажите дату"),
        ({"exceptions-TOTAL_FORMS": "1", "exceptions-0-date": "31.02.2026"}, "Укажите дату"),
        ({"exceptions-TOTAL_FORMS": "9" * 30}, "нужно ответить"),
        ({"time_zone": "../etc/passwd"}, "Нет такого часового пояса: «../etc/passwd»"),
        ({"time_zone": ""}, "Нет такого часового пояса"),
        ({"time_zone": "Europe/Berlin"}, "нужно ответить"),
    ],
)
def test_a_preview_of_nonsense_is_refused_in_words(firm: Firm, form: dict[str, str], words: str) -> None:
    assert words in previewed(firm, **form)  # quality: bad input


def test_the_year_tells_kinds_of_days_apart(firm: Firm) -> None:  # ADM-05, WT-09
    row = calendar()
    row.follows_production_calendar = True
    row.save()
    load_years([2025], calendars=[row])
    row.exceptions.create(date=date(2025, 6, 2), hours="", note="Переезд")
    text = page(firm, Role.OBSERVER, "buhbot_calendar_year", row.pk, year=2025)
    for words in ("bb-day-moved", "bb-day-short", "bb-day-holiday", "выходной · Переезд", "Ноябрь", "пн"):
        assert words in text
    assert text.count("bb-own") == 2  # the day, and the legend


@pytest.mark.parametrize("year", ["x", "0", "99999", "²²²²", ""])
def test_a_year_out_of_nowhere_is_this_one(firm: Firm, year: str) -> None:  # quality: bad input
    page(firm, Role.MANAGER, "buhbot_calendar_year", calendar().pk, year=year)


def test_saving_says_that_nothing_moves(firm: Firm) -> None:  # ADM-05, TIM-04
    answer = press(firm, Role.MANAGER, "buhbot_calendar_change", calendar().pk, **calendar_form())
    assert "Сроки открытых запросов не изменились." in told(answer)


def test_whoever_saves_over_another_ones_change_is_told(firm: Firm) -> None:  # quality: bad input
    shown = page(firm, Role.MANAGER, "buhbot_calendar_change", calendar().pk)
    form = calendar_form() | {"seen": shown.split('name="seen" value="')[1].split('"')[0]}
    first = press(
        firm, Role.ADMIN, "buhbot_calendar_change", calendar().pk, **form | {"day_1": "10:00-12:00"}
    )
    assert first.redirect_chain
    late = press(
        firm, Role.MANAGER, "buhbot_calendar_change", calendar().pk, **form | {"day_2": "10:00-12:00"}
    )
    assert "изменил кто-то другой; ничего не сохранено" in late.content.decode()
    assert calendar().weekly["2"] == "09:00-18:00"


@pytest.mark.parametrize(
    "changed",
    [
        {"exceptions-0-date": "31.02.2026"},
        {"exceptions-0-date": "01.01.0001"},
        {"exceptions-0-date": "01.01.9999"},
        {"exceptions-0-date": "x" * 10_000},
        {"exceptions-0-date": "01.12.2026", "exceptions-0-hours": "25:00-26:00"},
        {"exceptions-0-date": "01.12.2026", "exceptions-0-note": "я" * 10_000},
        {"exceptions-0-date": "01.12.2026", "exceptions-0-id": "999", "exceptions-INITIAL_FORMS": "1"},
        {"name": "я" * 10_000},
        {"name": ""},
        {"name": "a\0b"},
        {"time_zone": "Mars/Olympus"},
        {"day_3": "09:00-"},
        {"day_3": "0" * 10_000},
    ],
)
def test_a_forged_form_of_a_calendar_saves_nothing(firm: Firm, changed: dict[str, Any]) -> None:
    """Refused with a sentence, and not by halves."""  # quality: bad input
    date = {"exceptions-TOTAL_FORMS": 1, "exceptions-0-calendar": calendar().pk}
    form = calendar_form(day_1="10:00-11:00") | date | changed
    answer = press(firm, Role.MANAGER, "buhbot_calendar_change", calendar().pk, **form)
    assert not answer.redirect_chain
    assert answer.context["errors"]
    assert calendar().weekly["1"] == "09:00-18:00"
    assert not calendar().exceptions.exists()


@pytest.mark.parametrize("name", ["buhbot_calendar_change", "buhbot_calendar_year"])
def test_pages_of_a_calendar_cost_the_same_however_many_dates_it_has(firm: Firm, name: str) -> None:  # ADM-12
    def cost() -> int:
        browser, address = firm.browser(Role.MANAGER), reverse(f"admin:{name}", args=[calendar().pk])
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return counted(queries)

    calendar().exceptions.create(date=date(2026, 10, 1), hours="")
    cost()  # types of content are read once
    before = cost()
    for day in range(1, 29):
        calendar().exceptions.create(date=date(2026, 11, day), hours="")
    assert cost() == before
    assert before <= 12
