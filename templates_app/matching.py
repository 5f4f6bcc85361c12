"""Which frequent question a message asks: a score for each item, and a threshold (FAQ-02).

A phrase of an item fits as far as the message has its words, in any form and with small typos; the score falls with
what the message says beyond the item's vocabulary. A rare word weighs more than one that many items share.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from templates_app.lemmas import Word, forms, words

THRESHOLD = 0.55
ASKING_WEIGHT = 0.25
ALIKE = 0.5  # this share of their words is common to texts of one group
USUAL_ITEMS = 25  # with fewer items, words weigh as if there were so many
SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")
LONG_WORD, VERY_LONG_WORD = 4, 9  # from this length on one, and two, letters may be wrong


@dataclass(frozen=True, slots=True)
class Question:
    """A frequent question as it is compared: its key, how it may be asked, how often it was answered."""

    key: int
    phrases: tuple[str, ...]
    used: int = 0


@dataclass(frozen=True, slots=True)
class Scored:
    """How well an item fits, 0 to 1."""

    key: int
    score: float
    used: int = 0


class Matcher:
    """The items, made ready to be compared with many messages."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._questions = [(one, _phrases(one)) for one in questions]
        self._vocabulary = [
            frozenset(lemma for phrase in phrases for word in phrase for lemma in word.lemmas)
            for _one, phrases in self._questions
        ]
        self._shared = Counter(lemma for vocabulary in self._vocabulary for lemma in vocabulary)

    def scores(self, text: str) -> list[Scored]:
        """Return every item with its score, best first; of equal ones the more used first.

        A question may stand in a longer message: each sentence is looked at alone, and all of them together.
        """
        said = [_content(part) for part in {text, *sentences(text)}]
        scored = [
            Scored(one.key, max(self._score(part, phrases, vocabulary) for part in said), one.used)
            for (one, phrases), vocabulary in zip(self._questions, self._vocabulary, strict=True)
        ]
        return sorted(scored, key=lambda found: (-round(found.score, 3), -found.used, found.key))

    def best(self, text: str) -> Scored | None:
        """Return the item that answers the text, if one does."""
        found = next(iter(self.scores(text)), None)
        return found if found is not None and found.score >= THRESHOLD else None

    def _score(self, said: list[Word], phrases: list[list[Word]], vocabulary: frozenset[str]) -> float:
        fit = max((self._coverage(phrase, said) for phrase in phrases), default=0.0)
        if not fit:
            return 0.0
        whole = sum(self._weight(word) for word in said)
        known = sum(self._weight(word) for word in said if _is_among(word, vocabulary))
        return fit * known / whole if whole else 0.0

    def _coverage(self, phrase: list[Word], said: list[Word]) -> float:
        """Say which share of the phrase, by weight, the message has."""
        whole = sum(self._weight(word) for word in phrase)
        found = sum(self._weight(word) for word in phrase if any(_is_same(word, other) for other in said))
        return found / whole if whole else 0.0

    def _weight(self, word: Word) -> float:
        if word.is_asking:
            return ASKING_WEIGHT
        shared = max((self._shared[lemma] for lemma in word.lemmas), default=0)
        return 1 + log(1 + max(len(self._questions), USUAL_ITEMS)) - log(1 + shared)


def grouped(texts: Sequence[str]) -> list[list[str]]:
    """Put texts together that share most of their words; large groups first, within one the order stays (FAQ-04)."""
    groups: list[tuple[frozenset[str], list[str]]] = []
    for text in texts:
        said = frozenset(word.shown for word in _content(text) if not word.is_asking)
        known = max(groups, key=lambda group: _likeness(said, group[0]), default=None)
        if known is not None and _likeness(said, known[0]) >= ALIKE:
            known[1].append(text)
        else:
            groups.append((said, [text]))
    return sorted((found for _said, found in groups), key=len, reverse=True)


def _likeness(first: frozenset[str], second: frozenset[str]) -> float:
    together = first | second
    return len(first & second) / len(together) if together else 0.0


def sentences(text: str) -> list[str]:
    """Return the questions of a text that has other sentences too."""
    found = [part.strip() for part in SENTENCE.findall(text)]
    return [part for part in found if part.endswith("?")] if len(found) > 1 else []


def _phrases(question: Question) -> list[list[Word]]:
    """The phrases that are about something: «как» alone is not."""
    found = [_content(phrase) for phrase in question.phrases]
    return [phrase for phrase in found if not all(word.is_asking for word in phrase)]


def _content(text: str) -> list[Word]:
    """The words that say something, each once."""
    return list({word.lemmas: word for word in words(text) if not word.is_filler}.values())


def _is_among(word: Word, vocabulary: frozenset[str]) -> bool:
    return bool(word.lemmas & vocabulary) or _is_typo_of(word, vocabulary)


def _is_same(wanted: Word, said: Word) -> bool:
    return bool(wanted.lemmas & said.lemmas) or _is_typo_of(said, wanted.lemmas)


def _is_typo_of(said: Word, lemmas: frozenset[str]) -> bool:
    """A word of the dictionary is meant as it is written."""
    return not said.is_known and any(_is_typo(said.written, lemma) for lemma in lemmas)


@lru_cache(maxsize=50_000)
def _is_typo(written: str, lemma: str) -> bool:
    """Say whether a form of the word has one letter wrong, missing, too many or swapped; of very long words two."""
    if len(lemma) < LONG_WORD or written[0] != lemma[0]:
        return False
    return any(_is_near(written, form) for form in forms(lemma))


def _is_near(written: str, form: str) -> bool:
    allowed = 2 if len(form) >= VERY_LONG_WORD else 1
    return abs(len(written) - len(form)) <= allowed and _distance(written, form) <= allowed


def _distance(first: str, second: str) -> int:
    """Count the edits between two words; two neighbours swapped are one (Damerau and Levenshtein)."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        two_before, before, row = before, row, [i]
        for j, other in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, two_before[j - 2] + 1)
            row.append(cost)
    return row[-1]
