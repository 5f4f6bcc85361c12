"""No secret was ever committed, and what is installed is pinned (SEC-09, SEC-13)."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.lint import BIN, ROOT

SCANNER = BIN / "gitleaks"
PINNED = re.compile(r"[a-z0-9._-]+(\[[a-z,-]+\])?==[^\s;]+( ;.+?)?(\s+--hash=sha256:[0-9a-f]{64})+")
LOCKS = ("requirements.txt", "requirements-dev.txt")


def scan(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(SCANNER), "git", str(folder), "--no-banner", "--redact", "--verbose", "--exit-code", "9"]
    config = ["--config", str(ROOT / ".gitleaks.toml")]
    return subprocess.run([*command, *config], capture_output=True, text=True, check=False)


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.test", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_sec_09_no_secret_stands_anywhere_in_the_history() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this copy has no history: the scan needs a clone")
    if git(ROOT, "rev-parse", "--is-shallow-repository") == "true":
        pytest.skip("this clone is shallow: the scan needs the whole history (git fetch --unshallow)")
    done = scan(ROOT)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.parametrize(
    "name", ["config/settings.py", "tests/lint.py", ".env.example", "docs/operations.md"]
)
def test_sec_09_the_scan_finds_a_secret_that_was_deleted_again(tmp_path: Path, name: str) -> None:
    token = (
        "7482910365:" + "AAG9kX2mQvLr7TzYbWc4" + "NpHd3sJfUe8oRi1"
    )  # in pieces, or the scan finds this line
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    git(tmp_path, "init", "--quiet")
    for content in (f'TELEGRAM_BOT_TOKEN = "{token}"\n', "nothing\n"):
        file.write_text(content)
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "--quiet", "--message", "a")
    done = scan(tmp_path)
    assert done.returncode == 9, done.stderr
    assert token not in done.stdout + done.stderr


@pytest.mark.parametrize("name", LOCKS)
def test_sec_13_every_requirement_is_pinned_with_hashes_and_names_no_index(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"index|find-links|trusted-host|://", text)
    lines = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^\s*#.*\n", "", text)).splitlines()
    assert len(lines) > 30
    loose = [line[:60] for line in lines if not PINNED.fullmatch(line.strip())]
    assert loose == []


def test_sec_13_the_image_installs_by_hashes_only() -> None:
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
    installs = re.findall(r"pip install[^&\n]*", text)
    assert installs
    assert all("--require-hashes" in command for command in installs), installs
