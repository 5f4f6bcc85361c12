"""Classify texts from standard input (CLS-08)."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand

from sla.classifier import classify


class Command(BaseCommand):
    help = (
        'Read JSON lines {"text": …} from standard input; write {"label": …, "confidence": …, "source": …} lines,'
        ' in order. A line that cannot be read gives {"error": …}. No database is needed.'
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for answer in answers(sys.stdin.buffer):
            self.stdout.write(json.dumps(answer))


def answers(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield an answer for each line that is not blank."""
    return (_answer(line) for line in lines if line.strip())


def _answer(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return {"error": f"Not a line of JSON in UTF-8: {error}"}
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str):
        return {"error": 'Expected an object with a string "text".'}
    verdict = classify(text)
    return {"label": verdict.label, "confidence": round(verdict.confidence, 4), "source": verdict.source}
