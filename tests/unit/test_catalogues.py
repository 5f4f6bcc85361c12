"""The Russian catalogue is whole, and what runs is what was written."""

import gettext
import re
from pathlib import Path

import pytest

from tests.catalogues import catalogues, compiled, untranslated

RULE = re.compile(r"\b[A-Z]{2,4}-\d\d\b")
EVERY = [pytest.param(path, id=path.parent.parent.name) for path in catalogues()]


@pytest.mark.parametrize("path", EVERY)
def test_every_text_is_translated(path: Path) -> None:
    assert untranslated(path) == []


@pytest.mark.parametrize("path", EVERY)
def test_the_compiled_catalogue_is_the_written_one(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == compiled(path)


@pytest.mark.parametrize("path", EVERY)
def test_nobody_reads_the_id_of_a_rule(path: Path) -> None:
    with path.with_suffix(".mo").open("rb") as compiled_file:
        words = gettext.GNUTranslations(compiled_file)._catalog.values()  # type: ignore[attr-defined]
    assert [text for text in words if RULE.search(str(text))] == []
