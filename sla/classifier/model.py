"""The trained model: read from its artifact once, asked for probabilities."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from sla.classifier.features import BUCKETS, features
from sla.classifier.rules import Verdict, certain
from sla.classifier.spelling import Speller
from sla.classifier.text import Reading, read

LABELS = ("REQUEST", "CLARIFICATION", "GRATITUDE", "SPAM")
ARTIFACT = Path(__file__).parent / "data" / "model.npz"
STEPS = 127


@dataclass(frozen=True)
class Model:
    """Weights of the columns for each label, the words that typos are repaired to, and what is known of it."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    words: tuple[str, ...]
    about: dict[str, Any]

    @classmethod
    def load(cls, source: Path | BinaryIO) -> Self:
        """Read an artifact. Raises OSError, KeyError or ValueError for one that is none."""
        with np.load(source, allow_pickle=False) as stored:
            about = json.loads(stored["about"].tobytes())
            if tuple(about["labels"]) != LABELS:
                raise ValueError(f"The artifact has labels {about['labels']}; expected {LABELS}.")
            hashed = stored["hashed"].astype(np.float32) * (stored["scale"] / STEPS)
            weights = np.concatenate([hashed, stored["signals"].astype(np.float32)])
            words = stored["words"].tobytes().decode().split()
            return cls(weights, stored["bias"], tuple(words), about)

    def save(self, target: Path | BinaryIO) -> None:
        """Write the artifact: weights of hashed columns in one byte each."""
        hashed, signals = self.weights[:BUCKETS], self.weights[BUCKETS:]
        scale = np.abs(hashed).max(axis=0)
        np.savez_compressed(
            target,
            hashed=np.rint(hashed / scale * STEPS).astype(np.int8),
            scale=scale.astype(np.float32),
            signals=signals.astype(np.float32),
            bias=self.bias.astype(np.float32),
            words=_bytes(" ".join(self.words)),
            about=_bytes(json.dumps(self.about, ensure_ascii=False)),
        )

    @cached_property
    def speller(self) -> Speller:
        return Speller(self.words)

    def read(self, text: str) -> Reading:
        """Reduce a text to plain words, with typos repaired."""
        return read(text, self.speller.repaired)

    def probabilities(self, reading: Reading) -> NDArray[np.float32]:
        """Return the probability of each label, in the order of LABELS."""
        columns, values = features(reading)
        scores = self.bias + values @ self.weights[columns]
        raised = np.exp(scores - scores.max())
        return np.asarray(raised / raised.sum(), dtype=np.float32)

    def classify(self, text: str) -> Verdict:
        """Name the class of a text: by a clear signal, else by probability; REQUEST wins from its threshold on."""
        reading = self.read(text)
        return certain(reading) or self._judged(self.probabilities(reading))

    def _judged(self, probabilities: NDArray[np.float32]) -> Verdict:
        request = float(probabilities[0])
        best = 0 if request >= self.about["threshold"] else 1 + int(probabilities[1:].argmax())
        return Verdict(LABELS[best], float(probabilities[best]), "model", self.about["version"], request)


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)
