"""Figures about requests: everything that shows a number takes it from here (principle 8, ADM-01, ADM-07).

Each selector starts from the requests that the person may see. What is counted, and what counts as in time, is said
in `sla/figures/terms.py` and for managers in docs/sla.md.
"""

from sla.figures.alerts import Acknowledged, Alerted, acknowledged, alerted, alerted_rows, taken_rows
from sla.figures.recent import this_month, this_week, today
from sla.figures.scores import (
    Row,
    Score,
    by_accountant,
    by_chat,
    by_day,
    by_tier,
    owned_by,
    score,
    volume_by_hour,
)
from sla.figures.terms import IN_TIME, Period, counted, firm_zone, measures, missed, overdue
from sla.figures.waits import (
    AGE_STEPS,
    LATE_STEPS,
    Aged,
    Late,
    Waiting,
    aged_rows,
    backlog,
    late_by,
    late_rows,
    waiting_now,
)

__all__ = [
    "AGE_STEPS",
    "IN_TIME",
    "LATE_STEPS",
    "Acknowledged",
    "Aged",
    "Alerted",
    "Late",
    "Period",
    "Row",
    "Score",
    "Waiting",
    "acknowledged",
    "aged_rows",
    "alerted",
    "alerted_rows",
    "backlog",
    "by_accountant",
    "by_chat",
    "by_day",
    "by_tier",
    "counted",
    "firm_zone",
    "late_by",
    "late_rows",
    "measures",
    "missed",
    "overdue",
    "owned_by",
    "score",
    "taken_rows",
    "this_month",
    "this_week",
    "today",
    "volume_by_hour",
    "waiting_now",
]
