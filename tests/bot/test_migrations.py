"""Migrations of the outbox take along what stands in it (ALR-08)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from buhbot.models import CalendarVersion, Chat, Message, Tier
from buhbot.ops.database import as_owner
from sla.models import Alert, Request
from tests.environment import SUPERUSER_URL

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SCRATCH = "buhbot_migrations"  # indexes are made concurrently, so this goes not in a test's transaction
BEFORE, AFTER = "0006_quieter_inbox", "0009_outgoingmessage_without_alert"


@pytest.fixture
def scratch(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A migrated database of its own behind the owner's connection."""
    owner = connections["owner"]
    usual = owner.settings_dict["NAME"]
    with psycopg.connect(SUPERUSER_URL, autocommit=True) as server, django_db_blocker.unblock():
        server.execute(f"CREATE DATABASE {SCRATCH}")
        owner.close()
        owner.settings_dict["NAME"] = SCRATCH
        call_command("migrate", verbosity=0)
        yield
        owner.close()
        owner.settings_dict["NAME"] = usual
        server.execute(f"DROP DATABASE {SCRATCH} WITH (FORCE)")


def migrate_to(name: str) -> Any:
    """Go to the migration, either way; return its model of a message."""
    owner = connections["owner"]
    MigrationExecutor(owner).migrate([("bot", name)])
    state = MigrationExecutor(owner).loader.project_state([("bot", name)])
    return state.apps.get_model("bot", "OutgoingMessage").objects.using("owner")


def make_alert() -> Alert:
    chat = Chat(telegram_id=-1, kind="group", title="Чат", tier_id=Tier.objects.using("owner").first().pk)  # type: ignore[union-attr]
    chat.registered_at = NOW
    chat.save(using="owner")
    said = {
        "chat": chat,
        "telegram_chat_id": -1,
        "telegram_message_id": 1,
        "kind": "text",
        "sender": "client",
    }
    message = Message.objects.using("owner").create(**said, sent_at=NOW)
    request = Request.objects.using("owner").create(
        chat=chat,
        opened_by=message,
        opened_at=NOW,
        due_at=NOW,
        policy_name="Firm",
        target_minutes=60,
        warning_percent=80,
        escalation_minutes=30,
        max_level=5,
        acknowledge_minutes=60,
        calendar_version=CalendarVersion.objects.using("owner").earliest("id"),
    )
    return Alert.objects.using("owner").create(request=request, kind="breach", level=1, instant=NOW)


def test_alr_08_db_03_messages_of_before_keep_their_alert(scratch: None) -> None:
    with as_owner(connections["owner"]):
        alert = make_alert()
        told = {"audience": "client", "chat_id": alert.request.chat_id, "payload": {}}
        row = migrate_to(BEFORE).create(**told, alert_id=alert.pk)
        alone = migrate_to(BEFORE).create(**told)
        after = migrate_to(AFTER)
        assert [found.pk for found in after.get(pk=row.pk).alerts.all()] == [alert.pk]
        assert not after.get(pk=alone.pk).alerts.exists()
        assert migrate_to(BEFORE).get(pk=row.pk).alert_id == alert.pk
