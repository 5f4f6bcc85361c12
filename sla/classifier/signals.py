"""Yes/no signals: what people mean by idioms and by the order of words, on text made plain by `read`."""

import re

from sla.classifier import tables
from sla.classifier.text import Reading
from sla.classifier.words import KINDS, kinds_of

PHRASES = {
    name: pattern for name, pattern in tables.read_table(tables.PHRASES).items() if not name.startswith("%")
}
PATTERNS = tuple(re.compile(pattern) for pattern in PHRASES.values())
MARKS = ("vocative", "emoji", "warm emoji", "nodding emoji", "translit", "english")
SIZES = (1, 2, 3, 5, 9, 16)

NAMES: tuple[str, ...] = (
    *PHRASES,
    *(f"has {kind}" for kind in KINDS),
    *(f"starts {kind}" for kind in KINDS),
    *(f"ends {kind}" for kind in KINDS),
    *(f"only {kind}" for kind in KINDS),
    *(f"mark {mark}" for mark in MARKS),
    *(f"words up to {size}" for size in SIZES),
)
_KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}


def signals(reading: Reading) -> list[int]:
    """Return the numbers of the signals that are on, as in NAMES."""
    text = reading.text
    found = [number for number, pattern in enumerate(PATTERNS) if pattern.search(text)]
    found += _of_words([kinds_of(word) for word in reading.words], start=len(PATTERNS))
    first_mark = len(PATTERNS) + 4 * len(KINDS)
    found += [first_mark + number for number, mark in enumerate(MARKS) if mark in reading.marks]
    count = len(reading.words)
    found += [first_mark + len(MARKS) + number for number, size in enumerate(SIZES) if count <= size]
    return found


def _of_words(kinds: list[tuple[str, ...]], *, start: int) -> list[int]:
    if not kinds:
        return []
    present = set().union(*kinds)
    common = set(kinds[0]).intersection(*kinds[1:])
    groups = (present, kinds[0], kinds[-1], common)
    return [
        start + place * len(KINDS) + _KIND_NUMBERS[kind]
        for place, group in enumerate(groups)
        for kind in group
    ]
