"""Generates training texts from `data/templates.txt`; the same each time."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

TEMPLATES = Path(__file__).parent / "data" / "templates.txt"
SEED = 20_261_124
VARIANTS = 7
"""Texts made of one line with slots."""

SLOT = re.compile(r"\{(\w+)\}")
BEFORE_COMMA = re.compile(r"\s+(?=[,.!?])")

Templates = dict[str, list[str]]


def generate() -> Iterator[tuple[str, str]]:
    """Yield different texts with their labels: filled lines, and two of them joined."""
    slots, lines = _read(TEMPLATES.read_text(encoding="utf-8"))
    choose = random.Random(SEED)  # noqa: S311 (not a secret)
    seen: set[str] = set()
    for text, label in [*_filled(lines, slots, choose), *_joined(lines, slots, choose)]:
        if text not in seen:
            seen.add(text)
            yield text, label


def _read(source: str) -> tuple[Templates, Templates]:
    slots: Templates = {}
    lines: Templates = {}
    label = ""
    for line in source.splitlines():
        if line.startswith("@"):
            name, _, values = line[1:].partition(" ")
            slots[name] = [value.strip() for value in values.split("|")]
        elif line.startswith("["):
            label = line.strip("[]")
        elif line and not line.startswith("#"):
            lines.setdefault(label, []).append(line)
    return slots, lines


def _filled(lines: Templates, slots: Templates, choose: random.Random) -> Iterator[tuple[str, str]]:
    for label, patterns in lines.items():
        for pattern in patterns:
            for _ in range(VARIANTS if SLOT.search(pattern) else 1):
                yield _text(pattern, slots, choose), label


def _text(pattern: str, slots: Templates, choose: random.Random) -> str:
    filled = SLOT.sub(lambda slot: choose.choice(slots[slot[1]]), pattern)
    return BEFORE_COMMA.sub("", " ".join(filled.split(" "))).strip()


JOINS = (
    ("GRATITUDE", "REQUEST", "REQUEST", 250),
    ("SPAM", "REQUEST", "REQUEST", 200),
    ("CLARIFICATION", "REQUEST", "REQUEST", 300),
    ("REQUEST", "GRATITUDE", "REQUEST", 100),
    ("REQUEST", "CLARIFICATION", "REQUEST", 250),
    ("REQUEST", "REQUEST", "REQUEST", 150),
    ("CLARIFICATION", "CLARIFICATION", "CLARIFICATION", 300),
    ("GRATITUDE", "GRATITUDE", "GRATITUDE", 80),
    ("SPAM", "SPAM", "SPAM", 120),
    ("SPAM", "CLARIFICATION", "CLARIFICATION", 80),
)
"""First part, second part, what the two together are, and how many to make."""

SEPARATORS = (". ", ", ", "! ", "\n", " ")


def _joined(lines: Templates, slots: Templates, choose: random.Random) -> Iterator[tuple[str, str]]:
    for first, second, label, count in JOINS:
        for _ in range(count):
            parts = (_text(choose.choice(lines[part]), slots, choose) for part in (first, second))
            yield choose.choice(SEPARATORS).join(parts), label
