"""The drill: back up, destroy, restore, compare; `make drill` prints how long each took (BAK-02, BAK-05)."""

import time
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connections, transaction

from buhbot.models import Chat, Message
from buhbot.ops.backup.measuring import measure
from buhbot.ops.database import as_owner, migration_alias
from tests.backup.conftest import NOW, make
from tests.environment import DATABASE, database_url

MESSAGES = 20_000


def measured() -> object:
    connection = connections[migration_alias()]
    with as_owner(connection), transaction.atomic(using=connection.alias):
        return {name: found for name, found in measure(connection).items() if name != "buhbot_backup"}


def test_bak_02_drill(firm: Path, age_key: Path) -> None:
    chat = Chat.objects.get()
    Message.objects.bulk_create(
        Message(chat=chat, telegram_chat_id=-1, telegram_message_id=number, kind="text", sender="client",
                sent_at=NOW, text=f"Вопрос {number}: где акт сверки за октябрь?")
        for number in range(2, MESSAGES + 2)
    )  # fmt: skip
    before, began = measured(), time.monotonic()
    archive = make()
    backed_up = time.monotonic()
    with psycopg.connect(database_url(DATABASE), autocommit=True) as owner:
        owner.execute("DROP SCHEMA buhbot CASCADE")
    call_command("restore", str(archive), identity=age_key)
    restored = time.monotonic()
    assert measured() == before
    print(  # noqa: T201
        f"\n{MESSAGES} messages: backup {backed_up - began:.1f} s, restore {restored - backed_up:.1f} s,"
        f" archive {archive.stat().st_size / 1e6:.1f} MB"
    )
