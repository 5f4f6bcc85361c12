"""The language model answers, or it does not: nobody waits for it, nothing breaks (CLS-05, CLS-06)."""

import json
import logging
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from redis import Redis as Client

from simulator.servers import Redis
from sla import llm
from sla.llm import Question
from tests.language_model import LanguageModel, labelled, saying

LUNCH = Question.about("завтра подъедет курьер", asked="")


@pytest.mark.parametrize("missing", ["LLM_BASE_URL", "LLM_API_KEY", "LLM_MODEL"])
def test_cls_01_half_set_it_is_not_there(model: LanguageModel, settings: Any, missing: str) -> None:
    assert llm.is_configured()
    setattr(settings, missing, "")
    assert not llm.is_configured()
    assert not llm.may_ask()


def test_cls_01_it_is_asked_with_key_model_and_instructions(model: LanguageModel) -> None:
    verdict = llm.ask(Question.about("завтра подъедет курьер", asked="Когда забрать акты?"))
    assert verdict is not None
    assert (verdict.label, verdict.confidence, verdict.source, verdict.version) == (
        "REQUEST",
        0.9,
        "llm",
        "llm-test",
    )
    assert model.keys == ["Bearer secret"]
    assert model.asked[0]["model"] == "llm-test"
    assert json.loads(model.texts()[0]) == {
        "сообщение": "завтра подъедет курьер",
        "вопрос": "Когда забрать акты?",
    }


def test_cls_06_it_gets_no_number_and_no_address(model: LanguageModel) -> None:
    llm.ask(Question.about("Мой ИНН 7701234567, почта a@b.ru", asked="Телефон 8 903 111-22-33 Ваш?"))
    assert json.loads(model.texts()[0]) == {
        "сообщение": "Мой ИНН [номер], почта [почта]",
        "вопрос": "Телефон [номер] Ваш?",
    }


@pytest.mark.parametrize(
    "content",
    [
        '{"label": "SPAM"}',
        '```json\n{"label": "SPAM", "confidence": 7}\n```',
        'Ответ: {"label":"SPAM","confidence":null}',
    ],
)
def test_cls_01_an_answer_with_trimmings_is_read(model: LanguageModel, content: str) -> None:
    model.body = saying(content)
    verdict = llm.ask(LUNCH)
    assert verdict is not None
    assert (verdict.label, verdict.confidence) == ("SPAM", 0.5)


NONSENSE = {
    "wrong label": labelled("QUESTION"),
    "lower case": labelled("request"),
    "label of no kind": saying('{"label": ["REQUEST"]}'),
    "words": saying("Это вопрос."),
    "nothing": saying(""),
    "null": saying(None),
    "a list": b"[]",
    "no choices": b'{"choices": []}',
    "an error": b'{"error": {"message": "overloaded"}}',
    "html": b"<html><body>Bad gateway</body></html>",
    "not utf-8": b'{"choices": "\xff\xfe\xfa"}',
    "empty": b"",
    "deep": b"[" * 30_000,
    "huge": saying("x" * 200_000),
}


@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE)
def test_cls_05_nonsense_is_no_answer(model: LanguageModel, body: bytes) -> None:
    model.body = body
    assert llm.ask(LUNCH) is None


@pytest.mark.parametrize("status", [204, 302, 400, 401, 429, 500, 503])
def test_cls_05_a_refusal_is_no_answer(model: LanguageModel, status: int) -> None:
    model.status = status
    assert llm.ask(LUNCH) is None


def test_cls_05_nobody_there_is_no_answer(model: LanguageModel, settings: Any) -> None:
    settings.LLM_BASE_URL = "http://127.0.0.1:9/v1"
    assert llm.ask(LUNCH) is None


@pytest.mark.parametrize(("pause", "drip"), [(5.0, 0.0), (0.0, 0.05)], ids=["slow", "byte by byte"])
def test_cls_05_two_seconds_is_all_it_gets(model: LanguageModel, pause: float, drip: float) -> None:
    model.before, model.drip = lambda: time.sleep(pause), drip
    started = time.monotonic()
    assert llm.ask(LUNCH) is None
    assert time.monotonic() - started < 3


def test_cls_05_two_seconds_is_all_it_gets_when_its_name_is_slow_to_resolve(
    model: LanguageModel, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(4))
    settings.LLM_BASE_URL = "http://llm.example.com/v1"
    started = time.monotonic()
    assert llm.ask(LUNCH) is None
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("key", ["ключ", "two\nlines", "\x00"])
def test_cls_05_a_key_that_cannot_be_sent_is_no_answer(model: LanguageModel, settings: Any, key: str) -> None:
    settings.LLM_API_KEY = key
    assert llm.ask(LUNCH) is None


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "ftp://127.0.0.1:9", "http://127.0.0.1:9"])
def test_cls_05_a_proxy_that_cannot_be_used_is_no_answer(
    model: LanguageModel, settings: Any, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    settings.LLM_BASE_URL = "http://llm.example.com/v1"
    assert llm.ask(LUNCH) is None


@pytest.mark.parametrize("status", [200, 401, 500])
def test_sec_09_neither_the_key_nor_the_text_is_logged(
    model: LanguageModel, settings: Any, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.LLM_API_KEY, model.status = "sk-very-secret", status
    for number in range(6):
        llm.ask(Question.about(f"курьер подъедет {'позже ' * number}", asked=""))
    logged = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert "sk-very-secret" not in logged
    assert "курьер" not in logged


def test_cls_05_the_same_text_is_asked_once_in_thirty_days(model: LanguageModel) -> None:
    model.says("SPAM")
    first = llm.ask(Question.about("Добрый день! Завтра подъедет курьер", asked=""))
    model.says("REQUEST")
    assert llm.ask(Question.about("завтра подъедет КУРЬЕР", asked="")) == first
    assert len(model.asked) == 1
    client = Client.from_url(str(cache._cache._servers[0]))  # type: ignore[attr-defined]
    (key,) = [key for key in client.keys("buhbot:*") if b"llm:" in key]
    assert 29 * 86400 < client.ttl(key) <= 30 * 86400
    client.close()


def test_cls_05_after_another_question_of_staff_the_text_is_another(model: LanguageModel) -> None:
    llm.ask(Question.about("в среду", asked="Когда забрать акты?"))
    llm.ask(Question.about("в среду", asked="Нужен договор?"))
    assert len(model.asked) == 2


def test_cls_05_five_failures_open_the_breaker_for_all_for_a_minute(
    model: LanguageModel, settings: Any
) -> None:
    model.status = 500
    for _ in range(4):
        llm.ask(LUNCH)
    assert llm.may_ask()
    llm.ask(LUNCH)
    assert not llm.may_ask()
    assert not llm.guard.__class__().is_closed()  # another worker
    client = Client.from_url(settings.REDIS_URL)
    (key,) = client.keys("buhbot:*llm:open")
    assert 55 <= client.ttl(key) <= 60
    client.delete(key)
    client.close()
    assert llm.may_ask()


def test_cls_05_after_the_minute_one_failure_is_enough_and_one_answer_forgives(model: LanguageModel) -> None:
    model.status = 500
    for _ in range(5):
        llm.ask(LUNCH)
    cache.delete("llm:open")  # the minute is over
    llm.ask(LUNCH)
    assert not llm.may_ask()
    cache.delete("llm:open")
    model.status = 200
    llm.ask(LUNCH)
    model.status = 500
    for number in range(4):
        llm.ask(Question.about(f"курьер подъедет {'позже ' * (number + 1)}", asked=""))
    assert llm.may_ask()


def test_cls_05_an_answer_between_failures_starts_the_count_anew(model: LanguageModel) -> None:
    for number, status in enumerate([500, 500, 500, 500, 200, 500, 500, 500, 500]):
        model.status = status
        llm.ask(Question.about(f"курьер подъедет {'позже ' * number}", asked=""))
    assert llm.may_ask()


@pytest.fixture
def own_redis(settings: Any, tmp_path: Path) -> Any:
    with Redis(tmp_path / "redis", prefer="system") as server:
        settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": server.url}}
        yield server


def test_cls_05_without_redis_nobody_asks_and_the_log_stays_short(
    model: LanguageModel, own_redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    assert llm.may_ask()
    own_redis.stop()
    caplog.set_level(logging.INFO)
    started = time.monotonic()
    assert [llm.may_ask() for _ in range(50)] == [False] * 50
    assert time.monotonic() - started < 5
    assert len(caplog.records) == 1


def test_cls_05_a_full_redis_breaks_nothing(model: LanguageModel, own_redis: Redis) -> None:
    with Client.from_url(own_redis.url) as client:
        client.config_set("maxmemory", "1")
    assert llm.ask(LUNCH) is not None  # the answer is there, and cannot be kept
    assert not llm.may_ask()
    model.status = 500
    assert llm.ask(Question.about("другое", asked="")) is None


def test_cls_05_strange_things_in_redis_are_no_answer(model: LanguageModel) -> None:
    for stored in ("x", "REQUEST", "REQUEST x", "", 5, ["REQUEST"]):
        cache.set(LUNCH.key("llm-test"), stored)
        verdict = llm.ask(LUNCH)
        assert verdict is not None
        assert verdict.confidence == 0.9
