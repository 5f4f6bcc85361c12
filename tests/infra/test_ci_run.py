"""`.ci/run`: lint, then every test, with what the tests ask of the system (CI-03)."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from simulator.stack import ROOT

SCRIPT = ".ci/run"
ASKED = re.compile(r'shutil\.which\(\s*"([a-z-]+)"|\bapt install ([a-z0-9-]+)')
# Not in Debian, found under another name, or with every system; the tests say what is skipped without it.
OTHERWISE = {"docker", "supabase", "setpriv", "chromium-browser", "graphviz", "dot"}
PROVIDERS = {"age-keygen": "age", "xgettext": "gettext", "initdb": "postgresql"}


def run(folder: Path, *, failing: str) -> tuple[int, list[str]]:
    """Run it as an ordinary user, who installs nothing, with a `make` that notes its targets."""
    notes = folder / "notes"
    stubs = {
        "make": f'echo "$PWD $*" >>{notes}; [ "$1" != "{failing}" ]',
        "id": "echo 1000",
        "apt-get": f"echo apt-get >>{notes}",
        "npm": "exit 1",  # nothing is fetched here
    }
    for name, body in stubs.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    environment = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"}
    done = subprocess.run([ROOT / SCRIPT], cwd=folder, env=environment, capture_output=True, check=False)
    return done.returncode, notes.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("failing", "code", "targets"),
    [("nothing", 0, ["lint", "test"]), ("lint", 1, ["lint"]), ("test", 1, ["lint", "test"])],
)
def test_ci_03_lint_then_tests_and_the_first_failure_counts(
    tmp_path: Path, failing: str, code: int, targets: list[str]
) -> None:
    assert run(tmp_path, failing=failing) == (code, [f"{ROOT} {target}" for target in targets])


def test_ci_03_what_the_tests_ask_of_the_system_is_installed() -> None:
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "simulator").rglob("*.py")]
    found = [ASKED.findall(file.read_text(encoding="utf-8")) for file in files if file != Path(__file__)]
    asked = {name or package for matches in found for name, package in matches} - OTHERWISE
    script = (ROOT / SCRIPT).read_text(encoding="utf-8")
    assert len(asked) >= 5
    assert {name for name in asked if not re.search(rf"\b{PROVIDERS.get(name, name)}\b", script)} == set()
