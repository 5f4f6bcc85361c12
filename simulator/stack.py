"""The product's processes beside the simulator: what the demo, the fault tests and the benchmarks run (RUN-06)."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from simulator.client import Simulator
from simulator.servers import die_with_parent, free_port

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60
STOP_SECONDS = 20
BOT_NAME = "buhbot_demo_bot"


class ProcessFailed(Exception):
    """A process of the product did not do what it should; the text says which, and ends with its log."""


def as_role(url: str, role: str) -> str:
    """Name another login in the address of a server that trusts connections from this machine.

    A server that asks for passwords knows none for that login: there the address serves for all, as on a laptop.
    """
    scheme, _, rest = url.partition("://")
    login, _, place = rest.rpartition("@")
    return url if ":" in login else f"{scheme}://{role}@{place}"


@dataclass
class Stack:
    """One firm's product on one machine. `database_url` is a superuser's; each process gets its own role."""

    database_url: str
    redis_url: str
    folder: Path
    token: str
    webhook_secret: str
    secret_key: str
    web_port: int = field(default_factory=free_port)
    telegram_port: int = field(default_factory=free_port)
    extra: Mapping[str, str] = field(default_factory=dict)
    keeps_world: bool = False
    worker_processes: int = 1
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def web_url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def telegram_url(self) -> str:
        return f"http://127.0.0.1:{self.telegram_port}"

    @property
    def webhook_url(self) -> str:
        return f"{self.web_url}/webhook/telegram"

    def environment(self, **changes: str) -> dict[str, str]:
        """The environment of a process that serves: the bot, a worker, a command."""
        service = as_role(self.database_url, "buhbot_service")
        return {
            **os.environ,
            "DATABASE_URL": service,
            "DATABASE_SESSION_URL": service,
            "DATABASE_MIGRATION_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": self.secret_key,
            "DEBUG": "0",
            "PUBLIC_URL": self.web_url,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "TELEGRAM_BOT_TOKEN": self.token,
            "TELEGRAM_WEBHOOK_SECRET": self.webhook_secret,
            "TELEGRAM_API_URL": self.telegram_url,
            "FILES_FOLDER": str(self.folder / "files"),
            "BEAT_SCHEDULE_FILE": str(self.folder / "beat"),
            "PYTHONUNBUFFERED": "1",
            **self.extra,
            **changes,
        }

    def start(self, name: str) -> None:
        """Start `simulator`, `web`, `bot`, `worker` or `beat`; a second one is `bot-2` and so on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command, environment = self._command(name.partition("-")[0])
        with self.log(name).open("ab") as log:
            self.running[name] = subprocess.Popen(  # noqa: S603 (our own programs)
                command,
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def _command(self, kind: str) -> tuple[list[str], dict[str, str]]:
        python = sys.executable
        service = self.environment()
        commands = {
            "simulator": [
                *(python, "-m", "simulator", "--port", str(self.telegram_port), "--token", self.token),
                *("--username", BOT_NAME, "--name", "BuhBot"),
                *(("--state", str(self.folder / "simulator")) if self.keeps_world else ()),
            ],
            "web": [
                *(python, "-m", "gunicorn", "config.wsgi", "-c", "config/gunicorn.py"),
                *("--bind", f"127.0.0.1:{self.web_port}"),
            ],
            "bot": [python, "manage.py", "runbot"],
            "worker": [
                *(python, "-m", "celery", "-A", "config", "worker"),
                *("--concurrency", str(self.worker_processes)),
            ],
            "beat": [python, "-m", "celery", "-A", "config", "beat"],
        }
        if kind == "web":
            url = as_role(self.database_url, "buhbot_web")
            metrics = str(self.folder / "metrics-web")
            return commands[kind], service | {
                "DATABASE_URL": url,
                "DATABASE_SESSION_URL": "",
                "DATABASE_MIGRATION_URL": "",
                "PROMETHEUS_MULTIPROC_DIR": metrics,
            }
        if kind == "worker":
            return commands[kind], service | {"PROMETHEUS_MULTIPROC_DIR": str(self.folder / "metrics-worker")}
        return commands[kind], service

    def stop(self, name: str, sig: signal.Signals = signal.SIGTERM) -> float:
        """Ask a process to stop, wait for its end, and return how many seconds it took."""
        child = self.running.pop(name)
        started = time.monotonic()
        child.send_signal(sig)
        try:
            child.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill_group(child)
        return time.monotonic() - started

    def kill(self, name: str) -> None:
        """End a process and its children at once, as a crash of the host would."""
        self._kill_group(self.running.pop(name))

    @staticmethod
    def _kill_group(child: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def manage(self, *command: str) -> str:
        """Run a management command to its end and return what it printed."""
        done = subprocess.run(  # noqa: S603 (our own programs)
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ProcessFailed(f"manage.py {command[0]}: {(done.stderr or done.stdout).strip()[-2000:]}")
        return done.stdout

    def wait_for(self, url: str, *, seconds: float = READY_SECONDS) -> None:
        """Wait until the address answers with success. Raises ProcessFailed with the last lines of the logs."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.ended():
            try:
                if httpx.get(url, timeout=2, trust_env=False).is_success:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise ProcessFailed(f"{url} does not answer. {self.last_words()}")

    def ended(self) -> list[str]:
        """Name the processes that ended by themselves."""
        return [name for name, child in self.running.items() if child.poll() is not None]

    def last_words(self) -> str:
        names = self.ended() or list(self.running)
        return "\n".join(
            f"{self.log(name)}: {self.log(name).read_text(errors='replace')[-1500:]}" for name in names
        )

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def simulator(self) -> Simulator:
        return Simulator(self.telegram_url)

    def start_all(self) -> None:
        """Start everything on a migrated database and point the simulator's webhook at it."""
        for name in ("simulator", "web", "bot", "worker", "beat"):
            if name not in self.running:
                self.start(name)
        self.wait_for(f"{self.telegram_url}/sim/bot")
        self.wait_for(f"{self.web_url}/health/live")
        self.manage("set_webhook")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self.running.values():
            child.terminate()
        for name in list(self.running):
            self.stop(name)
