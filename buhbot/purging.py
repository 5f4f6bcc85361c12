"""The purge of what is too old: small batches, each a transaction of its own, that wait for nobody (SEC-14).

Each room says which of its rows go, and how (setting PURGING, from the roof down): a row goes when nothing that is
kept points to it any more. Rows that are only ever added to are deleted by functions of the database, which check
their age themselves (SEC-03).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import CASCADE, PROTECT, SET_NULL, Exists, Model, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from buhbot.retention import Terms

BATCH = 500
PATIENCE_MS = 500  # how long a batch waits for a row that somebody holds; then it is the next run's

log = structlog.get_logger(__name__)
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of one kind. `tables` are emptied with them; `old` names the rows, the oldest first."""

    name: Promise
    tables: tuple[str, ...]
    old: Callable[[Terms], QuerySet[Any]]
    remove: Callable[[list[Any]], None]
    is_locked: bool = True  # False: the serving role may not change such rows, so nobody does
    most: int = BATCH  # fewer at once where much hangs on each row

    def count(self, terms: Terms) -> int:
        """Count what would go now."""
        return self.old(terms).count()

    def batch(self, terms: Terms) -> int:
        """Remove a batch; 0: nothing is left that may go now."""
        rows = self.old(terms).values_list("pk", flat=True)
        if self.is_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        keys = list(rows[: self.most])
        if keys:
            self.remove(keys)
        return len(keys)


@dataclass(frozen=True, slots=True)
class Step:
    """What a batch did; an error is that of the piece, which is left for the next run."""

    piece: Piece
    gone: int
    error: str = ""


def pieces() -> list[Piece]:
    """Return what the rooms purge, from the roof down: what hangs on a row goes before it."""
    return [piece for path in settings.PURGING for piece in import_string(path)]


def purge(terms: Terms) -> Iterator[Step]:
    """Remove what is too old, batch by batch; who is told of each may stop or rest between them."""
    for piece in pieces():
        while (step := _step(piece, terms)).gone:
            yield step
        if step.error:
            yield step


def _step(piece: Piece, terms: Terms) -> Step:
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(PATIENCE_MS)])
            return Step(piece, piece.batch(terms))
    except DatabaseError as error:  # one piece of many: somebody holds a row, or points to it since a moment
        log.warning("a part of the purge waits for the next run", tables=piece.tables, error=str(error))
        return Step(piece, 0, error=str(error))


def deleting(model: type[Model]) -> Callable[[list[Any]], None]:
    """Return what deletes rows of the model by key, with what hangs on them."""

    def delete(keys: list[Any]) -> None:
        model._base_manager.filter(pk__in=keys).delete()

    return delete


def unheld(rows: QuerySet[M], *, by: Sequence[Any] = (PROTECT,)) -> QuerySet[M]:
    """Leave out the rows that a row of any table holds, whichever room it is of: those that PROTECT them.

    With CASCADE in `by` also those on which anything hangs; that they are picked somewhere does not count.
    """
    for relation in _relations(rows.model):
        if relation.on_delete in by and not relation.related_model._meta.auto_created:
            pointing = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.filter(~Exists(pointing))
    return rows


def let_go(model: type[Model], keys: Sequence[Any], *, apart_from: Sequence[type[Model]] = ()) -> None:
    """Delete what hangs on the rows, and forget them where they are only named, as the models say."""
    for relation in _relations(model):
        pointing = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": keys})
        if relation.related_model in apart_from:
            continue
        if relation.on_delete is CASCADE:
            pointing.delete()
        elif relation.on_delete is SET_NULL:
            pointing.update(**{relation.field.name: None})


def _relations(model: type[Model]) -> Iterator[Any]:
    for field in model._meta.get_fields(include_hidden=True):
        if field.auto_created and not field.concrete and (field.one_to_many or field.one_to_one):
            yield field


def call(function: str, keys: Sequence[Any]) -> None:
    """Call one of the database's purging functions on so many rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [list(keys)])
