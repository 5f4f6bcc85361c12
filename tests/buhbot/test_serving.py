"""The web process itself: several workers, Redis and Postgres that go and come back (MON-01, MON-05, BAK-06)."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from simulator.servers import Postgres, Redis
from simulator.stack import Stack
from tests.environment import ENVIRONMENT

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serving")
    for parent in (folder, *folder.parents[:2]):  # Postgres does not run as root, but must reach its files
        parent.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def postgres(folder: Path) -> Iterator[Postgres]:
    with Postgres(folder / "postgres", durable=False, prefer="system") as server:
        yield server


@pytest.fixture(scope="module")
def redis(folder: Path) -> Iterator[Redis]:
    with Redis(folder / "redis", prefer="system") as server:
        yield server


@pytest.fixture(scope="module")
def web(postgres: Postgres, redis: Redis, folder: Path) -> Iterator[httpx.Client]:
    """Two workers that log in as `buhbot_web`."""
    secrets = (
        ENVIRONMENT["TELEGRAM_BOT_TOKEN"],
        ENVIRONMENT["TELEGRAM_WEBHOOK_SECRET"],
        ENVIRONMENT["SECRET_KEY"],
    )
    with Stack(postgres.url, redis.url, folder / "stack", *secrets) as stack:
        stack.manage("migrate")
        stack.start("web")
        stack.wait_for(f"{stack.web_url}/health/live")
        limits = httpx.Limits(max_keepalive_connections=0)  # so that both workers get some
        with httpx.Client(base_url=stack.web_url, trust_env=False, timeout=20, limits=limits) as client:
            yield client


def test_mon_01_the_workers_add_up_what_they_count(web: httpx.Client) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": ENVIRONMENT["TELEGRAM_WEBHOOK_SECRET"]}
    for number in range(1, 31):
        update = {"update_id": number, "message": {"chat": {"id": 5}}}
        answer = web.post("/webhook/telegram", json=update, headers=headers)
        assert answer.status_code == 200
    assert {_metric(web, "bot_messages_received_total") for _ in range(10)} == {30.0}
    assert _metric(web, "bot_inbox_pending") == 30.0


def test_mon_05_redis_gone_is_degraded_and_comes_back(web: httpx.Client, redis: Redis) -> None:
    redis.stop()
    answer = web.get("/health/ready")
    assert (answer.status_code, answer.json()["redis"]) == (200, False)
    redis.start()
    assert web.get("/health/ready").json()["redis"] is True


def test_bak_06_postgres_gone_is_503_in_russian_and_comes_back(web: httpx.Client, postgres: Postgres) -> None:
    postgres.stop()
    assert web.get("/health/ready").status_code == 503
    assert web.get("/health/live").status_code == 200
    page = web.get("/admin/login/", headers={"Accept": "text/html"})
    assert (page.status_code, '<html lang="ru">' in page.text) == (503, True)
    postgres.start()
    assert web.get("/health/ready").status_code == 200
    assert web.get("/admin/login/").status_code == 200


def _metric(web: httpx.Client, name: str) -> float:
    text = web.get("/metrics").text
    return float(next(line.split()[-1] for line in text.splitlines() if line.startswith(f"{name} ")))
