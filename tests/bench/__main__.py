"""`make bench`: measure the product on this machine and write docs/benchmarks.md.

Real processes, a durable Postgres and a Redis of their own, the simulator with its limits on. Each figure stands
beside a yardstick of the same run, as machines differ and are noisy.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime

from simulator.stack import ROOT
from tests.bench import classify
from tests.bench.alerts import alert_rows
from tests.bench.arithmetic import worktime_rows
from tests.bench.growth import growth_rows
from tests.bench.page import Row, with_part
from tests.bench.product import Servers, migrated, say, start_servers
from tests.bench.replies import replies_rows
from tests.bench.retention import purge_rows
from tests.bench.sending import SURVEY, sending_rows
from tests.bench.starting import start_rows
from tests.bench.tls import tls_rows
from tests.bench.webhook import crowd_rows, far_rows, near_rows

PAGE = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the product here and write docs/benchmarks.md.")
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"default: all of {', '.join(PARTS)}; the others stay"
    )
    parser.add_argument("--quick", action="store_true", help="short runs, nothing is written")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    with ExitStack() as stack:
        servers = start_servers(stack)
        for part in options.parts or PARTS:
            rows = PARTS[part](servers, 0.1 if options.quick else 1.0)
            for row in rows:
                say(f"{row.rule:8} {row.what:60} {row.target:28} {row.result}")
            if not options.quick:
                write(part, rows)
    return 0


def write(part: str, rows: list[Row]) -> None:
    """Put the rows into the page at once, so that a run that is broken off keeps what it has measured."""
    page = with_part(PAGE.read_text(encoding="utf-8"), part, rows, on=datetime.now(UTC).date())
    PAGE.write_text(page, encoding="utf-8")
    say(f"Written to {PAGE.relative_to(ROOT)}: {part}.")


def survey_rows(servers: Servers, scale: float) -> list[Row]:
    return sending_rows(servers, scale, SURVEY) + data_rows(servers, "ratings")


def data_rows(servers: Servers, module: str) -> list[Row]:
    """Measure in a process of its own, on a database that it fills."""
    say(f"Measuring {module} on much data ...")
    stack = migrated(servers, module)
    environment = stack.environment(DJANGO_SETTINGS_MODULE="config.settings", LOG_LEVEL="WARNING")
    command = [sys.executable, "-m", f"tests.bench.{module}"]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)  # noqa: S603
    return [Row(*line) for line in json.loads(done.stdout)]


PARTS: dict[str, Callable[[Servers, float], list[Row]]] = {
    "arithmetic": lambda _servers, _scale: worktime_rows(),
    "classifier": lambda _servers, _scale: [Row(*line) for line in classify.lines()],
    "webhook": near_rows,
    "crowd": crowd_rows,
    "far": far_rows,
    "alerts": alert_rows,
    "sending": sending_rows,
    "replies": replies_rows,
    "surveys": survey_rows,
    "data": lambda servers, _scale: data_rows(servers, "figures"),
    "policies": lambda servers, _scale: data_rows(servers, "policies"),
    "growth": growth_rows,
    "start": start_rows,
    "tls": lambda _servers, scale: tls_rows(scale),
    "purge": purge_rows,
}


if __name__ == "__main__":
    sys.exit(main())
