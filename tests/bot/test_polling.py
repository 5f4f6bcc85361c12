"""BOT-07, BOT-08: fetching updates without an address, and telling Telegram where to post and what to show."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from bot.application import dispatch
from bot.management.commands.run_polling import poll, remove_webhook
from bot.models import BotAccount, InboundUpdate, OutgoingMessage
from bot.telegram_reads import fetch_account
from simulator.client import Simulator
from tests.updates import load

WEBHOOK = "https://buhbot.test/webhook/telegram"


def set_webhook(*options: str) -> str:
    out = io.StringIO()
    call_command("set_webhook", *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def polled(sim: Simulator) -> Simulator:
    remove_webhook()
    sim.clear_calls()
    return sim


# BOT-07


def test_bot_07_polling_feeds_the_inbox_and_then_says_so_to_telegram(db: None, polled: Simulator) -> None:
    client = polled.person()
    group = polled.group(members=[client])
    offset = poll(0, seconds=0)
    polled.send(client, group, "Когда акт?")
    offset = poll(offset, seconds=0)
    stored = InboundUpdate.objects.order_by("-update_id").first()
    assert stored is not None
    assert (stored.payload["message"]["text"], stored.lane) == ("Когда акт?", group)
    assert offset == stored.update_id + 1
    assert poll(offset, seconds=0) == offset
    assert polled.delivery()["pending"] == 0


def test_bot_07_an_update_is_fetched_again_until_it_is_stored(
    committed: None, polled: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    polled.inject(load("text"))
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "PORT", 9)
        assert poll(0, seconds=0) == 0
    connection.close()
    poll(0, seconds=0)
    assert InboundUpdate.objects.filter(update_id=load("text")["update_id"]).exists()


def test_bot_07_a_silent_telegram_is_asked_again(db: None, polled: Simulator) -> None:
    polled.fault("http500", methods=["getUpdates"], count=1)
    assert poll(5, seconds=0) == 5


def test_bot_07_polling_removes_the_webhook(db: None, sim: Simulator) -> None:
    set_webhook()
    remove_webhook()
    with pytest.raises(CommandError, match="URL"):
        set_webhook("--check")


# BOT-08


@pytest.fixture
def registered(sim: Simulator) -> Iterator[Simulator]:
    set_webhook()
    yield sim
    remove_webhook()


def test_bot_08_url_secret_updates_and_commands_are_registered(registered: Simulator) -> None:
    call = registered.calls("setWebhook")[-1]["params"]
    assert (call["url"], call["secret_token"]) == (WEBHOOK, "webhook-secret-for-tests")
    for kind in ("message", "edited_message", "callback_query", "my_chat_member", "message_reaction"):
        assert kind in call["allowed_updates"]
    languages = {sent["params"].get("language_code") for sent in registered.calls("setMyCommands")}
    assert languages == {None, "en"}


def test_bot_08_check_is_content_with_what_was_registered(registered: Simulator) -> None:
    assert WEBHOOK in set_webhook("--check")


def test_bot_08_check_tells_another_address(registered: Simulator, settings: Any) -> None:
    settings.PUBLIC_URL = "https://elsewhere.test"
    with pytest.raises(CommandError, match="elsewhere"):
        set_webhook("--check")


def test_bot_08_check_changes_nothing(registered: Simulator, settings: Any) -> None:
    settings.PUBLIC_URL = "https://elsewhere.test"
    registered.clear_calls()
    with pytest.raises(CommandError):
        set_webhook("--check")
    assert {call["method"] for call in registered.calls()} == {"getWebhookInfo", "getMyCommands"}


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("PUBLIC_URL", "", "PUBLIC_URL"),
        ("TELEGRAM_BOT_TOKEN", "", "TELEGRAM_BOT_TOKEN is not set"),
        ("TELEGRAM_BOT_TOKEN", "1:wrong", "does not know TELEGRAM_BOT_TOKEN"),
        ("TELEGRAM_WEBHOOK_SECRET", "", "TELEGRAM_WEBHOOK_SECRET"),
        ("TELEGRAM_WEBHOOK_SECRET", "with blanks", "TELEGRAM_WEBHOOK_SECRET"),
        ("TELEGRAM_API_URL", "http://127.0.0.1:9", "does not answer"),
    ],
)
def test_bot_08_mistakes_are_told_in_words(
    sim: Simulator, settings: Any, setting: str, value: str, told: str
) -> None:
    setattr(settings, setting, value)
    with pytest.raises(CommandError, match=told):
        set_webhook()


# Who we are


def test_who_we_are_is_kept_and_known_to_commands_in_groups(db: None, sim: Simulator) -> None:
    BotAccount.objects.create(pk=1, telegram_id=1, username="former", checked_at=timezone.now())
    account = fetch_account(now=timezone.now())
    assert list(BotAccount.objects.all()) == [account]
    command = load("command_start")
    text = f"/start@{account.username}"
    command["message"] |= {
        "text": text,
        "entities": [{"offset": 0, "length": len(text), "type": "bot_command"}],
    }
    dispatch(command)
    assert OutgoingMessage.objects.count() == 1
