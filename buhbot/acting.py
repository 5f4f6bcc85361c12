"""Who acts, told to the database for one transaction (SEC-01, SEC-02).

The web process logs in as a role that may do nothing by itself. Inside a transaction it becomes the role of the
person who asks, and it takes that back at the end. Forgotten, Postgres answers "permission denied".
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from buhbot.models import Role

SESSION_ROLE = "buhbot_session"
PERSON_ROLES = {role: f"buhbot_{role}" for role in Role.values}


def is_web_login() -> bool:
    """Whether this process has no rights of its own and has to say who acts."""
    return connection.settings_dict["USER"].split(".")[0] == "buhbot_web"


@contextmanager
def _as(database_role: str, user_id: int | None) -> Iterator[None]:
    with transaction.atomic(savepoint=False):
        before = _become(database_role, "" if user_id is None else str(user_id))
        yield
        if not connection.needs_rollback:
            _become(*before)


def _become(database_role: str, user_id: str) -> tuple[str, str]:
    """Set role and person until the transaction ends, in one round trip; return what stood before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('role'), coalesce(current_setting('app.user_id', true), ''),"
            " set_config('role', %s, true), set_config('app.user_id', %s, true)",
            [database_role, user_id],
        )
        role, person, *_ = cursor.fetchone()
    return role, person


@contextmanager
def as_session() -> Iterator[None]:
    """Act as the sign-in machinery: sessions and the staff table, nothing else."""
    with _as(SESSION_ROLE, None):
        yield


@contextmanager
def as_person(*, user_id: int, role: str) -> Iterator[None]:
    """Act as a person of the firm, with the database rights of the role."""
    with _as(PERSON_ROLES[role], user_id):
        yield
