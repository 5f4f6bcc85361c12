"""RUN-02: a restart keeps chats, history, files, the webhook and what was not delivered."""

from __future__ import annotations

from pathlib import Path

import httpx

from simulator.client import Simulator
from simulator.tests.conftest import TOKEN, start_simulator, stop_simulator


def test_a_restart_keeps_the_world(tmp_path: Path) -> None:
    options = ["--state", str(tmp_path)]
    process, url = start_simulator(*options)
    with Simulator(url) as sim:
        client = sim.person("Анна")
        group = sim.group("ООО «Ромашка»", members=[client], kind="forum", topics=["НДС"])
        sim.send_file(client, group, content=b"%PDF", name="Акт.pdf")
        sim.react(client, group, 2, "👍")
        before = sim.messages(group)
        next_id = sim.delivery()["next_update_id"]
    stop_simulator(process)

    process, url = start_simulator(*options)
    with Simulator(url) as sim:
        assert sim.messages(group) == before
        assert sim.delivery()["next_update_id"] == next_id
        assert sim.delivery()["pending"] == 3
        file_id = before[-1]["document"]["file_id"]
        found = httpx.get(f"{url}/bot{TOKEN}/getFile", params={"file_id": file_id}).json()["result"]
        assert httpx.get(f"{url}/file/bot{TOKEN}/{found['file_path']}").content == b"%PDF"
    stop_simulator(process)
    assert not list(tmp_path.glob("*.new"))


def test_a_big_world_loads_at_once(sim: Simulator) -> None:
    persons = [{"id": number, "first_name": f"Клиент {number}", "started": True} for number in range(1, 501)]
    chats = [{"title": "ООО", "members": [1, 2]}]
    loaded = sim.load(
        persons=persons, chats=chats, messages=[{"person": 1, "text": "x", "date": 1_790_000_000}]
    )
    assert (len(loaded["persons"]), len(loaded["chats"]), loaded["messages"]) == (500, 1, 1)
    assert sim.updates() == []
