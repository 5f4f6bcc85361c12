"""BOT-01, BOT-02: what the webhook takes, what it refuses, and that an update is stored before the 200."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from django.test import Client
from prometheus_client import REGISTRY

from bot.models import InboundUpdate
from bot.receiving import read_update
from tests.bot.posting import WEBHOOK, in_database, post
from tests.environment import DATABASE, database_url
from tests.updates import NAMES, load

UPDATE = {"update_id": 17, "message": {"chat": {"id": -5}, "text": "да"}}


def signature_failures() -> float:
    return REGISTRY.get_sample_value("bot_webhook_signature_failures_total") or 0.0


@pytest.mark.parametrize("secret", ["", "wrong", "webhook-secret-for-test", "webhook-secret-for-tests "])
def test_bot_01_a_wrong_secret_is_403_counted_and_stores_nothing(db: None, secret: str) -> None:
    before = signature_failures()
    assert post(UPDATE, secret=secret).status_code == 403
    assert signature_failures() == before + 1
    assert not InboundUpdate.objects.exists()


def test_bot_01_without_a_header_it_is_403(db: None) -> None:
    assert Client().post(WEBHOOK, UPDATE, content_type="application/json").status_code == 403


def test_bot_01_no_secret_configured_lets_nobody_in(db: None, settings: Any) -> None:
    settings.TELEGRAM_WEBHOOK_SECRET = ""
    assert post(UPDATE, secret="").status_code == 403


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head", "options"])
def test_bot_01_other_methods_are_405_and_say_which_is_allowed(db: None, method: str) -> None:
    answer = getattr(Client(), method)(WEBHOOK)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"17",
        b"null",
        b'"text"',
        b"{}",
        b'{"update_id": "17"}',
        b'{"update_id": 17.0}',
        b'{"update_id": true}',
        b'{"update_id": null}',
        b'{"update_id": 9223372036854775808}',
        b'{"update_id": -9223372036854775808}',
        b'{"update_id": 17, "message": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
        b'{"update_id": 17, "message": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_bot_01_what_is_no_update_is_400(db: None, body: bytes) -> None:
    assert post(body).status_code == 400
    assert not InboundUpdate.objects.exists()


def test_bot_01_over_1_mib_is_413_and_exactly_1_mib_is_taken(db: None) -> None:
    def body(size: int) -> bytes:
        frame = b'{"update_id": 17, "x": "%s"}'
        return frame % (b"a" * (size - len(frame) + 2))

    assert post(body(2**20 + 1)).status_code == 413
    assert post(body(2**20)).status_code == 200


def test_bot_01_the_announced_length_is_enough_to_refuse(db: None) -> None:
    assert post(b"{}", CONTENT_LENGTH=str(10**30)).status_code == 413


def test_bot_02_an_update_is_stored_and_a_repeat_changes_nothing(db: None) -> None:
    assert post(UPDATE).status_code == 200
    assert post(UPDATE | {"message": {"text": "нет"}}).status_code == 200
    stored = InboundUpdate.objects.get()
    assert (stored.update_id, stored.lane, stored.state, stored.payload) == (17, -5, "pending", UPDATE)


def test_bot_02_storing_takes_one_statement_and_no_session(
    db: None, django_assert_num_queries: Any
) -> None:  # PERF-14
    with django_assert_num_queries(1):
        answer = post(UPDATE)
    assert not answer.cookies


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (rb'"a\u0000b"', "a�b"),
        (rb'"a\\u0000b"', r"a\u0000b"),
        (rb'"a\\\u0000b\u0000"', "a\\�b�"),
        (rb'"\ud83d"', "?"),
        (rb'"\ude00\ud83d"', "??"),
        (rb'"\ud83d\ude00"', "😀"),
        (b"NaN", None),
        (b"-Infinity", None),
        (b"1e999", None),
        (b"1" + b"0" * 5000, None),
        (b"1" + b"0" * 60, 10**60),
        (rb'{"\u0000": 1}', {"�": 1}),
    ],
)
def test_sec_10_what_postgres_cannot_hold_is_replaced_and_the_update_kept(
    db: None, sent: bytes, kept: Any
) -> None:
    assert post(b'{"update_id": 17, "x": ' + sent + b"}").status_code == 200
    assert InboundUpdate.objects.get().payload["x"] == kept


@pytest.mark.parametrize(
    ("update", "lane"),
    [
        (load("text"), -1001000000001),
        (load("text_private"), 501),
        (load("edited_text"), -1001000000001),
        (load("channel_post"), -1001999999999),
        (load("bot_added"), -4100200300),
        (load("member_changed"), -1001000000001),
        (load("button_press"), 601),
        (load("button_press_inline"), 601),
        (load("inline_query"), 601),
        (load("chosen_inline_result"), 601),
        (load("reaction"), -1001000000001),
        (load("poll_answer"), 501),
        (load("poll_closed"), 0),
        (load("join_request"), -1001000000001),
        (load("of_the_future"), -1001000000001),
        ({"update_id": 1}, 0),
        ({"update_id": 1, "message": "text"}, 0),
        ({"update_id": 1, "message": {"chat": {"id": "5"}, "from": {"id": 7}}}, 7),
        ({"update_id": 1, "message": {"chat": [], "from": {"id": True}}}, 0),
        ({"update_id": 1, "message": {"chat": {"id": 2**64}}}, 0),
    ],
)
def test_bot_03_the_lane_is_the_chat_else_the_person(update: dict[str, Any], lane: int) -> None:
    assert read_update(json.dumps(update).encode()).lane == lane


@pytest.mark.parametrize("name", NAMES)
def test_bot_02_every_kind_of_update_is_kept_as_it_came(db: None, name: str) -> None:
    assert post(load(name)).status_code == 200
    assert InboundUpdate.objects.get().payload == load(name)


def _post_and_leave(update: dict[str, Any]) -> int:
    try:
        return int(post(update).status_code)
    finally:
        connections.close_all()


def test_flt_05_the_same_update_at_the_same_time_is_one_row(committed: None) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(_post_and_leave, [UPDATE] * 18))
    assert set(answers) == {200}
    assert InboundUpdate.objects.count() == 1


@pytest.fixture
def database_away(committed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", 9)
    yield
    connection.close()


@pytest.mark.usefixtures("database_away")
def test_bot_02_while_postgres_is_away_telegram_is_told_to_come_again() -> None:
    assert post(UPDATE).status_code == 503


def test_bot_02_a_connection_that_broke_while_idle_is_replaced_in_silence(committed: None) -> None:
    connection.ensure_connection()
    in_database("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'buhbot_service'")
    assert post(UPDATE).status_code == 200
    assert InboundUpdate.objects.count() == 1


def test_perf_01_the_bot_is_woken_only_while_few_updates_wait(committed: None) -> None:
    with psycopg.connect(database_url(DATABASE), autocommit=True) as ear:
        ear.execute("LISTEN buhbot")
        for update_id in range(30):
            post(UPDATE | {"update_id": update_id})
        assert len(list(ear.notifies(timeout=0.1))) == 20
        InboundUpdate.objects.update(state="processed")
        post(UPDATE | {"update_id": 30})
        assert len(list(ear.notifies(timeout=0.1))) == 1


def test_mon_01_the_webhook_is_counted_like_any_view(db: None) -> None:
    def counted(name: str, **more: str) -> float:
        return REGISTRY.get_sample_value(name, {"view": "telegram-webhook", "method": "POST", **more}) or 0.0

    answered, timed = (
        "django_http_responses_total_by_status_view_method_total",
        "django_http_requests_latency_seconds_by_view_method_count",
    )
    before = counted(answered, status="200"), counted(timed)
    answer = post(UPDATE)
    assert (counted(answered, status="200"), counted(timed)) == (before[0] + 1, before[1] + 1)
    assert answer["Content-Length"] == "0"  # or the answer would be chunked


@pytest.mark.parametrize("header", ["X-Request-ID", "X-Content-Type-Options", "Content-Security-Policy"])
def test_mon_06_sec_07_an_update_is_answered_with_the_headers_of_all_answers(db: None, header: str) -> None:
    assert post(UPDATE).headers[header]


def test_mon_01_each_query_of_the_webhook_is_measured_once(db: None) -> None:
    asked: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    def measured() -> float:
        return REGISTRY.get_sample_value("supabase_query_duration_seconds_count") or 0.0

    before = measured()
    with connection.execute_wrapper(note):
        assert post(UPDATE).status_code == 200
    assert asked
    assert measured() - before == len(asked)
