"""What the firm set up, as readable JSON and back: stable, by natural keys, all or nothing (BAK-03).

Each room names its parts in `configured.py`; the setting CONFIGURATION lists them.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.module_loading import import_string
from django.utils.translation import override

from buhbot.models import AuditEntry
from buhbot.services.audit import Change, comes_from, record

FORMAT = 1
Rows = Any  # what JSON holds: a list of objects, or one object


class CannotImport(Exception):
    """The file is not what we write; the text names the place."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the import adds or changes, with what it was and is."""

    part: str
    name: str
    is_new: bool
    changes: tuple[Change, ...]
    about: models.Model | None = None

    def lines(self) -> Iterator[str]:
        """Yield what a person reads."""
        yield f"{'+' if self.is_new else '~'} {self.part}: {self.name}"
        for change in self.changes:
            yield (
                f"    {change.name}: {change.after}"
                if self.is_new
                else (f"    {change.name}: {change.before} → {change.after}")
            )


class Part(Protocol):
    """A part of the configuration."""

    name: str

    def export(self) -> Rows:
        """Return what the database has, in a stable order."""

    def write(self, told: Rows) -> Iterator[Difference]:
        """Make the database have what is told, and yield what that changes. Raises CannotImport."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a model, found by their natural key. `links` name the natural key of what a field points at.

    Rows that only the database has are left as they are: a file never deletes.
    """

    name: str
    model: type[models.Model]
    key: tuple[str, ...]
    fields: tuple[str, ...]
    links: dict[str, str] = field(default_factory=dict)
    only: models.Q = models.Q()
    check: Callable[[Any], None] = lambda row: None

    def export(self) -> list[dict[str, Any]]:
        """Return the rows, ordered by their key."""
        rows = self.model._default_manager.filter(self.only).select_related(*self.links)
        told = [self._told(row) for row in rows]
        return sorted(told, key=lambda row: [str(row[name]) for name in self.key])

    def write(self, told: Rows) -> Iterator[Difference]:
        """Add and change rows; the one marked as default takes the mark from the other."""
        if not isinstance(told, list):
            raise CannotImport(f"{self.name}: a list is wanted.")
        seen: set[tuple[str, ...]] = set()
        for number, line in enumerate(told, 1):
            key = self._key(line, f"{self.name}, entry {number}")
            place = f"{self.name}, entry {number} ({', '.join(key)})"
            if key in seen:
                raise CannotImport(f"{place}: stands in the file twice.")
            seen.add(key)
            yield from self._write(line, place)
        self._require_default()

    def _told(self, row: models.Model) -> dict[str, Any]:
        return {name: self._value(row, name) for name in (*self.key, *self.fields)}

    def _value(self, row: models.Model, name: str) -> Any:
        value = getattr(row, name)
        if name in self.links:
            return None if value is None else getattr(value, self.links[name])
        return value.isoformat() if isinstance(value, date) else value

    def _key(self, line: Any, place: str) -> tuple[str, ...]:
        if not isinstance(line, dict):
            raise CannotImport(f"{place}: an object is wanted.")
        if missing := [name for name in self.key if line.get(name) in (None, "")]:
            raise CannotImport(f"{place}: {', '.join(missing)} is missing.")
        if unknown := sorted(line.keys() - {*self.key, *self.fields}):
            raise CannotImport(f"{place}: {', '.join(unknown)} is unknown.")
        return tuple(str(line[name]) for name in self.key)

    def _write(self, line: dict[str, Any], place: str) -> Iterator[Difference]:
        values = {name: self._read(name, value, place) for name, value in line.items()}
        row = self._found({name: values[name] for name in self.key})
        is_new = row is None
        row = row or self.model()
        before = {} if is_new else self._told(row)
        for name, value in values.items():
            setattr(row, name, value)
        self._clean(row, place)
        after = self._told(row)
        changed = {name: value for name, value in after.items() if is_new or before[name] != value}
        if changed:
            self._save(row, changed)
            changes = tuple(
                Change(name, shown(before.get(name)), shown(new)) for name, new in changed.items()
            )
            yield Difference(self.name, ", ".join(str(line[name]) for name in self.key), is_new, changes, row)

    def _read(self, name: str, value: Any, place: str) -> Any:
        column = self.model._meta.get_field(name)
        if name in self.links:
            return self._linked(column, name, value, place)
        if isinstance(column, models.BooleanField) and not isinstance(value, bool):
            raise CannotImport(f"{place}: {name}: true or false is wanted, not {shown(value)}.")
        if isinstance(column, models.CharField | models.TextField) and not isinstance(value, str):
            raise CannotImport(f"{place}: {name}: a text is wanted, not {shown(value)}.")
        if isinstance(column, models.IntegerField) and type(value) is not int:
            raise CannotImport(f"{place}: {name}: a whole number is wanted, not {shown(value)}.")
        try:
            return column.to_python(value)  # type: ignore[union-attr]
        except ValidationError as error:
            raise CannotImport(f"{place}: {name}: {' '.join(error.messages)}") from error

    def _linked(self, column: Any, name: str, value: Any, place: str) -> models.Model | None:
        if value is None:
            return None
        found: models.Model | None = column.related_model._default_manager.filter(
            **{self.links[name]: value}
        ).first()
        if found is None:
            raise CannotImport(f"{place}: {name}: there is no {shown(value)}.")
        return found

    def _found(self, key: dict[str, Any]) -> models.Model | None:
        return self.model._default_manager.filter(self.only, **key).first()

    def _clean(self, row: models.Model, place: str) -> None:
        """`is_default` is handed over on saving, so that its uniqueness is not looked at here."""
        with override("en"):
            try:
                row.full_clean(exclude=["is_default"] if hasattr(row, "is_default") else None)
                self.check(row)
            except ValidationError as error:
                wrong = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
                words = "; ".join(f"{name}: {' '.join(said)}" for name, said in wrong.items())
                raise CannotImport(f"{place}: {words}") from error

    def _save(self, row: models.Model, changed: dict[str, Any]) -> None:
        if changed.get("is_default"):
            self.model._default_manager.filter(is_default=True).exclude(pk=row.pk).update(is_default=False)
        row.save()

    def _require_default(self) -> None:
        if "is_default" in self.fields and not self.model._default_manager.filter(is_default=True).exists():
            raise CannotImport(f"{self.name}: one of them must have is_default true.")


def shown(value: Any) -> str:
    """Write a value as the file has it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def parts() -> Iterator[Part]:
    """Yield the parts of every room, in the order in which they are read."""
    for path in settings.CONFIGURATION:
        yield from import_string(path)


def export_text() -> str:
    """Return the whole configuration; the same configuration is the same text."""
    told = {"format": FORMAT} | {part.name: part.export() for part in parts()}
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


@transaction.atomic
def import_text(text: str, *, now: datetime, is_rehearsal: bool) -> list[Difference]:
    """Make the database have what the text tells, and return what that changes; a rehearsal changes nothing.

    Parts that are not in the text are left alone. Raises CannotImport, and then nothing is changed either.
    """
    told = _read(text)
    try:
        found = [change for part in parts() if part.name in told for change in part.write(told[part.name])]
    except IntegrityError as error:
        raise CannotImport(f"The database refused: {str(error).strip().splitlines()[0]}") from error
    if is_rehearsal:
        transaction.set_rollback(True)
        return found
    with comes_from(AuditEntry.Source.COMMAND):
        for change in found:
            kind = AuditEntry.Kind.ADDED if change.is_new else AuditEntry.Kind.CHANGED
            record(
                kind,
                now=now,
                about=change.about,
                name=change.name,
                note="import_config",
                changes=change.changes,
            )
    return found


def _read(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except ValueError as error:
        raise CannotImport(f"This is no JSON: {error}.") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise CannotImport(f"This is no file of export_config: format {FORMAT} is wanted.")
    if unknown := sorted(told.keys() - {"format"} - {part.name for part in parts()}):
        raise CannotImport(f"{', '.join(unknown)} is unknown.")
    return told
