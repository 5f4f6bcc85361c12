"""Starts real Postgres and Redis for the tests and tells the settings of them, before Django reads its own.

Loaded by pytest as an early plugin (`-p tests.environment`). TEST_DATABASE_URL and TEST_REDIS_URL (a superuser's
address, and a Redis that may be emptied) name servers that run already; then run pytest with `-n 0`, as several
processes of tests, each with its own servers otherwise (`make test`), cannot share them.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from simulator.servers import Postgres, Redis

DATABASE = "buhbot_test"
TEMPLATE = "buhbot_template"


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="buhbot-tests-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _superuser_url(folder: Path) -> str:
    if named := os.environ.get("TEST_DATABASE_URL"):
        return named
    server = Postgres(folder / "postgres", durable=False, prefer="system")
    server.start()
    atexit.register(server.stop)
    return server.url


def _redis_url(folder: Path) -> str:
    if named := os.environ.get("TEST_REDIS_URL"):
        return named
    server = Redis(folder / "redis", prefer="system")
    server.start()
    atexit.register(server.stop)
    return server.url


def database_url(database: str, role: str = "") -> str:
    """Return the address of a database of the test server, for a login (default: the superuser)."""
    scheme, _, rest = SUPERUSER_URL.partition("://")
    login, _, place = rest.rpartition("@")
    return f"{scheme}://{role or login}@{place.partition('/')[0]}/{database}"


FOLDER = _folder()
SUPERUSER_URL = _superuser_url(FOLDER)
REDIS_URL = _redis_url(FOLDER)

ENVIRONMENT = {
    "DATABASE_URL": database_url(DATABASE, "buhbot_service"),
    "DATABASE_MIGRATION_URL": database_url(DATABASE),
    "DATABASE_SESSION_URL": database_url(DATABASE, "buhbot_service"),
    "REDIS_URL": REDIS_URL,
    "SECRET_KEY": "a-secret-key-for-tests-that-is-long-enough-to-pass-every-check-00",
    "DEBUG": "0",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "PUBLIC_URL": "https://buhbot.test",
    "TELEGRAM_BOT_TOKEN": "7000000001:a-token-for-tests-of-the-right-shape",
    "TELEGRAM_WEBHOOK_SECRET": "webhook-secret-for-tests",
    "TELEGRAM_API_URL": "http://127.0.0.1:9",
    "LLM_BASE_URL": "",
    "LLM_API_KEY": "",
    "LLM_MODEL": "",
    "SUPABASE_URL": "",
    "SUPABASE_PUBLISHABLE_KEY": "",
    "SUPABASE_JWT_SECRET": "",
    "EMAIL_URL": "",
    "EMAIL_FROM": "",
    "BEHIND_PROXY": "1",
    "S3_ENDPOINT_URL": "",
    "S3_ACCESS_KEY_ID": "",
    "S3_SECRET_ACCESS_KEY": "",
    "FILES_FOLDER": str(FOLDER / "files"),
    "FIRM_TIME_ZONE": "Europe/Moscow",
    "LANGUAGE_CODE": "ru",
    "LOG_LEVEL": "WARNING",
    "BEAT_SCHEDULE_FILE": str(FOLDER / "beat"),
    "DJANGO_SETTINGS_MODULE": "config.settings",
}
os.environ.update(ENVIRONMENT)
os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
