"""`.env.example` names every variable that is read (RUN-06, SEC-09)."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READS = re.compile(
    r"""(?:env(?:\.\w+)?|flag|number|choice|time_zone|database|env_\w+)\(\s*"([A-Z][A-Z0-9_]+)\""""
)
NAMES = re.compile(r"^(?:# )?([A-Z][A-Z0-9_]+)=", re.MULTILINE)


def test_the_example_names_what_settings_read() -> None:
    read = set(READS.findall((ROOT / "config" / "settings.py").read_text(encoding="utf-8")))
    named = NAMES.findall((ROOT / ".env.example").read_text(encoding="utf-8"))
    assert len(read) > 15
    assert read - set(named) == set()
    assert len(named) == len(set(named))
