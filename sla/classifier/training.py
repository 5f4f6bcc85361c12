"""Trains the model: vocabulary, features, weights, and the threshold of REQUEST. Needs scikit-learn."""

import random
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from sla.classifier.data_sets import Example, evaluation, examples_hash, generated, written
from sla.classifier.features import WIDTH, features
from sla.classifier.memory import plain_text
from sla.classifier.model import LABELS, Model
from sla.classifier.tables import first_names, tables_hash
from sla.classifier.text import read
from sla.classifier.words import KINDS

STRENGTH = 1.5
"""scikit-learn's C: the larger, the closer to the training texts."""

GENERATED_WEIGHTS = {"REQUEST": 0.3, "CLARIFICATION": 0.4, "GRATITUDE": 0.6, "SPAM": 0.6}
"""Of one generated text against a written one; more for classes with few templates."""

TYPO_WEIGHT = 0.3
FOLDS = 5
TARGET_RECALL = 0.98
"""Share of the REQUESTs that the threshold must find, out of fold."""

THRESHOLDS = tuple(round(0.15 + 0.01 * step, 2) for step in range(36))
PLAIN_WORD = re.compile(r"[а-я]{5,24}")
SEED = 7

Matrix = Any  # scipy has no types
Labels = NDArray[np.int64]


def train(version: str, corrections: Sequence[Example] = ()) -> Model:
    """Train on the shipped texts and on corrections, oldest first; the same texts give the same model.

    Takes about a minute.
    """
    people, templates = written() + usable(corrections), generated()
    words = vocabulary(people + templates)
    reader = Model(np.empty(0, np.float32), np.empty(0, np.float32), words, {})
    extra = templates + [Example(misspelled(text), label) for text, label in people]
    generated_weights = np.asarray([GENERATED_WEIGHTS[example.label] for example in templates])
    weights = np.concatenate([np.ones(len(people)), generated_weights, np.full(len(people), TYPO_WEIGHT)])
    rows, more = matrix(reader, people), matrix(reader, extra)
    labels, more_labels = _labels(people), _labels(extra)
    threshold, found = _threshold(rows, labels, more[: len(templates)], more_labels[: len(templates)])
    solver = _fitted(vstack([rows, more]).tocsr(), np.concatenate([labels, more_labels]), weights)
    about = {
        "version": version,
        "labels": LABELS,
        "threshold": threshold,
        "data": examples_hash(people + templates),
        "tables": tables_hash(),
        "texts": {"written": len(people), "generated": len(templates)},
        "out_of_fold": found,
    }
    return Model(solver.coef_.T.astype(np.float32), solver.intercept_.astype(np.float32), words, about)


def usable(corrections: Sequence[Example]) -> list[Example]:
    """Return each corrected text with its last class, without those that say nothing and those to be measured on."""
    measured = {plain_text(example.text) for example in evaluation()}
    last = {plain_text(text): Example(text, label) for text, label in corrections}
    return [example for plain, example in last.items() if plain and plain not in measured]


def vocabulary(examples: Sequence[Example]) -> tuple[str, ...]:
    """Collect the words that typos may be repaired to: of the texts, of the lists, and first names."""
    found = set(first_names())
    for pattern in KINDS.values():
        found.update(PLAIN_WORD.findall(re.sub(r"\S*[\\\[\]?*+{}]\S*", " ", pattern.replace("|", " "))))
    for example in examples:
        found.update(PLAIN_WORD.findall(example.text.lower().replace("ё", "е")))
        found.update(read(example.text).words)
    return tuple(sorted(word for word in found if PLAIN_WORD.fullmatch(word)))


def misspelled(text: str) -> str:
    """Make one typo in a longer word of the text, the same for the same text."""
    choose = random.Random(f"{SEED}{text}")  # noqa: S311 (not a secret)
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    if not long:
        return text
    place = choose.choice(long)
    words[place] = _one_edit(words[place], choose)
    return " ".join(words)


def _one_edit(word: str, choose: random.Random) -> str:
    at = choose.randrange(1, len(word) - 1)
    kind = choose.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    letter = choose.choice("абвгдеиклмнопрстуя")
    return word[:at] + letter + word[at + (kind == 2) :]


def matrix(model: Model, examples: Sequence[Example]) -> Matrix:
    """Return the features of the texts, a row each."""
    vectors = [features(model.read(example.text)) for example in examples]
    starts = np.cumsum([0, *(len(columns) for columns, _ in vectors)])
    columns = np.concatenate([columns for columns, _ in vectors]).astype(np.int64)
    values = np.concatenate([values for _, values in vectors])
    return csr_matrix((values, columns, starts), shape=(len(examples), WIDTH))


def _labels(examples: Sequence[Example]) -> Labels:
    return np.asarray([LABELS.index(example.label) for example in examples])


def _fitted(rows: Matrix, labels: Labels, weights: NDArray[np.float64]) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=200).fit(rows, labels, sample_weight=weights)


def _threshold(
    rows: Matrix, labels: Labels, more: Matrix, more_labels: Labels
) -> tuple[float, dict[str, float]]:
    """Return the highest threshold that finds enough of the REQUESTs in folds not trained on, and its figures."""
    chances = np.zeros((len(labels), len(LABELS)))
    for seen, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(rows, labels):
        more_weights = np.asarray([GENERATED_WEIGHTS[LABELS[label]] for label in more_labels])
        weights = np.concatenate([np.ones(len(seen)), more_weights])
        solver = _fitted(
            vstack([rows[seen], more]).tocsr(), np.concatenate([labels[seen], more_labels]), weights
        )
        chances[unseen] = solver.predict_proba(rows[unseen])
    is_request = labels == 0
    reaching = [t for t in THRESHOLDS if (chances[is_request, 0] >= t).mean() >= TARGET_RECALL]
    threshold = max(reaching, default=THRESHOLDS[0])
    named = np.where(chances[:, 0] >= threshold, 0, 1 + chances[:, 1:].argmax(axis=1))
    return threshold, {
        "accuracy": round(float((named == labels).mean()), 4),
        "request_recall": round(float((named[is_request] == 0).mean()), 4),
        "false_starts": round(float((named[~is_request] == 0).mean()), 4),
    }
