"""How right the matching is on the repository's own set of messages (FAQ-02)."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from templates_app.matching import Matcher, Question

DATA = Path(__file__).parent / "data"
FLOOR_RIGHT, CEILING_WRONG = 0.90, 0.02


@dataclass(frozen=True, slots=True)
class Case:
    """A message, the item that answers it (empty: none does), and what was found."""

    text: str
    wanted: str
    found: str


@dataclass(frozen=True, slots=True)
class Report:
    """Shares of all messages: right is the right item or a silence that is right; wrong is any other answer."""

    cases: tuple[Case, ...]

    @property
    def right(self) -> float:
        return sum(case.found == case.wanted for case in self.cases) / len(self.cases)

    @property
    def wrong(self) -> float:
        return sum(case.found not in {"", case.wanted} for case in self.cases) / len(self.cases)

    @property
    def answered(self) -> float:
        """The share of the messages that have an item which got it."""
        asked = [case for case in self.cases if case.wanted]
        return sum(case.found == case.wanted for case in asked) / len(asked)


def evaluate(*, is_held_out: bool | None = None) -> Report:
    """Match the messages of the set; `is_held_out` picks those that nobody tuned to, or the others."""
    items = _lines("faq_items.jsonl")
    names = [item["key"] for item in items]
    matcher = Matcher(
        [Question(number, (item["question"], *item["keywords"])) for number, item in enumerate(items)]
    )
    chosen = [
        message for message in _lines("faq_messages.jsonl") if is_held_out in {None, message["is_held_out"]}
    ]
    return Report(tuple(_case(message, matcher, names) for message in chosen))


def _case(message: dict[str, Any], matcher: Matcher, names: list[str]) -> Case:
    best = matcher.best(message["text"])
    return Case(message["text"], message["item"] or "", names[best.key] if best else "")


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text().splitlines()]
