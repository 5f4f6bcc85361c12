"""Deploys on the running stack, while others go on asking it (CI-02, FLT-10)."""

import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from tests.infra.stack.engine import Engine

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
TAG = "buhbot-stack-release"
BROKEN = "import sys; sys.exit('This release does not start.')"


@contextmanager
def _load(engine: Engine) -> Iterator[Counter[str]]:
    """Someone posts updates and opens a page all the while; counts what came."""
    found: Counter[str] = Counter()
    done = threading.Event()

    def ask(number: int) -> None:
        with engine.browser() as browser:
            while not done.is_set():
                number += 10
                update = {"update_id": number, "message": {"chat": {"id": 5}}}
                secret = {SECRET_HEADER: engine.webhook_secret}
                try:
                    answers = [
                        browser.post("/webhook/telegram", json=update, headers=secret),
                        browser.get("/admin/login/", headers={"Cookie": f"sessionid={number}"}),
                    ]
                    found.update(str(answer.status_code) for answer in answers)
                except httpx.HTTPError as error:
                    found[repr(error)] += 1

    threads = [threading.Thread(target=ask, args=[900_000_000 + start]) for start in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        done.set()
        for thread in threads:
            thread.join()


def _image(engine: Engine, *lines: str) -> str:
    """Build another release upon the one that is there."""
    base = engine.docker(
        "inspect", "--format", "{{.Config.Image}}", engine.containers("web")[-1]["Id"]
    ).strip()
    engine.docker("tag", base, f"{TAG}:base")
    recipe = "\n".join([f"FROM {TAG}:base", *lines])
    command = ["docker", "build", "--quiet", "--file", "-", str(engine.folder)]
    return subprocess.run(command, input=recipe, capture_output=True, text=True, check=True).stdout.strip()


def _runs(engine: Engine) -> dict[str, str]:
    """Give the image of each process of the product; exactly one container for each."""
    return {
        container["Config"]["Labels"]["com.docker.compose.service"]: container["Image"]
        for container in engine.containers("web", "bot", "worker", "beat")
    }


def _is_all(engine: Engine, image: str) -> bool:
    return len(engine.containers("web")) == 1 and set(_runs(engine).values()) == {image}


def ci_02_a_deploy_and_a_rollback_fail_no_request(engine: Engine) -> str:
    before = _runs(engine)["web"]
    after = _image(engine, "LABEL release=next")
    with engine.telegram() as telegram:
        operator = telegram.person("Дежурный")
        telegram.start(operator)
        engine.set("OPS_CHAT_ID", str(operator))
        with _load(engine) as found:
            deployed = engine.deploy(after)
            assert deployed.returncode == 0, deployed.stdout + deployed.stderr
            assert _is_all(engine, after), _runs(engine)
            back = engine.deploy("--rollback")
            assert back.returncode == 0, back.stdout + back.stderr
        assert set(found) == {"200"}, found
        assert _is_all(engine, before), _runs(engine)
        telegram.wait_message(operator, contains=f"работает версия {before}", seconds=10)
    return f"{found.total()} requests meanwhile"


def _is_refused(engine: Engine, image: str) -> str:
    """Deploy what does not start: the old release goes on, and nobody notices."""
    before = _runs(engine)["web"]
    with _load(engine) as found:
        deployed = engine.deploy(image)
    assert deployed.returncode == 1, deployed.stdout + deployed.stderr
    assert "Going back" in deployed.stdout
    assert set(found) == {"200"}, found
    assert _is_all(engine, before), _runs(engine)
    return f"{found.total()} requests meanwhile"


def ci_02_a_web_that_does_not_start_changes_nothing(engine: Engine) -> str:
    (engine.folder / "broken.py").write_text(BROKEN, encoding="utf-8")
    return _is_refused(engine, _image(engine, "COPY broken.py /app/config/wsgi.py"))


def ci_02_a_bot_that_does_not_start_is_taken_back(engine: Engine) -> str:
    (engine.folder / "broken.py").write_text(BROKEN, encoding="utf-8")
    return _is_refused(engine, _image(engine, "COPY broken.py /app/bot/management/commands/runbot.py"))


def ci_02_what_is_called_wrongly_touches_nothing(engine: Engine) -> str:
    before = [container["Id"] for container in engine.containers("web", "bot", "worker", "beat")]
    assert [engine.deploy(*words).returncode for words in ((), ("buhbot:latest",))] == [2, 2]
    assert engine.deploy("sha256:" + "0" * 64).returncode != 0
    assert [container["Id"] for container in engine.containers("web", "bot", "worker", "beat")] == before
    return ""


DEPLOYS: tuple[Callable[[Engine], str], ...] = (
    ci_02_a_deploy_and_a_rollback_fail_no_request,
    ci_02_a_web_that_does_not_start_changes_nothing,
    ci_02_a_bot_that_does_not_start_is_taken_back,
    ci_02_what_is_called_wrongly_touches_nothing,
)
