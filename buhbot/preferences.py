"""Settings of the firm: defaults live here, the table keeps what was chosen differently (principle 9)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from buhbot.models import Preference


@dataclass(frozen=True, slots=True)
class Preferences:
    """Every setting with its default."""

    any_staff_answers: bool = False  # ANS-02: any staff member's message ends a request
    anonymous_admins_answer: bool = False  # REQ-02: an anonymous administrator counts as staff
    files_open_requests: bool = False  # REQ-03: a file without a caption opens a request


KEYS = frozenset(field.name for field in fields(Preferences))


def preferences() -> Preferences:
    """Read the settings in force, in one query."""
    return chosen(dict(Preference.objects.values_list("key", "value")))


def chosen(overrides: Mapping[str, Any]) -> Preferences:
    """Return the settings with what was chosen differently. A key that is not known any more is passed over."""
    return replace(Preferences(), **{key: value for key, value in overrides.items() if key in KEYS})
