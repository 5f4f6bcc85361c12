"""A text as a sparse vector: signals, and hashed n-grams of characters, words and kinds of words."""

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sla.classifier.signals import NAMES, signals
from sla.classifier.text import Reading
from sla.classifier.words import kinds_of

Indices = NDArray[np.uint32]
Values = NDArray[np.float32]

BUCKETS = 2**16
WIDTH = BUCKETS + len(NAMES)
"""Columns of the model: the buckets first, then one for each signal."""

CHARACTER_GRAMS = (2, 3, 4, 5)
WORD_GRAMS = (1, 2, 3)
BLOCK_WEIGHT = 2.0
SIGNAL_WEIGHT = 0.5
FACTOR = np.uint32(0x9E3779B1)
MIXER = np.uint32(0x2C1B3C6D)


def features(reading: Reading) -> tuple[Indices, Values]:
    """Return the columns of a text that are not zero, and their values."""
    letters = np.frombuffer(
        f" {' '.join(reading.words)} ".encode("utf-32-le", "surrogatepass"), dtype=np.uint32
    )
    kinds = [_kind(word) for word in reading.words]
    blocks = [
        _grams(letters, CHARACTER_GRAMS, seed=1),
        _grams(_hashes(("^", *reading.words, "$")), WORD_GRAMS, seed=101),
        _grams(_hashes(("^", *kinds, "$")), WORD_GRAMS, seed=201),
    ]
    on = np.asarray(signals(reading), dtype=np.uint32) + np.uint32(BUCKETS)
    values = [np.full(len(block), BLOCK_WEIGHT / max(len(block), 1) ** 0.5) for block in blocks]
    values.append(np.full(len(on), SIGNAL_WEIGHT))
    return np.concatenate([*blocks, on]), np.concatenate(values).astype(np.float32)


def _kind(word: str) -> str:
    kinds = kinds_of(word)
    return kinds[0] if kinds else word[-3:]


def _hashes(words: Sequence[str]) -> Indices:
    return np.asarray([zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in words], dtype=np.uint32)


def _grams(codes: Indices, sizes: Sequence[int], *, seed: int) -> Indices:
    """Hash every run of each size into a bucket; a run counts once."""
    found = []
    for size in sizes:
        count = len(codes) - size + 1
        if count <= 0:
            break
        mixed = np.full(count, seed + size, dtype=np.uint32)
        for offset in range(size):
            mixed = mixed * FACTOR + codes[offset : offset + count]
        mixed = (mixed ^ (mixed >> np.uint32(15))) * MIXER
        found.append((mixed ^ (mixed >> np.uint32(13))) & np.uint32(BUCKETS - 1))
    return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.uint32)
