"""The tables of words and patterns that the classifier is made of."""

import hashlib
from pathlib import Path

DATA = Path(__file__).parent / "data"
PHRASES, WORDS, NAMES = DATA / "phrases.txt", DATA / "words.txt", DATA / "names.txt"


def read_table(path: Path) -> dict[str, str]:
    """Read lines `name = pattern`; `%NAME%` in a pattern stands for an earlier pattern of that name."""
    table: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, separator, pattern = line.partition(" = ")
        if not separator or line.startswith("#"):
            continue
        for known, meaning in table.items():
            if known.startswith("%"):
                pattern = pattern.replace(known, meaning)
        table[name] = pattern
    return table


def first_names() -> tuple[str, ...]:
    """Return the first names, longest first."""
    lines = NAMES.read_text(encoding="utf-8").splitlines()
    names = {name for line in lines if not line.startswith("#") for name in line.split()}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def tables_hash() -> str:
    """Hash the tables (SHA-256): a model fits only the tables that it was trained with."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in (PHRASES, WORDS, NAMES))).hexdigest()
