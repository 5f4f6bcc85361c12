"""Change settings of the firm: the table keeps what differs from the defaults (principle 9, ADM-09)."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import connection, transaction

from buhbot.models import Preference
from buhbot.preferences import Preferences, preferences

LOCK = 0x6275_7072  # "bupr"
Values = Mapping[str, Any]


class ChangedMeanwhile(Exception):
    """Somebody else changed the same settings since the page was opened; `keys` names them."""

    def __init__(self, keys: list[str]) -> None:
        super().__init__(", ".join(keys))
        self.keys = keys


@transaction.atomic
def save_preferences(wanted: Values, *, seen: Values) -> dict[str, tuple[Any, Any]]:
    """Write down what differs from what the person saw; return before and after of what changed.

    What the person left as it was seen is not touched, whatever became of it meanwhile. Raises ChangedMeanwhile, and
    changes nothing, where somebody else chose yet another value.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    current = asdict(preferences())
    changed = {
        key: value for key, value in wanted.items() if value != seen.get(key) and value != current[key]
    }
    if stale := [key for key in changed if current[key] != seen.get(key)]:
        raise ChangedMeanwhile(stale)
    for key, value in changed.items():
        _write(key, value)
    return {key: (current[key], value) for key, value in changed.items()}


def back_to_default(key: str) -> tuple[Any, Any]:
    """Forget what was chosen; return before and after."""
    before, after = getattr(preferences(), key), getattr(Preferences(), key)
    Preference.objects.filter(key=key).delete()
    return before, after


def _write(key: str, value: Any) -> None:
    if value == getattr(Preferences(), key):
        Preference.objects.filter(key=key).delete()
    else:
        Preference.objects.update_or_create(key=key, defaults={"value": value})
