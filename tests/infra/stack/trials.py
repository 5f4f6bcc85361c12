"""What is tried on the running stack; each trial gives a line of figures, or nothing."""

import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx

from tests.infra.stack.deploys import DEPLOYS
from tests.infra.stack.engine import HOST, Engine

PRODUCT = ("web", "bot", "worker", "beat")
LIMIT_SECONDS = 30  # PERF-13
KILL = """
import os, pathlib
for place in pathlib.Path("/proc").glob("[0-9]*"):
    if place.name not in ("1", str(os.getpid())) and b"runbot" in (place / "cmdline").read_bytes():
        os.kill(int(place.name), 9)
"""


def _answer(engine: Engine, *, seconds: float = 20) -> float:
    """A stranger presses Start: by Telegram through nginx, web, the inbox and bot, and back; in seconds."""
    with engine.telegram() as telegram:
        person = telegram.person("Ольга")
        began = time.monotonic()
        telegram.start(person)
        telegram.wait_message(person, seconds=seconds)
        return time.monotonic() - began


def run_04_every_service_is_healthy(engine: Engine) -> str:
    states = Counter(_state(container) for container in engine.containers())
    assert set(states) <= {"healthy", "done"}, states
    return f"{states['healthy']} healthy, {states['done']} done"


def _state(container: dict[str, Any]) -> str:
    state = container["State"]
    if state["Status"] == "exited" and state["ExitCode"] == 0:
        return "done"
    return str(state.get("Health", {}).get("Status", state["Status"]))


def run_04_an_update_is_answered(engine: Engine) -> str:
    engine.inside("bot", "python", "manage.py", "set_webhook")
    first = _answer(engine)
    return f"first {first:.2f} s, then {_answer(engine):.2f} s"


def sec_08_https_with_limits(engine: Engine) -> str:
    with engine.browser() as browser:
        page = browser.get("/admin/login/", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers.get_list("Strict-Transport-Security")) == (
            200,
            ["max-age=31536000; includeSubDomains; preload"],
        )
        style = next(part for part in page.text.split('"') if part.startswith("/static/") and ".css" in part)
        assert browser.get(style).status_code == 200
        refused = Counter(browser.post("/admin/login/").status_code for _ in range(20))
        assert refused[429] >= 9, refused
    plain = httpx.get(f"http://127.0.0.1:{engine.http_port}/", trust_env=False)
    assert plain.headers["Location"].startswith("https://")
    return ""


def sec_12_closed_doors(engine: Engine) -> str:
    with engine.browser() as browser:
        assert [browser.get(path).status_code for path in ("/metrics", "/health/ready")] == [404, 404]
    shown = engine.inside("bot", "python", "infra/image/healthy.py", "http://web:8000/metrics")
    assert shown == ""
    return ""


def sec_13_nobody_has_more_rights_than_needed(engine: Engine) -> str:
    for container in engine.containers():
        name, host = container["Name"], container["HostConfig"]
        if (
            any(own in name for own in ("postgres-1", "telegram-1", "redis-folder"))
            and "exporter" not in name
        ):
            continue
        assert container["Config"]["User"].partition(":")[0] not in ("", "0", "root"), name
        assert host["ReadonlyRootfs"], name
        assert host["CapDrop"] == ["ALL"], name
        assert "no-new-privileges:true" in host["SecurityOpt"], name
        assert host["Memory"] > 0, name
        assert host["NanoCpus"] > 0, name
        assert host["LogConfig"]["Config"]["max-size"] == "10m", name
    for service in (*PRODUCT, "nginx", "redis", "certbot", "monitoring"):
        status = engine.inside(service, "cat", "/proc/1/status")
        assert "CapEff:\t0000000000000000" in status, service
    return ""


def sec_13_only_nginx_is_reached_from_outside(engine: Engine) -> str:
    published = json.loads(engine.compose("config", "--format", "json", files=("-f", "compose.yaml")))[
        "services"
    ]
    open_ports = {
        name
        for name, service in published.items()
        for port in service.get("ports", ())
        if port.get("host_ip") != "127.0.0.1" or name == "nginx"
    }
    assert open_ports == {"nginx"}
    return ""


def sec_01_each_process_knows_its_own_login_only(engine: Engine) -> str:
    for service in PRODUCT:
        environment = engine.inside(service, "env")
        assert "DATABASE_MIGRATION_URL" not in environment, service
        assert ("//buhbot_web@" in environment) == (service == "web")
        assert ("//buhbot_service@" in environment) == (service != "web")
    return ""


def sec_13_no_secret_is_in_the_image(engine: Engine) -> str:
    image = engine.containers("web")[0]["Image"]
    told = engine.docker("history", "--no-trunc", image) + engine.docker("inspect", image)
    assert not any(secret in told for secret in (engine.token, engine.secret_key, engine.webhook_secret))
    assert engine.inside("web", "sh", "-c", "find / -xdev -name '.env*' 2>/dev/null | head") == ""
    return ""


def run_05_stop_and_start(engine: Engine) -> str:
    seconds = {
        service: (engine.stop(service), engine.up("--no-deps", service))
        for service in (*PRODUCT, "redis", "nginx")
    }
    figures = ", ".join(f"{service} {stop:.1f}/{start:.1f} s" for service, (stop, start) in seconds.items())
    assert max(max(pair) for pair in seconds.values()) < LIMIT_SECONDS, figures
    assert _answer(engine) < LIMIT_SECONDS
    return f"stop/start: {figures}"


def run_04_a_killed_bot_is_started_again(engine: Engine) -> str:
    before = engine.containers("bot")[0]["State"]["StartedAt"]
    engine.inside("bot", "python", "-c", KILL)
    took = _answer(engine, seconds=LIMIT_SECONDS)
    assert engine.containers("bot")[0]["State"]["StartedAt"] != before
    return f"answered after {took:.1f} s"


def flt_02_updates_are_answered_without_redis(engine: Engine) -> str:
    engine.stop("redis")
    took = _answer(engine)
    engine.up("--no-deps", "redis")
    return f"{took:.2f} s"


def bak_06_a_russian_page_without_web_and_nothing_lost(engine: Engine) -> str:
    engine.stop("web")
    with engine.browser() as browser:
        page = browser.get("/admin/")
        assert (page.status_code, 'lang="ru"' in page.text) == (503, True)
    with engine.telegram() as telegram:
        person = telegram.person("Пётр")
        telegram.start(person)
        engine.up("--no-deps", "web")
        telegram.wait_message(person, seconds=60)
    return ""


def run_04_redis_keeps_what_it_has(engine: Engine) -> str:
    engine.inside("redis", "redis-cli", "set", "kept", HOST)
    time.sleep(1.2)  # it writes every second
    engine.compose("kill", "redis")
    engine.up("--no-deps", "redis")
    assert engine.inside("redis", "redis-cli", "get", "kept").strip() == HOST
    policy = engine.inside("redis", "redis-cli", "config", "get", "maxmemory-policy")
    assert policy.split()[-1] == "noeviction"
    return ""


def mon_02_prometheus_reaches_everyone(engine: Engine) -> str:
    def health() -> Counter[str]:
        told = engine.inside("monitoring", "curl", "-fsS", "http://127.0.0.1:9090/api/v1/targets")
        targets = json.loads(told)["data"]["activeTargets"]
        return Counter(target["health"] for target in targets)

    deadline = time.monotonic() + 40
    while set(found := health()) != {"up"} and time.monotonic() < deadline:
        time.sleep(2)
    assert set(found) == {"up"}, found
    return f"{found['up']} targets"


TRIALS: tuple[Callable[[Engine], str], ...] = (
    run_04_every_service_is_healthy,
    run_04_an_update_is_answered,
    sec_08_https_with_limits,
    sec_12_closed_doors,
    sec_13_nobody_has_more_rights_than_needed,
    sec_13_only_nginx_is_reached_from_outside,
    sec_01_each_process_knows_its_own_login_only,
    sec_13_no_secret_is_in_the_image,
    run_05_stop_and_start,
    run_04_a_killed_bot_is_started_again,
    flt_02_updates_are_answered_without_redis,
    bak_06_a_russian_page_without_web_and_nothing_lost,
    run_04_redis_keeps_what_it_has,
    mon_02_prometheus_reaches_everyone,
    *DEPLOYS,
)
