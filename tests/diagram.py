"""`make diagram`: draws the picture of the processes, and writes into it from which source (CI-04)."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "infrastructure"
SOURCE, PICTURE = FOLDER / "architecture-diagram.dot", FOLDER / "architecture-diagram.svg"


def mark() -> str:
    """Return the line by which a picture names its source: other fonts draw other pictures of the same source."""
    return f"<!-- drawn from sha256:{hashlib.sha256(SOURCE.read_bytes()).hexdigest()} -->"


def main() -> int:
    dot = shutil.which("dot")
    if not dot:
        sys.stderr.write("Graphviz draws it, and is not installed (Debian: apt install graphviz)\n")
        return 1
    drawn = subprocess.run([dot, "-Tsvg", str(SOURCE)], capture_output=True, text=True, check=True)  # noqa: S603
    PICTURE.write_text(f"{drawn.stdout.strip()}\n{mark()}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
