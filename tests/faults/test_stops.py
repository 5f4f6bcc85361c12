"""Processes that are told to stop."""

import signal
from functools import partial
from pathlib import Path

import pytest

from tests.faults.audit import check_intake, check_letters, check_requests
from tests.faults.traffic import Traffic
from tests.faults.trial import PROCESSES, Trial

pytestmark = pytest.mark.processes


def is_ready_to_stop(pid: int) -> bool:
    """Say whether a process has come so far that it hears SIGTERM (Linux tells which signals it catches)."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def test_run_05_sigterm_ends_each_process_in_order_and_nothing_is_lost(trial: Trial) -> None:
    with Traffic(trial.stack) as traffic:
        for number, name in enumerate(PROCESSES, 1):
            traffic.wait_for_lines(20 * number)
            child = trial.stack.running[name]
            trial.until(partial(is_ready_to_stop, child.pid), f"{name} has started")
            assert trial.stack.stop(name) < 30
            assert child.returncode == 0, name
            trial.stack.start(name)
    trial.settle()
    check_intake(trial, traffic)
    check_requests(trial, traffic)
    check_letters(trial)
