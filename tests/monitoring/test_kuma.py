"""What Uptime Kuma is told to look at, and that it is told so once (MON-04)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import util
from typing import Any

import pytest

from tests.monitoring.kuma import Kuma
from tests.monitoring.servers import HERE

SCRIPT = HERE / "kuma" / "provision.py"
SETTINGS = {
    "PUBLIC_URL": "https://bot.example.com/",
    "OPS_BOT_TOKEN": "7000000001:AAH-a-token",
    "OPS_CHAT_ID": "-1001",
}


@pytest.fixture(scope="module")
def script() -> Any:
    told = util.spec_from_file_location("kuma_provision", SCRIPT)
    assert told
    assert told.loader
    module = util.module_from_spec(told)
    sys.modules["kuma_provision"] = module
    told.loader.exec_module(module)
    return module


@pytest.fixture
def kuma() -> Iterator[Kuma]:
    server = Kuma()
    server.start()
    yield server
    server.stop()


def provision(kuma: Kuma, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | SETTINGS | {"KUMA_URL": kuma.url, "KUMA_PASSWORD": "a-long-password"} | changes
    return subprocess.run(
        [sys.executable, str(SCRIPT)], env=environment, capture_output=True, text=True, check=False
    )


def test_mon_04_five_addresses_are_looked_at_often_enough(script: Any) -> None:
    monitors = script.plan(SETTINGS).monitors
    assert {monitor["name"]: monitor["url"] for monitor in monitors} == {
        "Сайт": "https://bot.example.com/health/live",
        "Вебхук": "https://bot.example.com/webhook/telegram",
        "Панель": "https://bot.example.com/admin/login/",
        "Здоровье": "http://web:8000/health/ready",
        "Grafana": "http://127.0.0.1:3000/api/health",
    }
    assert all(0 < monitor["interval"] <= 300 for monitor in monitors)


@pytest.mark.parametrize("missing", ["OPS_BOT_TOKEN", "OPS_CHAT_ID"])
def test_mon_04_without_a_chat_nobody_is_told(script: Any, missing: str) -> None:
    assert script.plan(SETTINGS | {missing: ""}).notification is None


def test_mon_04_the_first_run_sets_everything_up(kuma: Kuma) -> None:
    done = provision(kuma)
    assert done.returncode == 0, done.stdout + done.stderr
    assert kuma.operator == ("operator", "a-long-password")
    assert [monitor["name"] for monitor in kuma.monitors.values()] == [
        "Сайт",
        "Вебхук",
        "Панель",
        "Здоровье",
        "Grafana",
    ]
    assert all(monitor["notificationIDList"] == {"1": True} for monitor in kuma.monitors.values())
    assert kuma.monitors[2]["accepted_statuscodes"] == ["405", "403"]
    assert kuma.monitors[4]["keyword"] == '"status": "ok"'
    told = kuma.notifications[1]
    assert (told["type"], told["telegramBotToken"], told["telegramChatID"]) == (
        "telegram",
        "7000000001:AAH-a-token",
        "-1001",
    )


def test_mon_04_another_run_brings_back_what_was_changed_and_adds_nothing(kuma: Kuma) -> None:
    provision(kuma)
    kuma.monitors[1]["interval"] = 900
    kuma.monitors[99] = kuma.monitors[1] | {"id": 99, "name": "Чужое", "interval": 600}
    assert provision(kuma, OPS_CHAT_ID="-1002").returncode == 0
    assert len(kuma.monitors) == 6
    assert (kuma.monitors[1]["interval"], kuma.monitors[99]["interval"]) == (60, 600)
    assert [told["telegramChatID"] for told in kuma.notifications.values()] == ["-1002"]


def test_mon_04_a_wrong_password_is_said_without_it(kuma: Kuma) -> None:
    provision(kuma)
    done = provision(kuma, KUMA_PASSWORD="another-password")
    assert done.returncode == 1
    assert "Incorrect username or password" in done.stdout
    assert "another-password" not in done.stdout + done.stderr
