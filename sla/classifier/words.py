"""What single words tell: kinds of words by stem or ending, found once per word."""

import re
from functools import lru_cache

from sla.classifier.tables import WORDS, read_table

KINDS = read_table(WORDS)
NOT_ORDERS = frozenset(KINDS.pop("no order").split("|"))
"""Words with the ending of an order that order nothing."""

PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in KINDS.items())


@lru_cache(maxsize=20_000)
def kinds_of(word: str) -> tuple[str, ...]:
    """Name the kinds of a word; none for a word that tells nothing."""
    word = word[:40]
    found = tuple(kind for kind, pattern in PATTERNS if pattern.fullmatch(word))
    return tuple(kind for kind in found if kind != "order") if word in NOT_ORDERS else found
