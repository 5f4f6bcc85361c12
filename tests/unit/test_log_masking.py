"""What a log line never holds: secrets, and characters that break or turn a line (SEC-09, SEC-10)."""

import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import structlog

from buhbot.ops.logging import Masking, processors

ROOT = Path(__file__).resolve().parents[2]
OWN = "q8-the-database-password"
TOKEN = "7000000001:AAH-a-token-of-the-right-shape-1234"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2lnbmF0dXJlLWhlcmU"
LINES = {
    f"POST https://api.telegram.org/bot{TOKEN}/sendMessage": "POST https://api.telegram.org/***/sendMessage",
    "postgres://buhbot_web:pass%21word@db.example:6543/postgres": "postgres://***@db.example:6543/postgres",
    "redis://:s3cret@redis:6379/0": "redis://***@redis:6379/0",
    "smtp+tls://robot:p:a:ss@mail.example:587": "smtp+tls://***@mail.example:587",
    f"Authorization: Bearer {JWT}": "Authorization: Bearer ***",
    f"apikey={JWT}": "apikey=***",
    "sb_secret_N7UND0UgjKTVK-Uodkm0Hg": "***",
    "sb_publishable_ACJWlzQHlZjBrEguHvfOxg": "***",
    "https://s3.example/a.pdf?X-Amz-Expires=60&X-Amz-Signature=0a1b2c&x=1":
        "https://s3.example/a.pdf?X-Amz-Expires=60&X-Amz-Signature=***&x=1",
    "/admin/password/MQ/cxyz12-0a1b2c3d/": "/admin/password/***/",
    "https://t.me/firm_bot?start=Zm9vYmFy": "https://t.me/firm_bot?start=***",
    "https://t.me/firm_bot?startgroup=Zm9v": "https://t.me/firm_bot?startgroup=***",
    "connection to db failed: password=hunter2 host=db": "connection to db failed: password=*** host=db",
    f"boto3 said {OWN}!": "boto3 said ***!",
}  # fmt: skip


def masked(value: Any) -> Any:
    return Masking([OWN, "short"])(None, "", {"event": value})["event"]


@pytest.mark.parametrize(("line", "expected"), LINES.items())
def test_sec_09_secrets_are_masked_by_their_shape(line: str, expected: str) -> None:
    assert masked(line) == expected


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize(
    "wrap", [lambda s: {"a": {"b": [s]}}, lambda s: (s, 1), ValueError, lambda s: {s: 1}]
)
def test_sec_09_however_deep_they_stand(line: str, wrap: Any) -> None:
    assert LINES[line] in str(masked(wrap(line)))
    assert line not in str(masked(wrap(line)))


@pytest.mark.parametrize("name", ["password", "TELEGRAM_BOT_TOKEN", "api_key", "Authorization", "Set-Cookie"])
def test_sec_09_a_field_of_such_a_name_is_masked_whatever_is_in_it(name: str) -> None:
    assert masked({name: ["abc"]}) == {name: "***"}


@pytest.mark.parametrize(
    "line", ["a short word", "12:30", "ООО «Ромашка»: 12345", "https://bot.example/admin/?q=1"]
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert masked(line) == line
    assert masked([1, None, True, 2.5]) == [1, None, True, 2.5]


def json_handler(out: io.StringIO, secrets: Iterable[str] = ()) -> logging.Handler:
    """What a library's logger writes with, as the product sets it up."""
    handler = logging.StreamHandler(out)
    render: list[Any] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processors=render, foreign_pre_chain=processors(secrets))
    )
    return handler


def written(error: Exception | None, text: str, **fields: Any) -> str:
    """One line of a library's logger, as it comes out."""
    out = io.StringIO()
    logger = logging.Logger("library")
    logger.addHandler(json_handler(out, [OWN]))
    logger.error(text, exc_info=error, extra=fields)
    return out.getvalue()


def test_sec_09_the_traceback_of_an_exception_is_masked() -> None:
    try:
        raise ConnectionError(f"GET https://api.telegram.org/bot{TOKEN}/getMe with {OWN}")
    except ConnectionError as error:
        line = written(error, "no answer")
    assert "api.telegram.org/***/getMe with ***" in line
    assert "ConnectionError" in line


@pytest.mark.parametrize(
    "hostile",
    ["a\nb", "a\r\nb", "\x1b[31mred", "\x9b31m", "a\u2028b", "\u202egpj.exe", "\ud83d", "\0", '"}{"a": "b'],
)
def test_sec_10_one_record_is_one_line_of_printable_characters(hostile: str) -> None:
    line = written(None, hostile)
    assert line.count("\n") == 1
    assert all(character.isprintable() for character in line[:-1])
    assert json.loads(line)["level"] == "error"


SECRETS = {
    "SECRET_KEY": "{}",
    "TELEGRAM_BOT_TOKEN": "{}",
    "OPS_BOT_TOKEN": "{}",
    "TELEGRAM_WEBHOOK_SECRET": "{}",
    "SUPABASE_JWT_SECRET": "{}",
    "S3_SECRET_ACCESS_KEY": "{}",
    "BACKUP_S3_SECRET_ACCESS_KEY": "{}",
    "LLM_API_KEY": "{}",
    "HEARTBEAT_URL": "https://beats.test/{}",
    "EMAIL_URL": "smtp+tls://robot:{}@mail.test:587",
    "REDIS_URL": "redis://:{}@redis.test:6379/0",
    "DATABASE_URL": "postgres://a:{}@db.test/b",
    "DATABASE_MIGRATION_URL": "postgres://a:{}@db.test/b",
    "DATABASE_SESSION_URL": "postgres://a:{}@db.test/b",
}


def printed(script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    setup = "import django; django.setup(); from django.conf import settings; "
    return subprocess.run(
        [sys.executable, "-c", setup + script],
        cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_sec_09_every_secret_of_the_environment_is_known_to_the_masking() -> None:
    given = {name: shape.format(f"hidden-{name.lower()}") for name, shape in SECRETS.items()}
    known = printed("import json; print(json.dumps(settings.OWN_SECRETS))", **given)
    assert known.returncode == 0, known.stderr
    found = " ".join(json.loads(known.stdout))
    assert [name for name in SECRETS if f"hidden-{name.lower()}" not in found] == []


def test_sec_09_the_example_names_no_secret_that_is_missing_here() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = re.findall(r"(?m)^(?:# )?([A-Z0-9_]*(?:SECRET|TOKEN|PASSWORD|API_KEY)[A-Z0-9_]*)=", example)
    assert set(named) - SECRETS.keys() <= {"GRAFANA_PASSWORD", "KUMA_PASSWORD"}  # the monitoring's own


def test_sec_09_what_ends_a_program_is_masked_too() -> None:
    done = printed(f"raise ConnectionError('https://api.telegram.org/bot{TOKEN}/getMe')")
    assert "ConnectionError: https://api.telegram.org/***/getMe" in done.stderr
    assert TOKEN not in done.stderr


def test_sec_09_what_ends_a_thread_is_masked_too() -> None:
    done = printed(
        "import threading; threading.Thread(target=lambda: "
        f"exec('raise ConnectionError(\"https://api.telegram.org/bot{TOKEN}/getMe\")')).start()"
    )
    assert "ConnectionError" in done.stderr
    assert TOKEN not in done.stderr
