"""The part of the configuration that is of this room: policies (BAK-03)."""

from buhbot.configuration import Table
from sla.models import Policy

PARTS = (
    Table(
        "policies",
        Policy,
        ("name",),
        (
            "is_default",
            "tier",
            "target_minutes",
            "warning_percent",
            "escalation_minutes",
            "max_level",
            "acknowledge_minutes",
        ),
        links={"tier": "code"},
    ),
)
