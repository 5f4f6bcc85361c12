"""The product as `docker compose` runs it, on the engine that DOCKER_HOST names, with everything of its own."""

import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from simulator.client import Simulator
from simulator.servers import free_port
from simulator.stack import ROOT

PROJECT = "buhbot-stack"
HOST = "buhbot.test"
INSIDE_PORT = 8443  # of nginx: the simulator reaches it within the network, as Telegram does from outside
PROFILES = ("--profile", "monitoring")
FILES = ("-f", "compose.yaml", "-f", "tests/infra/stack/compose.yaml")


class StackFailed(Exception):
    """Something of the stack is not as it should be; the text says what."""


def no_engine() -> str:
    """Say in a sentence why nothing can run here; empty when it can."""
    if not shutil.which("docker"):
        return "docker is not on this machine."
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode:
        return "docker has no compose here."
    if subprocess.run(["docker", "version"], capture_output=True, check=False).returncode:
        return "no engine answers: start Docker, or name one by DOCKER_HOST."
    return ""


@dataclass
class Engine:
    """One project of compose. Its settings are made up anew each time, in a file of `folder`."""

    folder: Path
    http_port: int = field(default_factory=free_port)
    https_port: int = field(default_factory=free_port)
    telegram_port: int = field(default_factory=free_port)
    webhook_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(50))
    token: str = field(default_factory=lambda: "7000000001:" + secrets.token_hex(17))

    def __post_init__(self) -> None:
        address = "postgres:5432/postgres"
        settings = {
            "SECRET_KEY": self.secret_key,
            "ALLOWED_HOSTS": HOST,
            "PUBLIC_URL": f"https://{HOST}:{INSIDE_PORT}",
            "DATABASE_URL": f"postgres://buhbot_service@{address}",
            "DATABASE_WEB_URL": f"postgres://buhbot_web@{address}",
            "DATABASE_SESSION_URL": f"postgres://buhbot_service@{address}?sslmode=disable",
            "DATABASE_MIGRATION_URL": f"postgres://postgres@{address}",
            "TELEGRAM_BOT_TOKEN": self.token,
            "TELEGRAM_WEBHOOK_SECRET": self.webhook_secret,
            "TELEGRAM_API_URL": f"http://127.0.0.1:{self.telegram_port}",  # for scripts; services: compose.yaml here
            "MONITORING_SCREENS": "0",
            "NGINX_ADDRESS_RATE": "1000r/s",  # one machine plays everyone
            "HTTP_ADDRESS": "127.0.0.1",
            "HTTP_PORT": self.http_port,
            "HTTPS_PORT": self.https_port,
            "TELEGRAM_PORT": self.telegram_port,
            **{f"{name}_PORT": free_port() for name in ("GRAFANA", "KUMA", "PROMETHEUS", "ALERTMANAGER")},
        }
        lines = "".join(f"{name}={value}\n" for name, value in settings.items())
        (self.folder / "env").write_text(lines, encoding="utf-8")

    def compose(self, *words: str, files: Sequence[str] = FILES) -> str:
        """Run `docker compose …` and give what it printed. Raises StackFailed."""
        settings = ("--env-file", str(self.folder / "env"))
        return self.docker("compose", "-p", PROJECT, *settings, *files, *PROFILES, *words)

    @staticmethod
    def docker(*words: str) -> str:
        done = subprocess.run(["docker", *words], cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr or done.stdout).strip()[-3000:]
            raise StackFailed(f"docker {' '.join(words[-4:])}: {said}")
        return done.stdout

    def up(self, *words: str) -> float:
        """Start what is named, wait until it is healthy, and give the seconds that took."""
        began = time.monotonic()
        self.compose("up", "--detach", "--no-build", "--wait", *words)
        return time.monotonic() - began

    def stop(self, service: str) -> float:
        began = time.monotonic()
        self.compose("stop", service)
        return time.monotonic() - began

    def containers(self, *services: str) -> list[dict[str, Any]]:
        """Look at the containers, the newest last."""
        ids = self.compose("ps", "--all", "--quiet", *services).split()
        found: list[dict[str, Any]] = json.loads(self.docker("inspect", *ids))
        return sorted(found, key=lambda container: str(container["Created"]))

    def inside(self, service: str, *command: str) -> str:
        return self.compose("exec", "--no-TTY", service, *command)

    def set(self, name: str, value: str) -> None:
        with (self.folder / "env").open("a", encoding="utf-8") as file:
            file.write(f"{name}={value}\n")

    def deploy(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run infra/scripts/deploy.sh on this project."""
        settings = {
            "COMPOSE_FILE": os.pathsep.join(FILES[1::2]),
            "COMPOSE_PROJECT_NAME": PROJECT,
            "COMPOSE_ENV_FILES": str(self.folder / "env"),
        }
        command = ["infra/scripts/deploy.sh", *words]
        return subprocess.run(
            command, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=False
        )

    def browser(self) -> httpx.Client:
        """Someone outside, at the ports that nginx publishes."""
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.https_port}",
            headers={"Host": f"{HOST}:{INSIDE_PORT}"},
            verify=False,
            trust_env=False,
            timeout=15,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def telegram(self) -> Simulator:
        return Simulator(f"http://127.0.0.1:{self.telegram_port}")
