"""Looking at pages of Admin and pressing their buttons."""

from datetime import timedelta
from typing import Any

import time_machine
from django.urls import reverse

from tests.admin.firm import OVERDUE_AT, Firm

NOW = OVERDUE_AT + timedelta(minutes=30)


def page(firm: Firm, role: str, name: str, *args: Any, **query: Any) -> str:
    answer = firm.browser(role).get(reverse(f"admin:{name}", args=args), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def press(firm: Firm, role: str, name: str, pk: int, /, **data: Any) -> Any:
    with time_machine.travel(NOW, tick=False):
        return firm.browser(role).post(reverse(f"admin:{name}", args=[pk]), data, follow=True)


def told(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


AROUND_TESTS = ("SAVEPOINT", "RELEASE", "SELECT set_config('role', 'none'")


def counted(queries: Any) -> int:
    """Count what was asked of the database, without what only a transaction around the test makes necessary."""
    return len([query for query in queries if not query["sql"].startswith(AROUND_TESTS)])
