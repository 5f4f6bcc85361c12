"""People and chats for the tests of the outbox, by a few words."""

from datetime import UTC, datetime
from itertools import count

from buhbot.models import CalendarVersion, Chat, Message, Role, Tier, User
from sla.models import Alert, Request

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


def make_alert(instant: datetime) -> Alert:
    """An alert about a request in a chat of its own."""
    chat = make_chat(-1000 - next(_numbers))
    said = {
        "telegram_chat_id": chat.telegram_id,
        "telegram_message_id": 1,
        "kind": "text",
        "sender": "client",
    }
    request = Request.objects.create(
        chat=chat,
        opened_by=Message.objects.create(chat=chat, sent_at=instant, **said),
        opened_at=instant,
        due_at=instant,
        policy_name="Фирма",
        target_minutes=60,
        warning_percent=80,
        escalation_minutes=30,
        max_level=5,
        acknowledge_minutes=60,
        calendar_version=CalendarVersion.objects.earliest("id"),
    )
    return Alert.objects.create(request=request, kind="breach", level=1, instant=instant)
