"""`make lint`: every check that needs no running program, each on its own line, with its words only when it fails."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable
ROOMS = ("buhbot", "bot", "sla", "feedback", "templates_app", "config", "simulator", "manage.py")
Step = tuple[str, list[str]]

# Stands for a server that is set up in full; nothing here is connected to.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "DEBUG": "0",
    "ALLOWED_HOSTS": "bot.example.com",
    "PUBLIC_URL": "https://bot.example.com",
    "DATABASE_URL": "postgres://buhbot_service:p@127.0.0.1:9/buhbot?sslmode=require",
    "DATABASE_MIGRATION_URL": "postgres://buhbot_owner:p@127.0.0.1:9/buhbot?sslmode=require",
    "DATABASE_SESSION_URL": "postgres://buhbot_service:p@127.0.0.1:9/buhbot?sslmode=require",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "TELEGRAM_BOT_TOKEN": "7000000001:AAH-a-token-of-the-right-shape-1234",
    "TELEGRAM_WEBHOOK_SECRET": "a-webhook-secret-that-is-long-enough-1234",
}


def main() -> int:
    failed = [name for name, command in _steps() if not _passes(name, command)]
    if failed:
        print(f"Failed: {', '.join(failed)}")  # noqa: T201
    return 1 if failed else 0


def _steps() -> Iterator[Step]:
    yield "ruff check", [_tool("ruff"), "check", "--quiet", "."]
    yield "ruff format", [_tool("ruff"), "format", "--check", "--quiet", "."]
    yield (
        "bandit",
        [_tool("bandit"), "-q", "-r", "-c", "pyproject.toml", "--severity-level", "medium", *ROOMS],
    )
    yield "import-linter", [_tool("lint-imports"), "--no-cache", "--no-logo"]
    yield "mypy", [_tool("mypy")]
    yield "migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]
    yield "deploy check", [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    yield from _for_files("shellcheck", [_tool("shellcheck"), "-x"], _tracked(".ci/run", "*.sh"))
    yield from _for_files(
        "hadolint", [_tool("hadolint")], _tracked("*Dockerfile", "*Dockerfile.*", ":!*.dockerignore")
    )
    yield from _for_files(
        "actionlint",
        [_tool("actionlint"), "-shellcheck", _tool("shellcheck")],
        _tracked(".github/workflows/*"),
    )


def _for_files(name: str, command: list[str], files: Iterable[str]) -> Iterator[Step]:
    if found := list(files):
        yield name, [*command, *found]


def _tracked(*patterns: str) -> list[str]:
    """List the repository's files, new ones included, that match; none of what git ignores."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def _tool(name: str) -> str:
    return str(BIN / name)


def _passes(name: str, command: list[str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False)
    mark = "failed" if done.returncode else "ok"
    print(f"{name:<15}{mark:<8}{time.monotonic() - began:4.1f} s", flush=True)  # noqa: T201
    if done.returncode:
        print((done.stdout + done.stderr).strip(), flush=True)  # noqa: T201
    return done.returncode == 0


def _environment() -> Mapping[str, str]:
    return os.environ | PRODUCTION


if __name__ == "__main__":
    sys.exit(main())
