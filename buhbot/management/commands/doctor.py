"""`manage.py doctor [--json]`: everything that can be wrong, a line each, with what mends it (OPS)."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from buhbot.ops.doctor import Finding, Level, examine

MARKS = {Level.OK: "OK      ", Level.WARNING: "WARNING ", Level.PROBLEM: "PROBLEM "}


class Command(BaseCommand):
    """Exits with 1 when there is a problem; warnings let the product work."""

    help = "Look at environment, database, Redis, Telegram, storage, backups, disk and clock; say what to mend and how."
    requires_system_checks: list[str] = []  # what they would say is said here, line by line

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --json."""
        parser.add_argument("--json", action="store_true", help="One JSON object, for programs.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Look, and say."""
        found = []
        for finding in examine(timezone.now()):
            found.append(finding)
            if not options["json"]:
                self._say(finding)
        problems = sum(finding.level == Level.PROBLEM for finding in found)
        if options["json"]:
            told = {"ok": not problems, "findings": [asdict(finding) for finding in found]}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            self.stdout.write(f"Problems: {problems}." if problems else "No problems.")
        if problems:
            sys.exit(1)

    def _say(self, finding: Finding) -> None:
        self.stdout.write(f"{MARKS[finding.level]}{finding.name}: {finding.text}")
        if finding.hint and finding.level != Level.OK:
            self.stdout.write(f"        {finding.hint}")
