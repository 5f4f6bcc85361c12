"""The labelled texts that ship with the product, and the hash by which an artifact names them."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from sla.classifier.templates import generate

DATA = Path(__file__).parent / "data"
SEED = DATA / "seed.jsonl"
EVALUATION = DATA / "evaluation.jsonl"


class Example(NamedTuple):
    """A text and its class."""

    text: str
    label: str


def written() -> list[Example]:
    """Return the texts that people wrote for training."""
    return read_examples(SEED)


def generated() -> list[Example]:
    """Return the texts made from templates."""
    return [Example(text, label) for text, label in generate()]


def evaluation() -> list[Example]:
    """Return the texts that no training sees."""
    return read_examples(EVALUATION)


def read_examples(path: Path) -> list[Example]:
    """Read JSON lines with `text` and `label`."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [Example(row["text"], row["label"]) for row in rows]


def examples_hash(examples: Iterable[Example]) -> str:
    """Hash the texts and labels that a model is trained on (SHA-256)."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(f"{example.label}\t{example.text}\0".encode())
    return digest.hexdigest()
