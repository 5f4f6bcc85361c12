"""A firm that is committed once a module, and a way to ask the database as somebody, with plain SQL (SEC-03)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from bot.models import InboundUpdate, OutgoingMessage
from buhbot.models import (
    Absence,
    Assignment,
    CalendarVersion,
    Chat,
    ChatLabel,
    Message,
    Role,
    Segment,
    Tier,
    User,
)
from sla.models import Alert, Request, RequestEvent
from templates_app.models import FileEvent, ReceivedFile
from tests.conftest import emptied_afterwards
from tests.environment import DATABASE, database_url

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """A client's chat with one open request that is late."""

    chat: int
    message: int
    request: int
    event: int
    alert: int
    file: int


@dataclass(frozen=True)
class Firm:
    people: dict[str, int]
    own: Place
    foreign: Place

    def names(self) -> dict[str, int]:
        """What a scenario may write in braces: `{own_chat}`, `{me}` is added by who asks."""
        places = {"own": self.own, "foreign": self.foreign}
        return {
            f"{name}_{part}": getattr(place, part)
            for name, place in places.items()
            for part in ("chat", "message", "request", "event", "alert", "file")
        }


def _place(number: int, accountant: User) -> Place:
    chat = Chat.objects.create(
        telegram_id=-number, kind="group", title=f"Chat {number}", tier=Tier.objects.get(code="basic"),
        is_monitored=True, registered_at=NOW,
    )  # fmt: skip
    Assignment.objects.create(chat=chat, user=accountant, is_primary=True)
    message = Message.objects.create(
        chat=chat, telegram_chat_id=-number, telegram_message_id=1, kind="text", sender="client", sent_at=NOW
    )
    request = Request.objects.create(
        chat=chat, opened_by=message, opened_at=NOW, policy_name="Firm", target_minutes=60, warning_percent=80,
        escalation_minutes=30, max_level=5, acknowledge_minutes=60, due_at=NOW, breached_at=NOW,
        calendar_version=CalendarVersion.objects.earliest("id"),
    )  # fmt: skip
    event = RequestEvent.objects.create(request=request, kind="opened", at=NOW)
    alert = Alert.objects.create(request=request, kind="breach", level=1, instant=NOW)
    told = OutgoingMessage.objects.create(audience="client", chat=chat, payload={"text": "…"})
    told.alerts.add(alert)
    file = ReceivedFile.objects.create(
        chat=chat, message=message, kind="document", received_at=NOW, registered_at=NOW, copy_after=NOW
    )
    FileEvent.objects.create(file=file, state="in_work", at=NOW)
    return Place(chat.pk, message.pk, request.pk, event.pk, alert.pk, file.pk)


def _segment(*chats: int) -> None:
    """A segment of both chats, which carry a label."""
    ChatLabel.objects.create(name="Label").chats.set(chats)
    Segment.objects.create(name="Segment").chats.set(chats)


@pytest.fixture(scope="module")
def firm(django_db_setup: None, django_db_blocker: Any) -> Iterator[Firm]:
    with django_db_blocker.unblock(), emptied_afterwards():
        people = {
            role: User.objects.create_user(f"{role}@firm.test", None, full_name=role, role=role)
            for role in Role.values
        }
        colleague = User.objects.create_user("colleague@firm.test", None, full_name="Colleague")
        for person in (people[Role.ACCOUNTANT], colleague):
            Absence.objects.create(
                user=person, starts_at=NOW, ends_at=NOW + timedelta(days=1), created_at=NOW
            )
        InboundUpdate.objects.create(update_id=1, lane=1, payload={})
        own, foreign = _place(1001, people[Role.ACCOUNTANT]), _place(1002, colleague)
        _segment(own.chat, foreign.chat)
        yield Firm({role: person.pk for role, person in people.items()}, own, foreign)


@pytest.fixture(scope="module")
def web(django_db_setup: None) -> Iterator[psycopg.Connection]:
    """A connection logged in as the web process, with nothing told to the database yet."""
    with psycopg.connect(database_url(DATABASE, "buhbot_web"), autocommit=True) as connection:
        yield connection


Ask = Callable[..., list[tuple[Any, ...]] | int]


@pytest.fixture
def ask(web: psycopg.Connection, firm: Firm) -> Ask:
    """Run one statement as a role, as `ActingMiddleware` does, and undo it: rows of a SELECT, else their number."""

    def run(role: str, sql: str) -> list[tuple[Any, ...]] | int:
        me = firm.people.get(role, 0)
        with web.transaction(force_rollback=True):
            web.execute(
                "SELECT set_config('role', %s, true), set_config('app.user_id', %s, true)",
                [f"buhbot_{role}", str(me or "")],
            )
            cursor = web.execute(sql.format(me=me, **firm.names()).encode())
            return cursor.fetchall() if sql.startswith("SELECT") else cursor.rowcount

    return run
