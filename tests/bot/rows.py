"""People and chats for the tests of the outbox, by a few words."""

from datetime import UTC, datetime
from itertools import count

from buhbot.models import Chat, Role, Tier, User

_numbers = count(1)


def make_person(telegram_id: int | None, name: str = "Анна", *, role: str = Role.ACCOUNTANT) -> User:
    email = f"person{next(_numbers)}@firm.test"
    return User.objects.create_user(email, None, full_name=name, role=role, telegram_id=telegram_id)


def make_chat(telegram_id: int, title: str = "ООО «Ромашка»", *, is_team: bool = False) -> Chat:
    kind = Chat.Kind.PRIVATE if telegram_id > 0 else Chat.Kind.SUPERGROUP
    return Chat.objects.create(
        telegram_id=telegram_id,
        kind=kind,
        title=title,
        is_team=is_team,
        tier=Tier.objects.get(code="standard"),
        registered_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
