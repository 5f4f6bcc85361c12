"""The world that the flow tests happen in."""

import pytest

from tests.flows.world import World, build


@pytest.fixture
def world(db: None, no_flood: None) -> World:
    return build()
