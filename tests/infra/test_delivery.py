"""compose.yaml and the workflows, as far as they can be judged without running them (RUN-04, CI-01)."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from simulator.stack import ROOT

BIN = Path(sys.executable).parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())
PINNED = re.compile(r"(\./|[\w./-]+@[0-9a-f]{40}$)")
READ_BY_CONFIG = re.compile(
    r'(?:env(?:\.\w+)?|flag|number|database|choice|time_zone|buckets|_number|environ\.get)\(\s*"([A-Z][A-Z0-9_]+)"'
)
DEFAULTS = re.compile(r"\$\{BUHBOT_PULL:-(\w+)\}")  # the schema knows the words of this one
# Read by config/, but made up by what starts the processes, or of another kind of run.
NOT_COMPOSE = {"DJANGO_SETTINGS_MODULE"}


def yaml(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path)


def check(*command: str | Path) -> str:
    name, *rest = map(str, command)
    done = subprocess.run([str(BIN / name), *rest], cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("file", ["compose.yaml", "compose.dev.yaml", "tests/infra/stack/compose.yaml"])
def test_run_04_compose_files_follow_the_specification(file: str, tmp_path: Path) -> None:
    text = DEFAULTS.sub(lambda found: found[1], (ROOT / file).read_text(encoding="utf-8"))
    (tmp_path / "compose.yaml").write_text(text, encoding="utf-8")
    schema = ("--builtin-schema", "vendor.compose-spec")
    assert check("check-jsonschema", *schema, tmp_path / "compose.yaml") == ""


def settings_read() -> set[str]:
    files = [*(ROOT / "config").glob("*.py"), *(ROOT / "infra" / "image").glob("*.py")]
    return {name for file in files for name in READ_BY_CONFIG.findall(file.read_text(encoding="utf-8"))}


def test_run_06_every_setting_that_config_reads_can_be_set_in_compose_and_is_explained() -> None:
    services = yaml(ROOT / "compose.yaml")["services"]
    passed = {name for service in services.values() for name in service.get("environment") or {}}
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    explained = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))
    known = settings_read() - NOT_COMPOSE
    assert len(known) > 25
    assert known - passed == set()
    assert known - explained - {"WEB_BIND"} == set()


def test_run_06_every_setting_of_compose_is_explained() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    explained = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))
    asked = set(re.findall(r"\$\{([A-Z][A-Z0-9_]+)", text))
    assert asked - explained == {"VERSION"}  # of `make image`


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_ci_01_workflows_are_sound(workflow: Path) -> None:
    assert check("check-jsonschema", "--builtin-schema", "vendor.github-workflows", workflow) == ""
    assert check("actionlint", "-shellcheck", BIN / "shellcheck", workflow) == ""
    assert check("zizmor", "--offline", "--quiet", "--no-progress", workflow) == ""


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_ci_01_every_action_is_pinned_and_every_job_ends(workflow: Path) -> None:
    for job in yaml(workflow)["jobs"].values():
        used = [job.get("uses"), *(step.get("uses") for step in job.get("steps", ()))]
        assert all(PINNED.match(action) for action in used if action)
        assert "uses" in job or job["timeout-minutes"] <= 10


def test_ci_01_one_deploy_at_a_time_and_only_after_approval() -> None:
    deploy = yaml(ROOT / ".github" / "workflows" / "deploy.yml")
    assert deploy["concurrency"] == {"group": "production", "cancel-in-progress": False}
    assert deploy["permissions"] == {}
    assert deploy["jobs"]["deploy"]["environment"] == "production"
    secret = {name for name, job in deploy["jobs"].items() if "secrets.DEPLOY" in str(job)}
    assert secret == {"deploy"}


def test_ci_01_the_shards_hold_every_test() -> None:
    jobs = yaml(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]
    named = [
        folder
        for shard in jobs["test"]["strategy"]["matrix"]["include"]
        for folder in shard["folders"].split()
    ]
    found = {
        str(file.relative_to(ROOT).parent)
        for file in [*ROOT.glob("tests/**/test_*.py"), *ROOT.glob("simulator/tests/test_*.py")]
    }
    assert len(named) == len(set(named))
    assert {folder for folder in found if not any(_holds(name, folder) for name in named)} == set()


def _holds(name: str, folder: str) -> bool:
    return folder == name or folder.startswith(f"{name}/")
