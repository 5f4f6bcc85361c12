"""Health and metrics: what is asked, what is answered, and to whom (MON-01, MON-05, SEC-12)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from bot.models import InboundUpdate
from buhbot.models import Backup
from buhbot.ops.state import State, redis_client
from sla.models import Tick
from templates_app.models import ReceivedFile
from tests.admin.firm import build

NOW = datetime.now(UTC)
OUTSIDE = "203.0.113.7"


@pytest.fixture
def ticking(db: None) -> None:
    Tick.objects.create(ran_at=datetime.now(UTC))  # a whole suite may run between import and test


@pytest.fixture
def no_redis(settings: Any) -> Iterator[None]:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    redis_client.cache_clear()
    yield
    redis_client.cache_clear()


@pytest.fixture
def no_database() -> Iterator[None]:
    port, connection.settings_dict["PORT"] = connection.settings_dict["PORT"], 9
    connection.close()
    yield
    connection.settings_dict["PORT"] = port


def ready(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/health/ready")
    return answer.status_code, answer.json()


def test_mon_05_live_says_that_the_process_answers(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}


def test_mon_05_all_well(client: Client, ticking: None) -> None:
    status, state = ready(client)
    assert (status, state["status"], state["problems"]) == (200, "ok", [])
    assert state["tick_age_seconds"] < 60
    assert state["inbox_age_seconds"] is None


def test_mon_05_without_redis_it_is_degraded(client: Client, ticking: None, no_redis: None) -> None:
    status, state = ready(client)
    assert (status, state["status"], state["problems"]) == (200, "degraded", ["redis"])


def test_mon_05_a_silent_tick_is_degraded(client: Client, db: None) -> None:
    Tick.objects.create(ran_at=NOW - timedelta(minutes=5))
    assert ready(client)[1]["problems"] == ["tick"]


def test_mon_05_an_old_inbox_is_degraded(client: Client, ticking: None) -> None:
    InboundUpdate.objects.create(update_id=1, lane=1, payload={}, received_at=NOW - timedelta(minutes=5))
    status, state = ready(client)
    assert (status, state["problems"]) == (200, ["inbox"])
    assert state["inbox_age_seconds"] >= 300


def test_mon_05_without_the_database_it_is_503(client: Client, no_database: None) -> None:
    status, state = ready(client)
    assert (status, state["status"], state["problems"]) == (503, "unavailable", ["database"])


def test_mon_05_a_missing_migration_is_503(client: Client, ticking: None, monkeypatch: Any) -> None:
    monkeypatch.setattr("buhbot.ops.state.migrations_on_disk", lambda: frozenset({"bot.0999_tomorrow"}))
    status, state = ready(client)
    assert (status, state["missing_migrations"]) == (503, ["bot.0999_tomorrow"])


def test_mon_05_a_database_that_was_never_migrated_is_503(client: Client, db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = public")
    status, state = ready(client)
    assert (status, state["problems"]) == (503, ["migrations"])


@pytest.mark.parametrize(
    ("tick", "inbox", "problems"),
    [(60, 120, []), (61, None, ["tick"]), (None, None, ["tick"]), (0, 121, ["inbox"])],
)
def test_mon_05_what_counts_as_late(tick: float | None, inbox: float | None, problems: list[str]) -> None:
    assert State(True, True, (), tick, inbox).problems == problems


@pytest.mark.parametrize("forwarded", [OUTSIDE, f"{OUTSIDE}, 10.0.0.2", f"10.0.0.2, {OUTSIDE}", "unknown"])
def test_sec_12_from_outside_only_the_word_is_told(client: Client, db: None, forwarded: str) -> None:
    headers = {"X-Forwarded-For": forwarded}
    assert client.get("/health/ready", headers=headers).json().keys() == {"status"}
    assert client.get("/metrics", headers=headers).status_code == 404


def test_sec_12_an_outside_address_is_outside_without_a_proxy_too(client: Client, db: None) -> None:
    assert client.get("/metrics", REMOTE_ADDR=OUTSIDE).status_code == 404


def test_sec_12_the_networks_are_a_setting(client: Client, db: None, settings: Any) -> None:
    settings.INTERNAL_NETWORKS = ["203.0.113.0/24"]
    assert client.get("/metrics", REMOTE_ADDR=OUTSIDE).status_code == 200
    assert client.get("/metrics").status_code == 404


NAMES = {
    "bot_messages_received_total", "bot_messages_processed_total", "bot_message_processing_duration_seconds",
    "bot_webhook_signature_failures_total", "bot_inbox_pending", "bot_outbox_pending", "bot_outbox_sent_total",
    "sla_open_requests", "sla_breached_open_requests", "sla_alert_dwell_seconds", "sla_tick_age_seconds",
    "classifier_requests_total", "classifier_latency_seconds", "feedback_votes_total", "redis_queue_length",
    "redis_connection_errors_total", "supabase_query_duration_seconds", "supabase_connection_errors_total",
    "supabase_database_bytes", "supabase_database_limit_bytes", "supabase_storage_bytes",
    "supabase_storage_limit_bytes", "backup_last_success_timestamp_seconds",
    "django_http_requests_total_by_method_total",
}  # fmt: skip


def scrape(client: Client) -> dict[str, float]:
    text = client.get("/metrics").content.decode()
    families = list(text_string_to_metric_families(text))
    return {family.name: sum(sample.value for sample in family.samples) for family in families}


def test_mon_01_every_metric_is_there(client: Client, ticking: None) -> None:
    Backup.objects.create(name="a", made_at=NOW, size_bytes=1, sha256="0" * 64)
    shown = scrape(client)
    assert {name for name in NAMES if name.removesuffix("_total") not in shown and name not in shown} == set()


def test_mon_01_what_waits_is_counted_when_it_is_asked(client: Client, db: None) -> None:
    InboundUpdate.objects.create(update_id=1, lane=1, payload={})
    InboundUpdate.objects.create(update_id=2, lane=1, payload={}, state="failed")
    shown = scrape(client)
    assert (shown["bot_inbox_pending"], shown["bot_inbox_failed"]) == (1, 1)


def test_db_01_a_copy_of_several_files_takes_its_size_once(client: Client, db: None, settings: Any) -> None:
    settings.SUPABASE_STORAGE_LIMIT_MB = 1000
    one = build().own.message
    for number, key, size in ((1, "a", 5), (2, "a", 5), (3, "b", 2), (4, "", 9)):
        ReceivedFile.objects.create(
            chat=one.chat, message=one, kind="document", file_unique_id=str(number),
            copy="stored" if key else "waiting",
            bucket="documents" if key else "", storage_key=key, size_bytes=size, received_at=NOW, registered_at=NOW,
            copy_after=NOW,
        )  # fmt: skip
    shown = scrape(client)
    assert shown["supabase_storage_bytes"] == 7
    assert shown["supabase_storage_limit_bytes"] == 1000 * 1024 * 1024


def test_mon_01_without_redis_and_database_the_counters_are_still_shown(
    client: Client, no_redis: None, no_database: None
) -> None:
    shown = scrape(client)
    assert "bot_messages_received" in shown
    assert "bot_inbox_pending" not in shown
    assert shown["redis_connection_errors"] > 0
