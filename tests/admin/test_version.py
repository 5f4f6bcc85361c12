"""The version stands in pyproject.toml and is the same wherever people and machines look for it (CI-04)."""

import tomllib
from pathlib import Path

from django.conf import settings
from django.test import Client
from prometheus_client import generate_latest

from buhbot.models import Role
from buhbot.ops.metrics import process_registry
from tests.admin.firm import Firm

PROJECT = Path(settings.BASE_DIR) / "pyproject.toml"


def test_ci_04_the_version_is_that_of_the_project() -> None:
    assert tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"] == settings.VERSION


def test_ci_04_admin_shows_the_version(firm: Firm, client: Client) -> None:
    client.force_login(firm.people[Role.MANAGER])
    assert f"Версия {settings.VERSION}" in client.get("/admin/").content.decode()


def test_ci_04_each_process_measures_its_version() -> None:
    assert (
        f'buhbot_build_info{{version="{settings.VERSION}"}} 1.0'
        in generate_latest(process_registry()).decode()
    )


def test_ci_04_the_page_of_metrics_names_the_version(db: None, client: Client) -> None:
    assert f'buhbot_build_info{{version="{settings.VERSION}"}} 1.0' in client.get("/metrics").content.decode()
