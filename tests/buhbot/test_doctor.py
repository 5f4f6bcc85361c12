"""The doctor says what is wrong and what mends it, whatever is away, and tells no secret (OPS, DB-02, MON-07)."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from buhbot.models import Preference, Role, User
from buhbot.ops.doctor import doors, mask
from buhbot.ops.doctor.database import rights
from buhbot.ops.doctor.server import addresses
from buhbot.ops.state import redis_client
from sla.models import Tick
from tests.buhbot.test_health import no_database as no_database
from tests.buhbot.test_health import no_redis as no_redis
from tests.environment import ENVIRONMENT

NOW = datetime(2026, 11, 25, tzinfo=UTC)
pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def findings() -> dict[str, list[dict[str, Any]]]:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", json=True, stdout=out)
    assert ended.value.code == 1  # Telegram is away in every test
    told = json.loads(out.getvalue())
    assert told["ok"] is False
    for secret in ("SECRET_KEY", "TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET"):
        assert ENVIRONMENT[secret] not in out.getvalue()
    found: dict[str, list[dict[str, Any]]] = {}
    for finding in told["findings"]:
        found.setdefault(finding["name"], []).append(finding)
    return found


def levels(name: str) -> set[str]:
    return {finding["level"] for finding in findings()[name]}


@pytest.fixture
def ticking() -> None:
    Tick.objects.create(ran_at=datetime.now(UTC))


def test_ops_a_sound_installation_has_lines_that_are_ok(ticking: None) -> None:
    found = findings()
    for name in (
        "environment",
        "roles",
        "row level security",
        "Supabase's API roles",
        "access",
        "migrations",
    ):
        assert [finding["level"] for finding in found[name]] == ["ok"], found[name]
    for name in ("timers", "inbox", "redis", "clock", "storage files", "login of DATABASE_URL"):
        assert [finding["level"] for finding in found[name]] == ["ok"], found[name]


def test_ops_what_is_wrong_has_a_hint() -> None:
    wrong = [finding for found in findings().values() for finding in found if finding["level"] != "ok"]
    assert wrong
    assert all(finding["hint"] for finding in wrong)


def test_ops_without_the_database_the_rest_is_still_looked_at(no_database: None) -> None:
    found = findings()
    assert found["database"][0]["level"] == "problem"
    assert found["redis"][0]["level"] == "ok"
    assert "migrations" not in found


def test_ops_without_redis_the_rest_is_still_looked_at(ticking: None, no_redis: None) -> None:
    found = findings()
    assert (found["redis"][0]["level"], found["migrations"][0]["level"]) == ("problem", "ok")


def test_ops_telegram_that_does_not_answer_is_said() -> None:
    assert "does not answer" in findings()["telegram"][0]["text"]


def test_mon_07_an_unset_heartbeat_is_a_warning(settings: Any) -> None:
    assert levels("heartbeat") == {"warning"}
    settings.HEARTBEAT_URL = "https://hc.test/1"
    assert levels("heartbeat") == {"ok"}


def test_db_02_rights_that_were_changed_by_hand_are_a_problem() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("GRANT SELECT ON buhbot.buhbot_tier TO buhbot_observer, buhbot_session")
    assert "somebody changed" in findings()["access"][0]["text"]


def test_db_02_open_tables_and_doors_are_problems(monkeypatch: Any) -> None:
    monkeypatch.setattr("buhbot.ops.doctor.database.OPEN_TABLES", "SELECT 'buhbot_chat' WHERE %s <> ''")
    monkeypatch.setattr("buhbot.ops.doctor.database.DOORS", ("buhbot_observer",))
    found = {finding.name: finding for finding in rights(NOW)}
    assert "buhbot_chat" in found["row level security"].text
    assert "buhbot_observer" in found["Supabase's API roles"].text


def test_db_01_a_migration_through_the_transaction_pooler_is_a_problem(monkeypatch: Any) -> None:
    databases = {
        "default": {"HOST": "db.test", "PORT": 6543, "OPTIONS": {}},
        "owner": {"HOST": "db.test", "PORT": 6543, "OPTIONS": {"sslmode": "require"}},
    }
    told = SimpleNamespace(DATABASES=databases, DATABASE_SESSION_URL="postgres://a:b@db.test:6543/x")
    monkeypatch.setattr("buhbot.ops.doctor.server.settings", told)
    assert {finding.name: finding.level.value for finding in addresses(NOW)} == {
        "encryption of DATABASE_URL": "problem",
        "encryption of DATABASE_MIGRATION_URL": "ok",
        "pooler of DATABASE_MIGRATION_URL": "problem",
        "pooler of DATABASE_SESSION_URL": "problem",
    }


def test_db_01_a_database_near_its_limit_is_a_problem(settings: Any) -> None:
    settings.SUPABASE_DB_LIMIT_MB = 1
    assert levels("database size") == {"problem"}


def test_db_01_storage_near_its_limit_is_a_problem(settings: Any) -> None:
    assert levels("storage size") == {"ok"}
    settings.SUPABASE_STORAGE_LIMIT_MB = 0
    assert levels("storage size") == {"problem"}


def test_run_03_a_wrong_variable_is_a_problem(settings: Any) -> None:
    settings.REDIS_URL = "http://x"
    redis_client.cache_clear()
    settings.PUBLIC_URL = "http://bot.example.ru"
    texts = [finding["text"] for finding in findings()["environment"]]
    redis_client.cache_clear()
    assert any("REDIS_URL" in text for text in texts)
    assert any("PUBLIC_URL" in text for text in texts)


def test_ops_lines_for_people(capsys: Any) -> None:
    with pytest.raises(SystemExit):
        call_command("doctor")
    said = capsys.readouterr().out
    assert "OK      roles: all are there\n" in said
    assert "WARNING heartbeat: HEARTBEAT_URL is not set" in said
    assert "Problems: " in said


def test_sec_09_no_secret_is_in_a_text(settings: Any) -> None:
    settings.HEARTBEAT_URL = "https://hc.test/secret"
    assert mask("GET https://hc.test/secret failed") == "GET *** failed"
    assert "pw" not in mask("postgres://user:pw@host/db")


def told(check: Any) -> tuple[str, str]:
    (found,) = check(NOW)
    return found.level.value, found.text


@pytest.mark.parametrize(("mode", "level"), [(0o600, "ok"), (0o640, "problem"), (0o604, "problem")])
def test_sec_09_an_env_file_that_others_read_is_a_problem(
    settings: Any, tmp_path: Path, mode: int, level: str
) -> None:
    settings.BASE_DIR = tmp_path
    assert told(doors.env_file) == ("ok", "there is none here")
    (tmp_path / ".env").touch(mode=mode)
    (tmp_path / ".env").chmod(mode)
    assert told(doors.env_file)[0] == level


def test_sec_12_a_network_of_strangers_is_warned_of(settings: Any) -> None:
    assert told(doors.networks)[0] == "ok"
    settings.INTERNAL_NETWORKS = [*settings.INTERNAL_NETWORKS, "0.0.0.0/0"]
    assert told(doors.networks) == ("warning", "0.0.0.0/0 may read /metrics and details of health")


def test_sec_07_plain_http_is_warned_of(settings: Any) -> None:
    assert told(doors.address)[0] == "ok"
    settings.IS_HTTPS = False
    assert told(doors.address)[0] == "warning"


def test_sec_05_administrators_without_a_second_factor_are_warned_of() -> None:
    assert told(doors.second_factor)[0] == "ok"
    User.objects.create_user("admin@firm.test", full_name="Ирина", role=Role.ADMIN)
    assert told(doors.second_factor)[0] == "warning"
    Preference.objects.create(key="admins_need_second_factor", value=True)
    assert told(doors.second_factor)[0] == "ok"
