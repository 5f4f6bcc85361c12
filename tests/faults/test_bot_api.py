"""The Bot API fails, and Telegram delivers as it likes."""

import time

import pytest

from tests.faults.audit import check_alerts, check_intake, check_letters, check_requests
from tests.faults.firm import LATES, client_of, late, talk
from tests.faults.traffic import Traffic
from tests.faults.trial import Trial

pytestmark = pytest.mark.processes

LATE_CHATS = [late(number) for number in range(LATES)]
FAULTS = ("http500", "http502html", "429", "timeout", "drop", "half")


def test_flt_04_all_is_sent_in_order_after_the_bot_api_was_broken(trial: Trial, rounds: int) -> None:
    # OUT-02, OUT-03, OUT-04
    seconds = 300 if rounds else 12
    with Traffic(trial.stack, pause=0.05) as traffic:
        trial.ask_late(*LATE_CHATS)
        for number, mode in enumerate(FAULTS):
            trial.simulator.fault(mode, probability=1 / (len(FAULTS) - number), hang_seconds=3, retry_after=2)
        time.sleep(seconds)
        trial.simulator.clear_faults()
    trial.settle(seconds=150)
    check_intake(trial, traffic)
    check_requests(trial, traffic)
    check_alerts(trial, LATE_CHATS)
    check_letters(trial)
    assert not any(trial.simulator.limits()["refused"].values())


def test_flt_05_updates_that_come_thrice_and_shuffled_have_one_effect(trial: Trial) -> None:
    # BOT-02, BOT-03
    trial.simulator.delivery(paused=True, copies=3, ordered=False)
    with Traffic(trial.stack) as traffic:
        trial.ask_late(*LATE_CHATS[:3])
        trial.simulator.start(client_of(talk(2)))
        traffic.wait_for_lines(200)
    trial.simulator.delivery(paused=False, shuffled=True)
    trial.settle()
    check_intake(trial, traffic)
    check_requests(trial, traffic)
    check_alerts(trial, LATE_CHATS[:3])
    check_letters(trial)
