"""Write down who changed what, from where (ADM-10). Passwords and tokens never get here: callers leave them out."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from buhbot.models import AuditEntry, User

Kind = AuditEntry.Kind
Source = AuditEntry.Source
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Change:
    """A thing that changed, in words: its name, and what it was and is."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a change comes from; the address is that of a browser."""

    source: str = Source.ITSELF
    address: str | None = None


ITSELF = Origin()

# Where this thread's work comes from; the edges say so.
_origin: ContextVar[Origin] = ContextVar("origin", default=ITSELF)


@contextmanager
def comes_from(source: str, *, address: str | None = None) -> Iterator[None]:
    """Let what is recorded within say where it comes from."""
    token = _origin.set(Origin(source, address))
    try:
        yield
    finally:
        _origin.reset(token)


def record(
    kind: str,
    *,
    now: datetime,
    actor: User | None = None,
    who: str = "",
    about: Model | None = None,
    name: str = "",
    note: str = "",
    changes: Iterable[Change] = (),
    using: str | None = None,
) -> None:
    """Add one entry, in the transaction of the change. `who` names an actor without an account,
    `name` what is to be called otherwise than by its own words.
    """
    origin = _origin.get()
    entry = AuditEntry(
        at=now,
        kind=kind,
        source=origin.source,
        address=origin.address,
        actor=actor,
        who=_short(who or str(actor or ""), 200),
        note=_short(note),
        changes=_rows(changes),
    )
    if about is not None:
        entry.model = about._meta.label_lower
        entry.object_id = str(about.pk or "")[:64]
        entry.object_name = _short(name or str(about), 200)
    entry.save(using=using)


def record_all(kind: str, about: Sequence[Any], *, actor: User, now: datetime) -> None:
    """Add an entry for each of the rows."""
    for row in about:
        record(kind, actor=actor, about=row, now=now)


def _rows(changes: Iterable[Change]) -> list[list[str]]:
    return [[_short(change.name), _short(change.before), _short(change.after)] for change in changes]


def _short(text: str, longest: int = LONGEST) -> str:
    text = text.replace("\0", "\ufffd")
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
