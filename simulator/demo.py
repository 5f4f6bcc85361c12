"""`make demo`: the whole product on one machine, with embedded servers and the Telegram simulator (RUN-01).

Everything stays under `.demo/`; Ctrl-C stops every process, the next start finds its data again.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import httpx

from simulator.client import Simulator, SimulatorError
from simulator.servers import Postgres, Redis, die_with_parent

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".demo"
FIRM = ROOT / "simulator" / "firm.json"
PASSWORD = "demo-buhbot-2026"  # noqa: S105 (a demo on this machine only)
READY_SECONDS = 60
Json = dict[str, Any]


class DemoFailed(Exception):
    """A part of the demo did not start; the text says which and where its log is."""


def main() -> int:
    signal.signal(signal.SIGTERM, _interrupt)
    STATE.mkdir(exist_ok=True)
    (STATE / "logs").mkdir(exist_ok=True)
    try:
        with ExitStack() as stack:
            _run(stack)
    except KeyboardInterrupt:
        say("Stopped. The data stays in .demo/ for the next start.")
    except (DemoFailed, SimulatorError, OSError) as error:
        say(f"The demo cannot run: {error}")
        return 1
    return 0


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 (this is its user interface)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _run(stack: ExitStack) -> None:
    firm: Json = json.loads(FIRM.read_text(encoding="utf-8"))
    web, telegram = _port(8000), _port(8081)
    say("Starting Postgres and Redis …")
    environment = _environment(_servers(stack), web=web, telegram=telegram)
    say("Preparing the database …")
    manage(environment, "migrate", "--verbosity", "0")
    manage(environment, "demo", str(FIRM), "--password", PASSWORD)
    say("Starting the simulator, web, bot, worker and beat …")
    processes = [
        stack.enter_context(process(*part, environment)) for part in _processes(web, telegram, environment)
    ]
    _wait_for(f"http://127.0.0.1:{telegram}/sim/bot", processes)
    simulator = stack.enter_context(Simulator(f"http://127.0.0.1:{telegram}"))
    is_first_run = _load_world(simulator, firm)
    _wait_for(f"http://127.0.0.1:{web}/health/live", processes)
    manage(environment, "set_webhook")
    if is_first_run:
        _tell_history(simulator, firm)
    _greet(firm, web=web, telegram=telegram)
    while all(child.poll() is None for child in processes):
        time.sleep(0.5)
    raise DemoFailed(f"a process ended by itself; see {STATE / 'logs'}")


def _servers(stack: ExitStack) -> dict[str, str]:
    """Start the servers that the environment does not name, and return their addresses."""
    urls = {name: os.environ.get(name, "") for name in ("DATABASE_URL", "REDIS_URL")}
    if not urls["DATABASE_URL"]:
        urls["DATABASE_URL"] = stack.enter_context(Postgres(STATE / "postgres")).url
    if not urls["REDIS_URL"]:
        urls["REDIS_URL"] = stack.enter_context(Redis(STATE / "redis", append_only=True)).url
    return urls


def _environment(urls: dict[str, str], *, web: int, telegram: int) -> dict[str, str]:
    owner = urls["DATABASE_URL"]
    return (
        os.environ
        | _secrets()
        | {
            "DATABASE_MIGRATION_URL": owner,
            "DATABASE_URL": _as_role(owner, "buhbot_service"),
            "DATABASE_SESSION_URL": _as_role(owner, "buhbot_service"),
            "REDIS_URL": urls["REDIS_URL"],
            "TELEGRAM_API_URL": f"http://127.0.0.1:{telegram}",
            "PUBLIC_URL": f"http://127.0.0.1:{web}",
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "LANGUAGE_CODE": os.environ.get("LANGUAGE_CODE", "ru"),
            "BEAT_SCHEDULE_FILE": str(STATE / "beat"),
            "PROMETHEUS_MULTIPROC_DIR": str(STATE / "metrics"),
            "PYTHONUNBUFFERED": "1",
        }
    )


def _secrets() -> dict[str, str]:
    """Make the demo's secrets once, and keep them, so that sessions survive a restart."""
    path = STATE / "secrets.json"
    if not path.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "TELEGRAM_BOT_TOKEN": "7000000001:" + secrets.token_hex(17),
            "TELEGRAM_WEBHOOK_SECRET": secrets.token_urlsafe(24),
        }
        path.write_text(json.dumps(made))
        path.chmod(0o600)
    found: dict[str, str] = json.loads(path.read_text())
    return found


def _as_role(url: str, role: str) -> str:
    """Name another login in the address of a server that trusts local connections."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{role}@{rest.rpartition('@')[2]}"


def _processes(
    web: int, telegram: int, environment: dict[str, str]
) -> Iterator[tuple[str, list[str], dict[str, str]]]:
    python = sys.executable
    as_web = {"DATABASE_URL": _as_role(environment["DATABASE_URL"], "buhbot_web"), "DATABASE_SESSION_URL": ""}
    token = environment["TELEGRAM_BOT_TOKEN"]
    yield (
        "simulator",
        [
            python,
            "-m",
            "simulator",
            "--port",
            str(telegram),
            "--token",
            token,
            "--username",
            "buhbot_demo_bot",
            "--name",
            "BuhBot",
            "--state",
            str(STATE / "simulator"),
        ],
        {},
    )
    yield (
        "web",
        [
            python,
            "-m",
            "gunicorn",
            "config.wsgi",
            "-c",
            "config/gunicorn.py",
            "--bind",
            f"127.0.0.1:{web}",
        ],
        as_web,
    )
    yield "bot", [python, "manage.py", "runbot"], {}
    yield (
        "worker",
        [python, "-m", "celery", "-A", "config", "worker", "--concurrency", "1", "--loglevel", "info"],
        {},
    )
    yield "beat", [python, "-m", "celery", "-A", "config", "beat", "--loglevel", "info"], {}


@contextmanager
def process(
    name: str, command: list[str], extra: dict[str, str], environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process with its log in `.demo/logs/`; it is stopped at the end, and dies with the demo."""
    with (STATE / "logs" / f"{name}.log").open("ab") as log:
        child = subprocess.Popen(  # noqa: S603 (our own programs)
            command,
            cwd=ROOT,
            env=environment | extra,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            child.kill()


def manage(environment: dict[str, str], *command: str) -> None:
    """Run a management command to its end."""
    done = subprocess.run(  # noqa: S603 (our own programs)
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DemoFailed(f"manage.py {command[0]}: {(done.stderr or done.stdout).strip()[-2000:]}")


def _wait_for(url: str, processes: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if any(child.poll() is not None for child in processes):
            break
        try:
            if httpx.get(url, timeout=2, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise DemoFailed(f"{url} does not answer; see {STATE / 'logs'}")


def _load_world(simulator: Simulator, firm: Json) -> bool:
    """Fill an empty simulator with the firm's people and chats; say whether it was empty."""
    if simulator.get("chats"):
        return False
    for person in firm["staff"]:
        if person["telegram_id"]:
            first, _, last = person["full_name"].partition(" ")
            simulator.person(
                first,
                last_name=last,
                id=person["telegram_id"],
                username=person["username"],
                side="staff",
                started=True,
            )
    for client in firm["clients"]:
        simulator.person(client["first_name"], last_name=client["last_name"], id=client["id"])
    for chat in firm["chats"]:
        simulator.group(
            chat["title"],
            members=_members(chat, firm),
            id=chat["telegram_id"],
            bot="administrator",
            quiet=True,
        )
    return True


def _members(chat: Json, firm: Json) -> list[int]:
    emails = {*chat.get("accountants", []), *chat.get("managers", [])}
    staff = [person["telegram_id"] for person in firm["staff"] if person["email"] in emails]
    return staff + [client["id"] for client in firm["clients"] if chat["telegram_id"] in client["chats"]]


def _tell_history(simulator: Simulator, firm: Json) -> None:
    now = int(time.time())
    for line in firm["history"]:
        date = now - line["minutes_ago"] * 60
        simulator.send(line["person"], line["chat"], line["text"], date=date)


def _greet(firm: Json, *, web: int, telegram: int) -> None:
    rows = "\n".join(f"    {person['email']:22} {person['role']}" for person in firm["staff"])
    say(
        f"""
BuhBot is running.

  Telegram (play a client, an accountant, a manager):  http://127.0.0.1:{telegram}/
  Admin:                                               http://127.0.0.1:{web}/admin/

  Sign-ins, password {PASSWORD}:
{rows}

  Try: as the client Дарья Романова write a question in «Быстрые ответы»; the accountant Анна Белова is
  warned after a minute, the manager is told after two. Answer as Анна, and the clock stops.

  Ctrl-C stops everything.
"""
    )


def _port(wanted: int) -> int:
    """Return the wanted port of this machine, or the next that is free."""
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise DemoFailed(f"ports {wanted} to {wanted + 49} are all taken")


if __name__ == "__main__":
    sys.exit(main())
