"""Figures of ratings in words and charts: alike on Home, in the list, in reports (FBK-01)."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from feedback.rules import Quarter
from feedback.scores import STARS, Figure, Tally
from sla.admin.charts import Chart, chart_data

MINUS = "−"
DASH = "—"


def quarter_name(quarter: Quarter) -> str:
    """Name a quarter."""
    return _("Q%(number)d %(year)d") % {"number": quarter.number, "year": quarter.year}


def percent(value: float | None, *, digits: int = 0) -> str:
    """Write a share without its sign, in percent."""
    return DASH if value is None else number_format(round(value * 100, digits), digits).replace("-", MINUS)


def average_words(figure: Figure) -> str:
    """Write a mean rating."""
    return DASH if figure.value is None else number_format(round(figure.value, 2), 2)


def share_range(figure: Figure) -> str:
    """Write the interval of a share or an NPS in whole percent or points, as people read it."""
    if figure.interval is None:
        return DASH
    return f"{percent(figure.interval.low)}…{percent(figure.interval.high)}"


def mean_range(figure: Figure) -> str:
    """Write the interval of a mean."""
    if figure.interval is None:
        return DASH
    return f"{number_format(round(figure.interval.low, 1), 1)}…{number_format(round(figure.interval.high, 1), 1)}"


def rating_words(rating: int | None, kind: str) -> str:
    """Write a rating with its scale; none was withdrawn."""
    if rating is None:
        return pgettext("rating", "withdrawn")
    return f"{rating}\u00a0★" if kind == STARS else _("%(rating)d of 10") % {"rating": rating}


def main_figure(tally: Tally) -> Figure:
    """Return what the scale is mostly judged by: CSAT of stars, NPS of 0–10."""
    return tally.csat if tally.kind == STARS else tally.nps


def trend(rows: dict[Quarter, Tally], *, kind: str) -> Chart:
    """Draw CSAT or NPS quarter by quarter."""
    quarters = sorted(rows, key=lambda quarter: quarter.key)
    values = [main_figure(rows[quarter]).value for quarter in quarters]
    points = [None if value is None else round(value * 100, 1) for value in values]
    name = _("CSAT by quarter, percent") if kind == STARS else _("NPS by quarter")
    said = "; ".join(
        f"{quarter_name(quarter)}: {percent(value)} (N={rows[quarter].n})"
        for quarter, value in zip(quarters, values, strict=True)
    )
    data = chart_data([quarter_name(quarter) for quarter in quarters], [(name, "primary", points)])
    return Chart("line", data, name, said, 14)


def spread(tally: Tally) -> list[dict[str, Any]]:
    """Return the distribution for a page: each rating, its count, its share with the interval."""
    found = []
    for rating, count in tally.steps:
        figure = tally.share_of(rating)
        found.append(
            {
                "rating": rating,
                "count": count,
                "width": round((figure.value or 0) * 100),
                "share": percent(figure.value),
                "range": share_range(figure),
            }
        )
    return found


def tiles(tally: Tally) -> list[tuple[str, str, str]]:
    """Return the figures of a scale: name, value, N and interval."""
    told: list[tuple[str, Figure, str, str]] = [
        (_("Average"), tally.average, average_words(tally.average), mean_range(tally.average))
    ]
    if tally.kind == STARS:
        told.insert(0, ("CSAT", tally.csat, f"{percent(tally.csat.value)}\u00a0%", share_range(tally.csat)))
    else:
        told.insert(0, ("NPS", tally.nps, percent(tally.nps.value), share_range(tally.nps)))
    return [
        (name, value, _("N = %(n)d; 95 %%: %(range)s") % {"n": figure.n, "range": between})
        for name, figure, value, between in told
    ]
