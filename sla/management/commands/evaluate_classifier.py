"""Print the figures of the classifier on the evaluation set (CLS-02)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sla.classifier import classify
from sla.classifier.data_sets import EVALUATION, Example, read_examples
from sla.classifier.evaluation import KINDS, Figures, measure

ROWS = ("accuracy", "request_recall", "request_precision", "false_starts", "macro_f1")


class Command(BaseCommand):
    help = (
        "Print the classifier's figures on labelled texts, with 95 % intervals, and what disturbances cost."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=EVALUATION, help="JSON lines with text and label.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            examples = read_examples(options["file"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(f"--file must be JSON lines with text and label: {error!r}") from error
        for kind, change in KINDS.items():
            changed = [Example(change(text), label) for text, label in examples]
            self._print(kind, measure(lambda text: classify(text).label, changed))

    def _print(self, kind: str, figures: Figures) -> None:
        self.stdout.write(f"{kind}, {figures.texts} texts")
        for row in ROWS:
            self.stdout.write(f"  {row:18} {getattr(figures, row)}")
