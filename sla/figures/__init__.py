"""Figures about requests: everything that shows a number takes it from here (principle 8, ADM-01, ADM-07).

Each selector starts from the requests that the person may see. What is counted, and what counts as in time, is said
in `sla/figures/terms.py` and for managers in docs/sla.md.
"""

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
from sla.figures.terms import BY_FAQ, IN_TIME, Period, counted, missed, overdue
from sla.figures.waits import Aged, Late, backlog, late_by

__all__ = [
    "BY_FAQ",
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
    "volume_by_hour",
]
