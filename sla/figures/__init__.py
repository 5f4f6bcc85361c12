"""Figures about requests: everything that shows a number takes it from here (principle 8, ADM-01, ADM-07).

Each selector starts from the requests that the person may see. What is counted, and what counts as in time, is said
in `sla/figures/terms.py` and for managers in docs/sla.md.
"""

from sla.figures.recent import this_month, this_week, today
from sla.figures.scores import (
    Row,
    Score,
    by_accountant,
    by_chat,
    by_day,
    by_tier,
    score,
    volume_by_hour,
)
from sla.figures.terms import IN_TIME, Period, counted, missed, overdue
from sla.figures.waits import Aged, Late, backlog, late_by

__all__ = [
    "IN_TIME",
    "Aged",
    "Late",
    "Period",
    "Row",
    "Score",
    "backlog",
    "by_accountant",
    "by_chat",
    "by_day",
    "by_tier",
    "counted",
    "late_by",
    "missed",
    "overdue",
    "score",
    "this_month",
    "this_week",
    "today",
    "volume_by_hour",
]
