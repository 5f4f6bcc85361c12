"""Each command of the operators explains itself, and refuses what it does not know (OPS)."""

import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

COMMANDS = (
    *(
        "runbot",
        "create_admin",
        "sync_roles",
        "create_buckets",
        "erase_client",
        "doctor",
        "backup",
        "restore",
    ),
    *("verify_backup", "export_config", "import_config", "set_webhook", "run_polling"),
    *("load_production_calendar", "classify", "train_classifier", "evaluate_classifier", "purge_expired"),
    *("recompute_deadlines", "demo", "bench"),
)


@pytest.mark.parametrize("name", COMMANDS)
def test_ops_a_command_says_what_it_does(name: str, capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command(name, "--help")
    assert ended.value.code in (0, None)
    assert len(capsys.readouterr().out.partition("options:")[0].split("\n\n")[1]) > 20  # its sentence


@pytest.mark.parametrize("name", COMMANDS)
def test_ops_a_command_refuses_what_it_does_not_know(name: str) -> None:
    with pytest.raises(CommandError):
        call_command(name, "--no-such-option")


def test_ops_bench_knows_its_parts() -> None:
    command = [sys.executable, "manage.py", "bench", "nothing"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert (done.returncode, "there is no part nothing" in done.stderr) == (2, True)


def test_ops_bench_says_where_it_runs(settings: Any, tmp_path: Any) -> None:
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match="run this in a checkout"):
        call_command("bench")
