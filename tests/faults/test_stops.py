"""Processes that are told to stop."""

import pytest

from tests.faults.audit import check_intake, check_letters, check_requests
from tests.faults.traffic import Traffic
from tests.faults.trial import PROCESSES, Trial

pytestmark = pytest.mark.processes


def test_run_05_sigterm_ends_each_process_in_order_and_nothing_is_lost(trial: Trial) -> None:
    with Traffic(trial.stack) as traffic:
        for number, name in enumerate(PROCESSES, 1):
            traffic.wait_for_lines(20 * number)
            child = trial.stack.running[name]
            assert trial.stack.stop(name) < 30
            assert child.returncode == 0, name
            trial.stack.start(name)
    trial.settle()
    check_intake(trial, traffic)
    check_requests(trial, traffic)
    check_letters(trial)
