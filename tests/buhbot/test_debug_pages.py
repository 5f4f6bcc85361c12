"""Pages for debugging: for this machine and private networks only, and even there without secrets (SEC-09, SEC-12)."""

from typing import Any

import pytest
from django.conf import settings as live
from django.test import Client, override_settings

OUTSIDE = "203.0.113.7"
BROKEN, MISSING = "/write?end=error", "/nothing-here"


@pytest.fixture
def client(db: None) -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture(autouse=True)
def pages(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.buhbot.pages"


@pytest.mark.parametrize("address", [BROKEN, MISSING])
@pytest.mark.parametrize(
    "caller",
    [
        {"REMOTE_ADDR": OUTSIDE},
        {"headers": {"X-Forwarded-For": OUTSIDE}},
        {"headers": {"X-Forwarded-For": "x"}},
    ],
)
def test_sec_12_from_outside_there_are_no_pages_for_debugging(
    client: Client, address: str, caller: dict[str, Any]
) -> None:
    with override_settings(DEBUG=True):
        answer = client.get(address, **caller)
    assert answer.status_code == (500 if address == BROKEN else 404)
    for trace in ("Traceback", "DEBUG = True", "urlpatterns", "tests.buhbot", "Django Version"):
        assert trace not in answer.content.decode()


def test_sec_12_without_a_proxy_a_made_up_address_opens_nothing(client: Client) -> None:
    with override_settings(DEBUG=True, BEHIND_PROXY=False):
        answer = client.get(BROKEN, REMOTE_ADDR=OUTSIDE, headers={"X-Forwarded-For": "127.0.0.1"})
    assert "Traceback" not in answer.content.decode()


@pytest.mark.parametrize("is_debug", [False, True])
def test_sec_09_no_error_page_shows_a_secret(client: Client, is_debug: bool) -> None:
    secrets = {
        "DATABASE_SESSION_URL": "postgres://a:q8-password@db/x",
        "REDIS_URL": "redis://:q8-password@r/0",
    }
    with override_settings(DEBUG=is_debug, SUPABASE_JWT_SECRET="q8-password", **secrets):
        page = client.get(BROKEN).content.decode()
    assert ("Traceback" in page) is is_debug
    for secret in ("q8-password", live.SECRET_KEY, live.TELEGRAM_BOT_TOKEN, live.TELEGRAM_WEBHOOK_SECRET):
        assert secret not in page
