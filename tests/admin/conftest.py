"""The firm that the tests of Admin happen in."""

import pytest

from tests.admin.firm import Firm, build


@pytest.fixture
def firm(db: None) -> Firm:
    return build()
