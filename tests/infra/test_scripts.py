"""The scripts of infra/ and their timers, where they can run: bats and systemd's own checks (BAK-01, BAK-04, CI-02)."""

import re
import subprocess
from pathlib import Path

import pytest

from simulator.stack import ROOT
from tests.infra.conftest import require

BATS = sorted((ROOT / "tests" / "infra" / "bats").glob("*.bats"))
UNITS = sorted((ROOT / "infra" / "systemd").iterdir())
PATHS = re.compile(r"/usr/bin/docker|/opt/buhbot/infra/scripts/\S+|/opt/buhbot")


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, cwd=ROOT)


@pytest.mark.parametrize("file", BATS, ids=lambda file: file.stem)
def test_bak_04_the_scripts_do_what_they_say(file: Path) -> None:
    require("bats")
    done = run("bats", file)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "file", sorted((ROOT / "infra" / "scripts").glob("*.sh")), ids=lambda file: file.name
)
def test_bak_04_a_script_stops_at_the_first_failure(file: Path) -> None:
    text = file.read_text()
    assert "\nset -euo pipefail\n" in text or file.name == "settings.sh"  # which is sourced
    assert bool(file.stat().st_mode & 0o100) == (file.name != "settings.sh")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_bak_04_systemd_understands_the_units(unit: Path, tmp_path: Path) -> None:
    require("systemd-analyze", "systemd")
    for other in UNITS:  # with programs that are on this machine, as it looks for them
        text = PATHS.sub(lambda found: "/" if found[0] == "/opt/buhbot" else "/bin/true", other.read_text())
        (tmp_path / other.name).write_text(text)
    done = run("systemd-analyze", "verify", "--man=no", tmp_path / unit.name)
    said = [line for line in done.stderr.splitlines() if unit.name.split(".")[0].split("@")[0] in line]
    assert (done.returncode, said) == (0, [])


@pytest.mark.parametrize(
    ("timer", "moment"), [("buhbot-backup", "00:30:00 UTC"), ("buhbot-weekly", "Sun 2026-11-29 01:30:00 UTC")]
)
def test_bak_01_the_timers_go_off_at_night(timer: str, moment: str) -> None:
    require("systemd-analyze", "systemd")
    text = (ROOT / "infra" / "systemd" / f"{timer}.timer").read_text()
    calendar = next(line.partition("=")[2] for line in text.splitlines() if line.startswith("OnCalendar="))
    said = run("systemd-analyze", "calendar", "--base-time=2026-11-25 12:00:00 UTC", calendar).stdout
    assert moment in said
