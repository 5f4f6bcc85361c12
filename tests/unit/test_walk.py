"""The walk over the dates between opening and due (ADM-03), by examples and against the oracle."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buhbot.walk import walk
from buhbot.worktime import NoWorkingTime, WorkCalendar
from tests.unit.test_worktime import ALWAYS, DAY, LUNCH, MINUTE, NIGHTS, OFFICE, ZERO, at, cases, minute
from tests.unit.worktime_oracle import Oracle


def told(calendar: WorkCalendar, start: datetime, end: datetime) -> list[str]:
    return [
        f"{day.date:%d.%m} {day.kind} "
        + " ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in day.spans)
        for day in walk(calendar, start, end)
    ]


EXCEPTIONS: dict[date, list[tuple[str, str]]] = {
    date(2026, 2, 6): [("09:00", "17:00")],
    date(2026, 2, 7): [("10:00", "12:00")],
    date(2026, 2, 9): [],
}


@pytest.mark.parametrize(
    ("calendar", "start", "end", "days"),
    [
        pytest.param(
            WorkCalendar("Europe/Moscow", OFFICE, EXCEPTIONS),
            "2026-02-06T16:30",
            "2026-02-10T09:30",
            [
                "06.02 short 16:30-17:00",
                "07.02 extra 10:00-12:00",
                "08.02 weekend ",
                "09.02 holiday ",
                "10.02 working 09:00-09:30",
            ],
            id="a short day, a working Saturday, a holiday",
        ),
        pytest.param(
            WorkCalendar("Europe/Moscow", LUNCH),
            "2026-02-03T20:00",
            "2026-02-04T15:00",
            ["03.02 closed ", "04.02 working 09:00-13:00 14:00-15:00"],
            id="after hours, and a lunch",
        ),
        pytest.param(
            WorkCalendar("Europe/Moscow", NIGHTS),
            "2026-02-03T23:00",
            "2026-02-04T22:30",
            ["03.02 working 23:00-00:00", "04.02 working 00:00-06:00 22:00-22:30"],
            id="a night belongs to both dates",
        ),
        pytest.param(
            WorkCalendar("Europe/Moscow", ALWAYS),
            "2026-02-03T23:30",
            "2026-02-05T00:00",
            ["03.02 working 23:30-00:00", "04.02 working 00:00-00:00"],
            id="always open",
        ),
    ],
)
def test_adm_03_each_date_has_its_spans_or_a_reason(
    calendar: WorkCalendar, start: str, end: str, days: list[str]
) -> None:
    assert told(calendar, at(start), at(end)) == days


def test_wt_04_a_night_in_spring_counts_its_real_hour() -> None:
    calendar = WorkCalendar("Europe/Berlin", {7: [("02:00", "04:00")]})
    night = next(
        walk(calendar, at("2026-03-29T00:00", "Europe/Berlin"), at("2026-03-30T00:00", "Europe/Berlin"))
    )
    assert (f"{night.spans[0][0]:%H:%M}", night.worked) == ("03:00", timedelta(hours=1))


def test_a_walk_of_no_time_touches_no_date() -> None:
    assert (
        told(WorkCalendar("UTC", ALWAYS), datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
        == []
    )


@settings(max_examples=200, deadline=None)
@given(cases(), minute, st.integers(1, 2880).map(lambda minutes: minutes * MINUTE))
def test_adm_03_the_spans_add_up_to_the_target(case, shift, target) -> None:
    arguments, middle = case
    calendar, start = WorkCalendar(*arguments), middle + shift
    try:
        due = calendar.deadline(start, target)
    except NoWorkingTime:
        return
    if due - start > 60 * DAY:
        return
    days = list(walk(calendar, start, due))
    assert sum((day.worked for day in days), ZERO) == target
    assert all(later.date - earlier.date == DAY for earlier, later in pairwise(days))
    # In UTC: within one zone Python compares what the clocks show, which an autumn night shows twice.
    spans = [[at.astimezone(UTC) for at in span] for day in days for span in day.spans]
    assert all(start <= opens < closes <= due for opens, closes in spans)
    assert bool(days[-1].spans)


@settings(max_examples=60, deadline=None)
@given(cases(), minute, minute)
def test_adm_03_each_date_agrees_with_the_oracle(case, one, other) -> None:
    arguments, middle = case
    oracle, start, end = Oracle(*arguments), middle + min(one, other), middle + max(one, other)
    days = list(walk(WorkCalendar(*arguments), start, end))
    for day in days:
        spans = [(opens.astimezone(UTC), closes.astimezone(UTC)) for opens, closes in day.spans]
        assert day.worked == sum((oracle.elapsed(*span) for span in spans), ZERO)
        # Clocks that go back over midnight (Newfoundland until 2011) show the end of the day before once more.
        assert {opens.date() for opens, _ in day.spans if not opens.fold} <= {day.date}
    assert sum((day.worked for day in days), ZERO) == oracle.elapsed(start, end)
