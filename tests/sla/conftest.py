"""A language model to ask, with an empty Redis."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.language_model import LanguageModel, asked_for


@pytest.fixture
def model(settings: Any) -> Iterator[LanguageModel]:
    with asked_for(settings) as served:
        yield served
