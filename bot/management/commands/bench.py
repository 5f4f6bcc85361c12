"""Measure the product on this machine, as `make bench` does. For a checkout, not for a server."""

import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Measure the product here, with servers of its own, and write docs/benchmarks.md."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("parts", nargs="*", metavar="PART", help="default: all; the others stay")
        parser.add_argument("--quick", action="store_true", help="short runs, nothing is written")

    def handle(self, *args: object, **options: Any) -> None:
        if not (settings.BASE_DIR / "tests" / "bench").is_dir():
            raise CommandError(
                "The measurements are not part of an installation: run this in a checkout, after `make setup`."
            )
        quick = ["--quick"] if options["quick"] else []
        command = [sys.executable, "-m", "tests.bench", *options["parts"], *quick]
        done = subprocess.run(command, cwd=settings.BASE_DIR, check=False)  # noqa: S603  # nosec
        sys.exit(done.returncode)
