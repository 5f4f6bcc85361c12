"""Who acts, told to the database for one transaction (SEC-01, SEC-02).

The web process logs in as a role that may do nothing by itself. Inside a transaction it becomes the role of the
person who asks; the end of the transaction takes that back. Forgotten, Postgres answers "permission denied".
Any other login (a laptop's superuser, `buhbot_service`) steps down to the same roles.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import connection, transaction

from buhbot.models import Role

SESSION_ROLE = "buhbot_session"
PERSON_ROLES = {role: f"buhbot_{role}" for role in Role.values}
NOBODY = ("none", "")

View = TypeVar("View", bound=Callable[..., Any])

# What this thread told the database last, so that nothing is asked or told twice.
_acting: ContextVar[tuple[str, str]] = ContextVar("acting", default=NOBODY)


@contextmanager
def _as(database_role: str, user_id: str) -> Iterator[None]:
    wanted, before = (database_role, user_id), _acting.get()
    if wanted == before:
        yield
        return
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(savepoint=False):
        _become(*wanted)
        try:
            yield
        finally:
            _acting.set(before)
        if not is_outermost and not connection.needs_rollback:
            _become(*before)


def _become(database_role: str, user_id: str) -> None:
    """Set role and person until the transaction ends, in one round trip."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, true), set_config('app.user_id', %s, true)",
            [database_role, user_id],
        )
    _acting.set((database_role, user_id))


@contextmanager
def as_session() -> Iterator[None]:
    """Act as the sign-in machinery: sessions and the staff table, nothing else."""
    with _as(SESSION_ROLE, ""):
        yield


@contextmanager
def as_person(*, user_id: int, role: str) -> Iterator[None]:
    """Act as a person of the firm, with the database rights of the role."""
    with _as(PERSON_ROLES[role], str(user_id)):
        yield


def go_on_as_person(*, user_id: int, role: str) -> None:
    """Be this person for the rest of the transaction that `as_session` opened: one round trip less than nesting."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("There is no transaction to go on with.")
    _become(PERSON_ROLES[role], str(user_id))


def acts_for_itself(view: View) -> View:
    """Mark a view that needs nobody's rights: it gets no transaction, and asks the database only for functions."""
    view.acts_for_itself = True  # type: ignore[attr-defined]
    return view
