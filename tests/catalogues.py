"""`make messages`: collect the texts for translation and compile the catalogues."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polib  # type: ignore[import-untyped]

from tests.lint import PRODUCTION

ROOT = Path(__file__).resolve().parent.parent
COLLECT = ("makemessages", "-l", "ru", "--no-location", "--no-obsolete")
IGNORED = (".venv", ".demo", "tests", "simulator")


def catalogues() -> Iterator[Path]:
    """Every catalogue: our own words, and those that django-unfold left untranslated."""
    yield from sorted(ROOT.glob("locale/**/LC_MESSAGES/*.po"))


def untranslated(path: Path) -> list[str]:
    """Texts without a translation, or with one that nobody has looked at."""
    return [entry.msgid for entry in polib.pofile(str(path)) if not entry.translated() or entry.fuzzy]


def compiled(path: Path) -> bytes:
    """What the compiled catalogue must hold."""
    content: bytes = polib.pofile(str(path)).to_binary()
    return content


def main() -> int:
    ignore = [word for name in IGNORED for word in ("--ignore", name)]
    command = [sys.executable, "manage.py", *COLLECT, *ignore]
    subprocess.run(command, cwd=ROOT, env=PRODUCTION | {"PATH": "/usr/bin:/bin"}, check=True)
    missing = []
    for path in catalogues():
        path.with_suffix(".mo").write_bytes(compiled(path))
        missing += untranslated(path)
    for text in missing:
        print(f"Not translated: {text}")  # noqa: T201
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
