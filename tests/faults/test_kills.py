"""Processes die in the middle of a burst."""

import random
import time

import pytest

from tests.faults.audit import check_alerts, check_intake, check_letters, check_requests
from tests.faults.firm import LATES, accountant_of, late
from tests.faults.traffic import Traffic
from tests.faults.trial import PROCESSES, Trial

pytestmark = pytest.mark.processes

UPDATES = 500
LATE_CHATS = [late(number) for number in range(LATES)]
# The bots come first, as letters that one had in hand are sent 30 s later (OUT-05).
SHORT_FORM = (("bot", "bot-2"), ("worker",), ("bot-2", "web"), ("bot", "beat"))
ACKNOWLEDGED = """
    SELECT person.telegram_id, count(event.id) FROM sla_request AS request
    JOIN buhbot_user AS person ON person.id = request.acknowledged_by_id
    JOIN sla_requestevent AS event ON event.request_id = request.id AND event.kind = 'acknowledged'
    GROUP BY request.id, person.telegram_id ORDER BY 1
"""


def victims(rounds: int) -> list[tuple[str, ...]]:
    if not rounds:
        return list(SHORT_FORM)
    return [tuple(random.sample(PROCESSES, random.randint(1, 2))) for _ in range(rounds)]


def press_take(trial: Trial, accountant: int, done: set[int]) -> int:
    """Press «take» under an alert that the accountant has not pressed yet; give how many presses that were."""
    for message in trial.simulator.bot_messages(accountant):
        if message["message_id"] in done:
            continue
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        take = [
            one["callback_data"] for row in rows for one in row if "take:" in one.get("callback_data", "")
        ]
        if take:
            done.add(message["message_id"])
            trial.simulator.press(accountant, accountant, message["message_id"], data=take[0], wait=0.1)
            return 1
    return 0


def test_flt_01_what_got_200_has_its_effect_once_though_all_are_killed(trial: Trial, rounds: int) -> None:
    # BOT-02, BOT-03, BOT-04, OUT-05, TIM-01
    presser = accountant_of(LATE_CHATS[0])
    old = {message["message_id"] for message in trial.simulator.bot_messages(presser)}
    presses = 0
    with Traffic(trial.stack) as traffic:
        trial.ask_late(*LATE_CHATS)
        for names in victims(rounds):
            time.sleep(random.uniform(0.3, 1.5))
            presses += press_take(trial, presser, old)
            if "web" in names:  # one that dies before it serves takes nothing, and so has nothing to lose
                trial.until(trial.is_served, "the web that was killed serves again")
            trial.kill(*names)
        traffic.wait_for_lines(UPDATES)
        trial.until(lambda: press_take(trial, presser, old), "an alert to press") if not presses else None
    trial.settle(seconds=120)
    check_intake(trial, traffic)
    check_requests(trial, traffic)
    check_alerts(trial, LATE_CHATS)
    check_letters(trial, are_repeats_allowed=True)
    assert trial.rows(ACKNOWLEDGED) == [(presser, 1)] * max(1, presses)


def test_bot_02_telegram_delivers_again_what_a_killed_web_did_not_take(trial: Trial) -> None:
    with Traffic(trial.stack) as traffic:
        for _ in range(2):
            traffic.wait_for_lines(100)
            trial.stack.kill("web")
            time.sleep(1)
            trial.run(*PROCESSES)
    assert traffic.refusals
    trial.settle()
    check_intake(trial, traffic)
    check_requests(trial, traffic)
    check_letters(trial)
