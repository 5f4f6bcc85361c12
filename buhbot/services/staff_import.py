"""Many accounts at once (STF-04)."""

from collections.abc import Iterable

from django.db import transaction

from buhbot.models import User
from buhbot.staff_list import Line, Verdict, read_list


def check_list(text: str) -> list[Line]:
    """Say what an import would do, and change nothing. Raises TooManyLines, or NoList."""
    known = {email.lower() for email in User.objects.values_list("email", flat=True)}
    return read_list(text, known=known)


@transaction.atomic
def import_list(lines: Iterable[Line]) -> list[User]:
    """Add the new people of a checked list; nobody has a password or a Telegram account yet."""
    return [
        User.objects.create_user(line.email, None, full_name=line.name, role=line.role)
        for line in lines
        if line.verdict == Verdict.NEW
    ]
