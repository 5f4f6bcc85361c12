"""Which archives are kept: the newest of each of 7 days and of each of 4 weeks (BAK-01). Pure."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

NAME = re.compile(r"buhbot-(\d{8}T\d{6}Z)\.tar(?:\.age)?")
SHAPE = "%Y%m%dT%H%M%SZ"
DAYS, WEEKS = 7, 4


def name_of(moment: datetime, *, is_encrypted: bool) -> str:
    """Name the archive of a moment (UTC, so that names sort by age)."""
    return f"buhbot-{moment.astimezone(UTC):{SHAPE}}.tar{'.age' if is_encrypted else ''}"


def made_at(name: str) -> datetime | None:
    """Return when the archive of that name was made; None for what is no archive of ours."""
    found = NAME.fullmatch(name)
    try:
        return datetime.strptime(found[1], SHAPE).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def superfluous(names: Iterable[str]) -> list[str]:
    """Return the archives that may go. What is no archive of ours is never among them.

    Days and weeks without an archive do not count: after a month of failures the old ones are still there.
    """
    dated = sorted(((at, name) for name in names if (at := made_at(name))), reverse=True)
    days: dict[object, str] = {}
    weeks: dict[object, str] = {}
    for at, name in dated:
        days.setdefault(at.date(), name)
        weeks.setdefault(at.isocalendar()[:2], name)
    kept = {*list(days.values())[:DAYS], *list(weeks.values())[:WEEKS]}
    return sorted(name for _at, name in dated if name not in kept)
