"""Figures of a classifier on labelled texts, with 95 % intervals."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

from sla.classifier.data_sets import Example
from sla.classifier.model import LABELS

Z = 1.959964
RESAMPLES = 1000
ALPHABET = "абвгдеиклмнопрстуя"
GREETINGS = ("Добрый день! ", "Здравствуйте, ", "Доброе утро, коллеги. ", "Привет! ")

Pair = tuple[str, str]
"""The true label and the label that was named."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share from 0 to 1 with the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}-{self.high:.3f})"


@dataclass(frozen=True, slots=True)
class Figures:
    """What counts about a classifier (CLS-02). `false_starts`: of the texts that need no answer."""

    texts: int
    accuracy: Share
    request_recall: Share
    request_precision: Share
    false_starts: Share
    macro_f1: Share

    def is_worse_than(self, other: "Figures") -> bool:
        """Say whether it is right less often, or misses more REQUESTs."""
        return (
            self.accuracy.value < other.accuracy.value
            or self.request_recall.value < other.request_recall.value
        )


def measure(classify: Callable[[str], str], examples: Sequence[Example]) -> Figures:
    """Measure a function from text to label."""
    pairs = [(label, classify(text)) for text, label in examples]
    requests = [named == "REQUEST" for label, named in pairs if label == "REQUEST"]
    others = [named == "REQUEST" for label, named in pairs if label != "REQUEST"]
    named = [label == "REQUEST" for label, named in pairs if named == "REQUEST"]
    return Figures(
        texts=len(pairs),
        accuracy=wilson([label == named for label, named in pairs]),
        request_recall=wilson(requests),
        request_precision=wilson(named),
        false_starts=wilson(others),
        macro_f1=_bootstrapped(pairs),
    )


def wilson(hits: Sequence[bool]) -> Share:
    """Return the share of hits with Wilson's interval; nothing counted: from 0 to 1."""
    count = len(hits)
    if not count:
        return Share(0.0, 0.0, 1.0)
    share = sum(hits) / count
    middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    half = Z * sqrt(share * (1 - share) / count + Z * Z / (4 * count * count)) / (1 + Z * Z / count)
    return Share(share, max(0.0, middle - half), min(1.0, middle + half))


def macro_f1(pairs: Sequence[Pair]) -> float:
    """Return the mean over the labels of the harmonic mean of precision and recall."""
    return sum(_f1(pairs, label) for label in LABELS) / len(LABELS)


def _f1(pairs: Sequence[Pair], label: str) -> float:
    both = sum(true == named == label for true, named in pairs)
    either = sum(true == label for true, _ in pairs) + sum(named == label for _, named in pairs)
    return 2 * both / either if either else 1.0


def _bootstrapped(pairs: Sequence[Pair]) -> Share:
    choose = random.Random(1)  # noqa: S311 (not a secret)
    scores = (
        sorted(macro_f1(choose.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES)) if pairs else [0.0]
    )
    return Share(macro_f1(pairs), scores[int(0.025 * len(scores))], scores[int(0.975 * len(scores))])


def with_greeting(text: str) -> str:
    """Put a greeting in front, the same for the same text."""
    return GREETINGS[len(text) % len(GREETINGS)] + text


def with_typo(text: str) -> str:
    """Put one letter of the longest word wrong, the same for the same text."""
    longest = max(text.split(), key=len, default="")
    if len(longest) < 5 or not longest.isalpha():
        return text
    at = 1 + len(text) % (len(longest) - 2)
    wrong = ALPHABET[(ALPHABET.find(longest[at].lower()) + 5) % len(ALPHABET)]
    return text.replace(longest, longest[:at] + wrong + longest[at + 1 :], 1)


KINDS: dict[str, Callable[[str], str]] = {
    "as written": str,
    "a greeting in front": with_greeting,
    "one typo": with_typo,
    "a signature": lambda text: f"{text}\nС уважением, Ирина Соколова",
    "capitals": str.upper,
}
"""Kinds of disturbance that must cost little."""
