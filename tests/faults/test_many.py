"""Several of each process, and who takes over from whom."""

import time

import pytest

from tests.faults.audit import check_alerts, check_intake, check_letters, check_requests
from tests.faults.firm import LATES, client_of, late
from tests.faults.traffic import Traffic
from tests.faults.trial import Trial

pytestmark = pytest.mark.processes

MANY = ("web", "bot", "bot-2", "bot-3", "worker", "worker-2", "worker-3", "worker-4", "beat", "beat-2")
LATE_CHATS = [late(number) for number in range(LATES)]
HOLDER = "SELECT split_part(holder, ':', 2)::int FROM bot_senderlease"
HOLDER_NOW = HOLDER + " WHERE expires_at > now()"


def sender(trial: Trial) -> str:
    """Name the bot that holds the lease."""
    pids = {child.pid: name for name, child in trial.stack.running.items()}
    holders = trial.until(lambda: trial.rows(HOLDER_NOW), "a bot sends")
    return pids.get(holders[0][0], "")


def test_flt_07_two_beats_four_workers_and_three_bots_alert_once(trial: Trial) -> None:
    # TIM-01, OUT-02: one sender, whoever queued
    trial.stack.extra = {**trial.stack.extra, "BEAT_SCHEDULE_FILE": str(trial.stack.folder / "beat-2")}
    trial.run(*MANY)
    with Traffic(trial.stack) as traffic:
        trial.ask_late(*LATE_CHATS)
        traffic.wait_for_lines(200)
    trial.settle()
    check_intake(trial, traffic)
    check_requests(trial, traffic)
    check_alerts(trial, LATE_CHATS)
    check_letters(trial)


def test_out_05_another_bot_sends_within_15_s_when_the_sending_one_is_killed(trial: Trial) -> None:
    name = trial.until(lambda: sender(trial), "one of our bots sends")
    trial.stack.kill(name)
    since = time.monotonic()
    trial.simulator.start(
        client_of(late(0))
    )  # not one of the talkers: they may have pressed too much (BOT-06)
    trial.until(lambda: trial.simulator.calls("sendMessage"), "another bot sends", seconds=15)
    assert time.monotonic() - since < 15
    assert sender(trial) not in ("", name)
