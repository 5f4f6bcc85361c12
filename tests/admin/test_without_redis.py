"""A change that is too big for the page, saved while Redis is away, reaches the open requests even so (TIM-04)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.watchdog import Watchdog
from buhbot.models import Role
from config.celery import app
from simulator.servers import Redis
from sla import tasks
from sla.models import ChatPolicy, Policy, Request
from sla.selectors import outdated_requests
from sla.services import recompute_outdated
from tests.admin.firm import build
from tests.admin.test_terms import many_requests, policy_form
from tests.admin.visits import NOW, press


@pytest.fixture
def stopped_redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    """A Redis of its own that Celery publishes to, and that is stopped."""
    server = Redis(tmp_path / "redis", prefer="system")
    server.start()
    monkeypatch.setattr(app.conf, "broker_url", server.url)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    server.stop()
    yield server
    app.amqp.producer_pool.force_close_all()


@pytest.mark.usefixtures("committed", "stopped_redis")
@pytest.mark.parametrize("who", ["the bot", "the next tick"])
def test_tim_04_very_many_follow_without_redis(who: str, caplog: pytest.LogCaptureFixture) -> None:
    firm = build()
    policy = Policy.objects.create(name="Особая")  # what was there before, other tests want as it was
    ChatPolicy.objects.filter(chat=firm.own.chat).update(policy=policy)
    recompute_outdated(NOW)
    many_requests(Request.objects.get(pk=firm.own.request.pk), 201)
    form = policy_form(policy, target_minutes=180, is_default="")
    assert press(firm, Role.MANAGER, "sla_policy_change", policy.pk, **form).status_code == 200
    assert "_queue_recomputing" in caplog.text  # it failed, and the page was saved
    assert outdated_requests().count() == 202
    if who == "the bot":
        assert Watchdog().look(datetime.now(UTC))
    else:
        tasks.recompute_outdated()
    assert not outdated_requests().exists()
