"""The Russian catalogue is whole, and what runs is what was written."""

from pathlib import Path

import pytest

from tests.catalogues import catalogues, compiled, untranslated

EVERY = [pytest.param(path, id=path.parent.parent.name) for path in catalogues()]


@pytest.mark.parametrize("path", EVERY)
def test_every_text_is_translated(path: Path) -> None:
    assert untranslated(path) == []


@pytest.mark.parametrize("path", EVERY)
def test_the_compiled_catalogue_is_the_written_one(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == compiled(path)
