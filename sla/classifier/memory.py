"""The memory of corrections: texts of which staff said what they are, and texts like them (CLS-07)."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sla.classifier.data_sets import Example
from sla.classifier.rules import Verdict, certain
from sla.classifier.text import read

LEAST_SIMILARITY = 0.92
"""Of two texts, as the share of pairs of letters that both have (Dice)."""

MEMORY_VERSION = "memory"
"""The source is `rules`: `staff` is kept for what a person said of the very message."""

TURNING = ("не", "нет", "ни", "без", "?")
"""Words that turn a meaning: texts that differ in one of them are not alike, however long they are."""

Grams = tuple[str, ...]


class Memory:
    """Corrected texts by what they say, once greetings, numbers and signatures are off. Never changes once made."""

    def __init__(self, corrections: Iterable[Example]) -> None:
        """Take corrections in, oldest first: of two on the same text the later one counts."""
        known = {plain: label for text, label in corrections if (plain := plain_text(text))}
        self._labels = known
        self._texts = list(known)
        self._sizes = np.array([len(_grams(plain)) for plain in self._texts])
        self._where = self._index()

    def __len__(self) -> int:
        return len(self._texts)

    def recall(self, text: str) -> Verdict | None:
        """Return what staff said of the same text, else of the most similar one; None: of nothing like it.

        The confidence is the similarity, 1 for the same text.
        """
        plain = plain_text(text) if self._texts else ""
        if not plain:
            return None
        if plain in self._labels:
            return _verdict(self._labels[plain], 1.0)
        similarities = self._similarities(plain)
        best = int(similarities.argmax())
        found = self._texts[best]
        if similarities[best] < LEAST_SIMILARITY or _turns(found) != _turns(plain):
            return None
        return _verdict(self._labels[found], float(similarities[best]))

    def _index(self) -> dict[str, NDArray[np.int64]]:
        places: dict[str, list[int]] = defaultdict(list)
        for place, plain in enumerate(self._texts):
            for gram in _grams(plain):
                places[gram].append(place)
        return {gram: np.array(found) for gram, found in places.items()}

    def _similarities(self, plain: str) -> NDArray[np.float64]:
        grams = _grams(plain)
        found = [self._where[gram] for gram in grams if gram in self._where]
        shared = np.bincount(np.concatenate(found), minlength=len(self)) if found else np.zeros(len(self))
        return np.asarray(2 * shared / (self._sizes + len(grams)))


@lru_cache(maxsize=4096)
def plain_text(text: str) -> str:
    """Reduce a text to what it says; empty for one that says nothing by itself («ок», «+», a bare greeting).

    What such a text meant was in the conversation, so it teaches nothing about the next one.
    """
    reading = read(text)
    decided = certain(reading)
    return "" if decided is not None and decided.label == "SPAM" else " ".join(reading.words)


@lru_cache(maxsize=4096)
def _grams(plain: str) -> Grams:
    """The pairs of neighbouring letters, each with the count of its earlier occurrences, so that they are a set."""
    seen: Counter[str] = Counter()
    grams = []
    for first, second in zip(f" {plain}", f"{plain} ", strict=True):
        seen[first + second] += 1
        grams.append(f"{first}{second}{seen[first + second]}")
    return tuple(grams)


def _turns(plain: str) -> Counter[str]:
    return Counter(word for word in plain.split() if word in TURNING)


def _verdict(label: str, similarity: float) -> Verdict:
    chance = similarity if label == "REQUEST" else 1 - similarity
    return Verdict(label, similarity, "rules", MEMORY_VERSION, chance)
