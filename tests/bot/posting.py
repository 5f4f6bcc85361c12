"""Posting updates to the webhook as Telegram does, and seeing what became of them."""

import json
from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.test import Client

from bot.models import InboundUpdate
from tests.environment import DATABASE, database_url

WEBHOOK = "/webhook/telegram"


def post(body: Any, *, secret: str | None = None, client: Client | None = None, **extra: Any) -> Any:
    """Post a body: bytes as they are, anything else as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body)
    headers = {
        "X-Telegram-Bot-Api-Secret-Token": settings.TELEGRAM_WEBHOOK_SECRET if secret is None else secret
    }
    return (client or Client()).post(WEBHOOK, data, content_type="application/json", headers=headers, **extra)


def state_of(update_id: int) -> tuple[str, int]:
    update = InboundUpdate.objects.get(update_id=update_id)
    return update.state, update.attempts


def in_database(statement: str) -> None:
    """Do as the owner of the database what the bot may not."""
    with psycopg.connect(database_url(DATABASE), autocommit=True) as owner:
        owner.execute("SET search_path = buhbot")
        owner.execute(statement)


Undo = Callable[[], None]


def trap(body: str, *, condition: str = "NEW.text = 'boom'") -> Undo:
    """Let the database do something when a message is logged, such as fail; returns what takes it back."""
    in_database(f"""
        CREATE OR REPLACE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF {condition} THEN {body} END IF; RETURN NEW; END $$;
        CREATE OR REPLACE TRIGGER trap AFTER INSERT ON buhbot_message FOR EACH ROW EXECUTE FUNCTION trap();
    """)
    return lambda: in_database("DROP TRIGGER trap ON buhbot_message; DROP FUNCTION trap")
