"""A new web beside the old: requests are led over without failing one (CI-02, FLT-10)."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.infra.conftest import require
from tests.infra.front import Front, Web


@pytest.fixture
def webs() -> tuple[Web, Web]:
    return (Web("blue", delay=0.05), Web("green", delay=0.05))


@pytest.fixture
def busy(tmp_path: Path, certs: Path, webs: tuple[Web, Web]) -> Iterator[Front]:
    require("nginx")
    with Front(tmp_path, webs[0].address, certs, NGINX_WEBHOOK_BURST="10000") as busy:
        yield busy


class Load:
    """Posts updates from several threads, each on a connection of its own, and counts who answered."""

    def __init__(self, front: Front) -> None:
        self.answers: Counter[str] = Counter()
        self.failures: list[str] = []
        self._front = front
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(4)]

    def _run(self) -> None:
        with self._front.client(keep=0) as client:
            while not self._stop.is_set():
                try:
                    answer = client.post("/webhook/telegram", json={})
                    self.answers[answer.raise_for_status().json()["web"]] += 1
                except httpx.HTTPError as error:
                    self.failures.append(repr(error))

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def test_ci_02_no_request_fails_while_the_upstream_is_switched(busy: Front, webs: tuple[Web, Web]) -> None:
    old, new = webs
    with Load(busy) as load:
        for target in (new, old, new):
            time.sleep(0.5)
            assert busy.script("switch.sh", target.address) == 0
        time.sleep(1.0)
        old.stop()  # drained: nothing goes there any more
        load.answers.clear()
        time.sleep(0.5)
    assert load.failures == []
    assert set(load.answers) == {"green"}


def test_ci_02_a_wrong_target_changes_nothing(busy: Front) -> None:
    for target in ("", "web", "web:80; evil", "a:b:c"):
        assert busy.script("switch.sh", target) == 2
    with busy.client() as client:
        assert client.get("/").json()["web"] == "blue"
