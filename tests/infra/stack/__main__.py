"""`make stack-test`: build the images, run compose.yaml as it is, and try it (RUN-04, RUN-05, SEC-13, PERF-13).

STACK_BUILD=0 takes the images that are there; STACK_TRIALS=run_05,ci_02 runs only the trials of those names. It needs a
Docker Engine, and some minutes the first time.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from simulator.client import NothingHappened, SimulatorError
from tests.infra.stack.engine import Engine, StackFailed, no_engine
from tests.infra.stack.trials import TRIALS


def main() -> int:
    if reason := no_engine():
        say(f"make stack-test is skipped: {reason}")
        return 0
    with tempfile.TemporaryDirectory(prefix="buhbot-stack-") as folder:
        engine = Engine(Path(folder))
        try:
            return _run(engine)
        finally:
            engine.compose("down", "--volumes", "--timeout", "30")


def _run(engine: Engine) -> int:
    if os.environ.get("STACK_BUILD", "1") != "0":
        say("Building the images ...")
        engine.compose("build", "--quiet")
    say("Starting everything ...")
    try:
        say(f"Everything is healthy after {engine.up():.1f} s.")
    except StackFailed as error:
        say(f"{error}\n{engine.compose('ps', '--all')}\n{engine.compose('logs', '--tail', '20')}")
        return 1
    names = os.environ.get("STACK_TRIALS", "").split(",")
    chosen = [trial for trial in TRIALS if any(name in trial.__name__ for name in names)]
    failed = [trial.__name__ for trial in chosen if not _passes(trial, engine)]
    if failed:
        say(engine.compose("logs", "--tail", "30", "--no-color"))
        say(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


def _passes(trial: Callable[[Engine], str], engine: Engine) -> bool:
    began = time.monotonic()
    try:
        said = trial(engine)
    except (AssertionError, StackFailed, SimulatorError, NothingHappened, OSError) as error:
        say(f"failed  {trial.__name__}: {error or repr(error)}")
        return False
    say(f"ok      {trial.__name__} ({time.monotonic() - began:.1f} s){': ' if said else ''}{said}")
    return True


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
