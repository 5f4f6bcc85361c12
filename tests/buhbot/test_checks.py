"""A missing or malformed variable is one clear line: which, what it must look like, where to get it (RUN-03)."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured

from buhbot.ops.checks import check_environment, require_sound_settings
from tests.environment import DATABASE, SUPERUSER_URL, database_url

ROOT = Path(__file__).resolve().parent.parent.parent

SOUND = [
    ("DEBUG", True),
    ("REDIS_URL", "rediss://:password@redis.example:6380/1"),
    ("TELEGRAM_BOT_TOKEN", "123456789:AAbbCCddEEff-gg_hh"),
    ("TELEGRAM_WEBHOOK_SECRET", "A-z_9" * 51),
    ("PUBLIC_URL", ""),
    ("PUBLIC_URL", "https://bot.example.ru"),
    ("PUBLIC_URL", "http://127.0.0.1:8000"),
    ("DATABASE_SESSION_URL", ""),
    ("LLM_BASE_URL", ""),
]
WRONG = [
    ("E001", "SECRET_KEY", "x" * 31),
    ("E001", "SECRET_KEY", ""),
    ("E003", "REDIS_URL", ""),
    ("E003", "REDIS_URL", "localhost:6379"),
    ("E003", "REDIS_URL", "redis://host:port/0"),
    ("E004", "TELEGRAM_BOT_TOKEN", ""),
    ("E004", "TELEGRAM_BOT_TOKEN", "botname"),
    ("E004", "TELEGRAM_BOT_TOKEN", "123456789: AAbbCCddEEff"),
    ("E005", "TELEGRAM_WEBHOOK_SECRET", ""),
    ("E005", "TELEGRAM_WEBHOOK_SECRET", "секрет"),
    ("E005", "TELEGRAM_WEBHOOK_SECRET", "x" * 257),
    ("E006", "TELEGRAM_API_URL", "api.telegram.org"),
    ("E007", "PUBLIC_URL", "http://bot.example.ru"),
    ("E007", "PUBLIC_URL", "bot.example.ru"),
    ("E008", "INTERNAL_NETWORKS", ["10.0.0.1/8"]),
    ("E008", "INTERNAL_NETWORKS", ["office"]),
    ("E009", "DATABASE_SESSION_URL", "host:5432"),
    ("E010", "LLM_BASE_URL", "llm.example.com"),
    ("E010", "LLM_BASE_URL", ""),
    ("E011", "LLM_API_KEY", ""),
    ("E012", "LLM_MODEL", ""),
    ("E020", "S3_ENDPOINT_URL", "storage.example.com"),
    ("E020", "S3_ENDPOINT_URL", ""),
    ("E021", "S3_ACCESS_KEY_ID", ""),
    ("E030", "SUPABASE_URL", "project.supabase.co"),
    ("E030", "SUPABASE_URL", ""),
    ("E031", "SUPABASE_PUBLISHABLE_KEY", ""),
    ("E032", "SUPABASE_JWT_SECRET", "short"),
    ("E033", "EMAIL_FROM", "buhbot"),
    ("E022", "S3_SECRET_ACCESS_KEY", ""),
]
WHOLE: list[dict[str, str]] = [
    {"LLM_BASE_URL": "https://llm.example.com/v1", "LLM_API_KEY": "k", "LLM_MODEL": "m"},
    {"SUPABASE_URL": "https://p.supabase.co", "SUPABASE_PUBLISHABLE_KEY": "k"},
    {"EMAIL_URL": "smtp://localhost:25", "EMAIL_FROM": "buhbot@firm.test"},
    {"S3_ENDPOINT_URL": "https://s3.example.com", "S3_ACCESS_KEY_ID": "k", "S3_SECRET_ACCESS_KEY": "s"},
]


def test_run_03_the_settings_of_the_tests_are_sound() -> None:
    assert check_environment() == []


@pytest.mark.parametrize(("name", "value"), SOUND)
def test_run_03_a_sound_variable_is_taken(settings: Any, name: str, value: Any) -> None:
    setattr(settings, name, value)
    assert check_environment() == []


@pytest.mark.parametrize(("code", "name", "value"), WRONG)
def test_run_03_a_wrong_variable_is_named_with_a_hint(
    settings: Any, code: str, name: str, value: Any
) -> None:
    for variable, sound in next((group for group in WHOLE if name in group), {}).items():
        setattr(settings, variable, sound)
    setattr(settings, name, value)
    (error,) = check_environment()
    assert error.id == f"buhbot.{code}"
    assert error.msg.startswith(name)
    assert error.hint


def test_run_03_with_debug_a_laptop_needs_less(settings: Any) -> None:
    settings.DEBUG, settings.SECRET_KEY = True, "short"
    settings.TELEGRAM_WEBHOOK_SECRET, settings.PUBLIC_URL = "", "http://laptop.local:8000"
    assert check_environment() == []


def test_run_03_every_wrong_variable_has_its_line(settings: Any) -> None:
    settings.REDIS_URL = settings.TELEGRAM_BOT_TOKEN = ""
    with pytest.raises(ImproperlyConfigured) as refusal:
        require_sound_settings()
    assert [line.split()[0] for line in str(refusal.value).splitlines()] == [
        "REDIS_URL",
        "TELEGRAM_BOT_TOKEN",
    ]


PROCESSES = {
    "web": ("gunicorn", "config.wsgi", "-c", "config/gunicorn.py", "--bind", "127.0.0.1:0"),
    "plain gunicorn": ("gunicorn", "config.wsgi", "--bind", "127.0.0.1:0", "--no-control-socket"),
    "worker": ("celery", "-A", "config", "worker"),
    "beat": ("celery", "-A", "config", "beat"),
}
MISTAKES = [
    ("DATABASE_URL", "mysql://host/name", "DATABASE_URL must look like postgres://"),
    ("DATABASE_URL", "", "DATABASE_URL is not set"),
    ("TELEGRAM_BOT_TOKEN", "", "TELEGRAM_BOT_TOKEN must look like"),
    ("FIRM_TIME_ZONE", "Mars/Olympus", "FIRM_TIME_ZONE must name a time zone"),
    ("LANGUAGE_CODE", "fr", "LANGUAGE_CODE must be one of ru, en"),
    ("DEBUG", "perhaps", "DEBUG must be 1 or 0"),
    ("BOT_THREADS", "many", "BOT_THREADS must be a whole number"),
]


def _run(command: tuple[str, ...], **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", *command],
        cwd=ROOT, env=os.environ | changes, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.processes
@pytest.mark.parametrize(("name", "value", "line"), MISTAKES[:3])
@pytest.mark.parametrize("process", PROCESSES)
def test_run_03_no_process_starts_with_a_wrong_variable(
    process: str, name: str, value: str, line: str
) -> None:
    done = _run(("-m", *PROCESSES[process]), **{name: value})
    assert done.returncode == 3
    assert f"BuhBot cannot start: {line}" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.processes
@pytest.mark.parametrize(("name", "value", "line"), MISTAKES)
def test_run_03_commands_say_it_too(name: str, value: str, line: str) -> None:
    done = _run(("manage.py", "check"), **{name: value})
    assert done.returncode != 0
    assert line in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.processes
@pytest.mark.parametrize("command", ["export_config", "purge_expired", "migrate", "recompute_deadlines"])
def test_run_03_a_silent_database_is_one_line(command: str) -> None:
    nobody = "postgres://buhbot_service@127.0.0.1:1/postgres"
    done = _run(("manage.py", command), DATABASE_URL=nobody, DATABASE_MIGRATION_URL=nobody)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "Connection refused" in line
    assert "Compare DATABASE_URL" in line


@pytest.mark.processes
def test_run_03_a_database_that_was_not_prepared_is_one_line(django_db_setup: None) -> None:
    name = f"buhbot_empty_{uuid4().hex[:8]}"
    with psycopg.connect(SUPERUSER_URL, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            done = _run(("manage.py", "export_config"), DATABASE_URL=database_url(name))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    assert done.returncode == 1
    assert "run manage.py migrate first" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.processes
def test_run_03_a_login_that_may_not_is_named(django_db_setup: None) -> None:
    done = _run(("manage.py", "export_config"), DATABASE_URL=database_url(DATABASE, "buhbot_web"))
    assert done.returncode == 1
    assert "must be buhbot_service" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.processes
def test_run_03_static_files_are_collected_without_any_variable() -> None:
    """The image is built where no secret is."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "collectstatic", "--noinput", "--dry-run"],
        cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
