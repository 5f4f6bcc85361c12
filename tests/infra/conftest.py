"""nginx in front of two webs, shared by the tests of one run."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra.front import Front, Web, sign_itself


def require(program: str, package: str = "") -> None:
    """Skip where a program of the system is missing; .ci/run installs it."""
    if shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin") is None:
        pytest.skip(f"{program} is not on this machine: apt install {package or program}")


@pytest.fixture(scope="session")
def certs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require("openssl")
    return sign_itself(tmp_path_factory.mktemp("certs"))


@pytest.fixture(scope="session")
def web() -> Iterator[Web]:
    web = Web("blue")
    yield web
    web.stop()


@pytest.fixture(scope="session")
def front(tmp_path_factory: pytest.TempPathFactory, certs: Path, web: Web) -> Iterator[Front]:
    """nginx with the limits that it has in production."""
    require("nginx")
    with Front(tmp_path_factory.mktemp("front"), web.address, certs) as front:
        yield front
