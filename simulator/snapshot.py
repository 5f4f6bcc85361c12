"""Keeps the world in a folder, so that a restart finds the chats and their history."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from simulator.deliver import Pending, Webhook
from simulator.state import State
from simulator.world import Chat, Json, Person, StoredFile

SAVE_EVERY_SECONDS = 2.0
WORLD = "world.json"

logger = logging.getLogger(__name__)


def save(state: State, folder: Path) -> None:
    """Write everything; a crash in the middle leaves the previous snapshot whole."""
    (folder / "files").mkdir(parents=True, exist_ok=True)
    for stored in state.world.files.values():
        path = folder / "files" / stored.file_id
        if stored.data is not None and not path.exists():
            path.write_bytes(stored.data)
    temporary = folder / f"{WORLD}.new"
    with temporary.open("w", encoding="utf-8") as out:
        json.dump(_snapshot(state), out, ensure_ascii=False)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(folder / WORLD)


def _snapshot(state: State) -> Json:
    world, delivery = state.world, state.delivery
    pending = [(due.update_id, due.queue, due.body.decode()) for due in delivery.pending.values()]
    return {
        "version": world.version,
        "last_id": world.last_id,
        "reads_all_messages": world.reads_all_messages,
        "bot": asdict(world.bot),
        "persons": [asdict(person) for person in world.persons.values()],
        "chats": [
            {item.name: getattr(chat, item.name) for item in fields(Chat)} for chat in world.chats.values()
        ],
        "files": [_file_row(stored) for stored in world.files.values()],
        "commands": state.commands,
        "next_update_id": delivery.next_update_id,
        "kinds": sorted(delivery.kinds),
        "webhook": asdict(delivery.webhook) if delivery.webhook else None,
        "pending": pending,
    }


def _file_row(stored: StoredFile) -> Json:
    row = {item.name: getattr(stored, item.name) for item in fields(StoredFile) if item.name != "data"}
    return row | {"has_data": stored.data is not None}


def load(state: State, folder: Path) -> Webhook | None:
    """Fill the state from the folder, if it holds a snapshot; give the webhook that was set."""
    path = folder / WORLD
    if not path.exists():
        return None
    saved = json.loads(path.read_text(encoding="utf-8"))
    world, delivery = state.world, state.delivery
    world.version, world.last_id = saved["version"] + 1, saved["last_id"]
    world.reads_all_messages = saved["reads_all_messages"]
    if saved["bot"]["id"] == world.bot.id:
        world.bot = Person(**saved["bot"])
    world.persons = {row["id"]: Person(**row) for row in saved["persons"]}
    world.chats = {row["id"]: _chat(row) for row in saved["chats"]}
    world.files = {row["file_id"]: _stored(row, folder) for row in saved["files"]}
    state.commands = saved["commands"]
    delivery.next_update_id, delivery.kinds = saved["next_update_id"], frozenset(saved["kinds"])
    delivery.pending = {
        -len(saved["pending"]) + key: Pending(number, queue, body.encode())
        for key, (number, queue, body) in enumerate(saved["pending"])
    }
    return Webhook(**saved["webhook"]) if saved["webhook"] else None


def _chat(row: Json) -> Chat:
    row |= {name: _numbered(row[name]) for name in ("members", "topics", "messages", "reactions", "read")}
    row["reactions"] = {key: _numbered(value) for key, value in row["reactions"].items()}
    return Chat(**row)


def _numbered(row: dict[str, Any]) -> dict[int, Any]:
    return {int(key): value for key, value in row.items()}


def _stored(row: Json, folder: Path) -> StoredFile:
    has_data = row.pop("has_data")
    path = folder / "files" / row["file_id"]
    return StoredFile(**row, data=path.read_bytes() if has_data and path.exists() else None)


async def keep_saving(state: State, folder: Path) -> None:
    """Save every two seconds what has changed."""
    saved: tuple[int, int] | None = None
    while True:
        await asyncio.sleep(SAVE_EVERY_SECONDS)
        current = (state.world.version, state.delivery.next_update_id)
        if current != saved:
            try:
                save(state, folder)
                saved = current
            except OSError:
                logger.exception("The snapshot could not be written to %s", folder)
