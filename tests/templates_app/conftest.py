"""Files on their way: a simulator to send them, a real S3 server or a folder to keep them."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from config.environment import buckets
from tests.bot.conftest import sim as sim
from tests.bot.conftest import simulator_url as simulator_url
from tests.flows.world import World, build
from tests.object_storage import BUCKETS, ObjectStorage


@pytest.fixture
def world(db: None) -> World:
    return build()


@pytest.fixture
def s3(s3_server: ObjectStorage, settings: Any) -> ObjectStorage:
    """Let the product keep its files there."""
    settings.STORAGES = django_settings.STORAGES | s3_server.storages()
    return s3_server


@pytest.fixture
def local(settings: Any, tmp_path: Path) -> Path:
    """Let the product keep its files in an empty folder."""
    settings.STORAGES = django_settings.STORAGES | buckets(BUCKETS, folder=str(tmp_path), endpoint_url="")
    return tmp_path
