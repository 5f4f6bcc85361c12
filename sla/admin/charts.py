"""Charts of figures: what Chart.js is to draw, as data (`buhbot/static/buhbot/charts.js` draws it).

Colours are names that the style sheet knows in light and dark. Each chart has a sentence for who cannot see it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from sla.figures import Row, Score

SHOWN_BARS = 15


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: its kind (`line`, `bars`, `stack`, `across`), data for the page, and words for screen readers."""

    kind: str
    data: str
    title: str
    said: str
    height: int = 16  # rem


def chart_data(labels: Sequence[str], series: Iterable[tuple[str, str, list[Any]]], unit: str = "") -> str:
    """Return what the page draws: labels, and series of a name, a colour and values."""
    sets = [{"label": str(label), "colour": colour, "data": values} for label, colour, values in series]
    return json.dumps(
        {"labels": [str(label) for label in labels], "unit": unit, "sets": sets}, ensure_ascii=False
    )


def minutes(value: timedelta | None) -> float | None:
    """Return a duration in minutes, for people who reckon with it."""
    return None if value is None else round(value.total_seconds() / 60, 1)


def response_by_day(days: list[tuple[date, Score]]) -> Chart:
    """Draw the median and p90 of each day; a day without answers is a gap."""
    series = [
        (_("median"), "primary", [minutes(found.median) for _day, found in days]),
        (_("p90"), "warn", [minutes(found.p90) for _day, found in days]),
    ]
    medians = [(minutes(found.median), day) for day, found in days if found.median is not None]
    said = _("There were no answers.")
    if medians:
        worst, day = max(medians, key=lambda pair: pair[0] or 0)
        said = _("By day; the slowest was %(day)s with a median of %(minutes)s min.")
        said %= {"day": f"{day:%d.%m}", "minutes": worst}
    return Chart(
        "line", chart_data(_labels(days), series, _("min")), _("Response time, working minutes"), said
    )


def volume_by_day(days: list[tuple[date, Score]]) -> Chart:
    """Draw how the requests of each day were served."""
    said = _("Requests by day: %(count)d in all.") % {"count": sum(found.opened for _day, found in days)}
    scores = [found for _day, found in days]
    return Chart("stack", chart_data(_labels(days), _served(scores)), _("Requests by day of opening"), said)


def served_by_row(rows: list[Row], *, title: str, nameless: str) -> Chart:
    """Draw a bar for each row, the busiest first: in time, missed, not due yet."""
    shown = rows[:SHOWN_BARS]
    names = [row.name or nameless for row in shown]
    said = "; ".join(
        _("%(name)s: %(in_time)d in time, %(missed)d missed")
        % {"name": name, "in_time": row.score.in_time, "missed": row.score.missed}
        for name, row in zip(names, shown, strict=True)
    )
    height = max(8, 4 + 2 * len(shown))
    return Chart("across", chart_data(names, _served([row.score for row in shown])), title, said, height)


def bars(labels: list[str], series: list[tuple[str, str, list[int]]], *, title: str) -> Chart:
    """Draw counts by steps."""
    total = [sum(values) for values in zip(*(values for _label, _colour, values in series), strict=True)]
    said = "; ".join(f"{label}: {count}" for label, count in zip(labels, total, strict=True))
    return Chart("stack", chart_data(labels, series), title, said)


def _served(scores: list[Score]) -> list[tuple[str, str, list[int]]]:
    return [
        (_("in time"), "good", [found.in_time for found in scores]),
        (_("missed"), "bad", [found.missed for found in scores]),
        (_("not due yet"), "plain", [found.waiting for found in scores]),
    ]


def _labels(days: list[tuple[date, Score]]) -> list[str]:
    return [f"{day:%d.%m}" for day, _found in days]
