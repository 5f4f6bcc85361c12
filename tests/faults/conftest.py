"""One running product for the fault tests, with a Postgres and a Redis that may be killed."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from simulator.demo import load_world
from simulator.servers import Postgres, Redis
from simulator.stack import Stack
from tests.faults.audit import account
from tests.faults.firm import firm
from tests.faults.trial import PROCESSES, Trial

TOKEN = "7000000002:a-token-for-fault-tests-of-right-shape"
ROUNDS = int(os.environ.get("FAULT_ROUNDS", "0"))  # 0: the short form


@pytest.fixture(scope="session")
def rounds() -> int:
    """How often to kill in the long form (`FAULT_ROUNDS=50 make faults`); 0 in the short one."""
    return ROUNDS


@pytest.fixture(scope="session")
def product() -> Iterator[Trial]:
    """The product with a firm, started once; `trial` brings it back to order for each test."""
    folder = Path(tempfile.mkdtemp(prefix="buhbot-faults-"))
    folder.chmod(0o755)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres = stack.enter_context(Postgres(folder / "postgres", prefer="system"))
        redis = stack.enter_context(Redis(folder / "redis", prefer="system"))
        extra = {"LOG_LEVEL": "INFO"}
        running = Stack(
            postgres.url, redis.url, folder / "logs", TOKEN, "faults-secret", "k" * 50, extra=extra
        )
        _prepare(running, folder)
        stack.enter_context(running)
        running.start("simulator")
        running.wait_for(f"{running.telegram_url}/sim/bot")
        simulator = stack.enter_context(running.simulator())
        load_world(simulator, firm())
        trial = Trial(running, postgres, redis, simulator)
        trial.run(*PROCESSES)
        running.manage("set_webhook")
        yield trial


def _prepare(running: Stack, folder: Path) -> None:
    (folder / "firm.json").write_text(json.dumps(firm()))
    running.manage("migrate", "--verbosity", "0")
    running.manage("demo", str(folder / "firm.json"), "--password", "long-enough-for-faults")


@pytest.fixture
def trial(product: Trial) -> Iterator[Trial]:
    """The product with every process running, no faults, and empty journals; at the end the account is printed."""
    product.begin()
    yield product
    print(account(product))  # noqa: T201 (`make faults` shows it)
