"""Repair of one-edit typos in longer words, from the words of the training texts."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

SHORTEST = 5
LONGEST = 24
KEPT_END = 2
"""Letters at the end of a word that a repair leaves alone: in Russian they tell who does what."""


class Speller:
    """Known words, found by what is left of them when one letter is taken out."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        self._by_deletion: dict[str, str] = {}
        for word in sorted(self.words):
            if len(word) >= SHORTEST:
                for shorter in _deletions(word):
                    self._by_deletion.setdefault(shorter, word)
        self.repaired = lru_cache(maxsize=10_000)(self._repaired)

    def _repaired(self, word: str) -> str:
        """Return the known word that is one edit away, else the word itself."""
        if word in self.words or not SHORTEST <= len(word) <= LONGEST:
            return word
        for candidate in (word, *_deletions(word)):
            known = candidate if candidate in self.words else self._by_deletion.get(candidate)
            if known and len(known) >= SHORTEST and known[-KEPT_END:] == word[-KEPT_END:]:
                return known
        return word


def _deletions(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))
