"""Each alert fires when it should and only then (MON-03), and uptime counts working hours (MON-02)."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.infra.conftest import require
from tests.infra.front import INFRA

RULES = INFRA / "monitoring" / "rules"
Series = dict[str, str]  # as promtool writes values: a constant "1x60", one that grows "0+5x60"
WEBHOOK = 'django_http_requests_latency_seconds_by_view_method_bucket{view="telegram-webhook",le="%s"}'
QUERY = 'supabase_query_duration_seconds_bucket{le="%s"}'


@dataclass(frozen=True)
class Case:
    """What is scraped every `step` when the alert fires, and when it does not, after so long."""

    firing: Series
    quiet: tuple[Series, ...]
    after: str = "10m"
    step: str = "15s"


def one(series: str, firing: str, *quiet: str, after: str = "10m", step: str = "15s") -> Case:
    return Case({series: firing}, tuple({series: values} for values in quiet), after, step)


def disk(free: int, **labels: str) -> Series:
    told = ",".join(
        f'{name}="{value}"' for name, value in ({"mountpoint": "/", "fstype": "ext4"} | labels).items()
    )
    return {
        f"node_filesystem_avail_bytes{{{told}}}": f"{free}x60",
        f"node_filesystem_free_bytes{{{told}}}": f"{free + 10}x60",
        f"node_filesystem_size_bytes{{{told}}}": "110x60",
    }


def worked(bot: str) -> Series:
    """27 hours in steps of four minutes, of which the firm works all but the last."""
    return {
        "firm_work_starts_timestamp_seconds": "0x500",
        "firm_work_ends_timestamp_seconds": "93600x500",
        "sla_tick_age_seconds": "3x500",
        'up{job="web"}': "1x500",
        'up{job="bot"}': bot,
    }


CASES = {
    "CpuHigh": one('node_cpu_seconds_total{cpu="0",mode="idle"}', "0+1x60", "0+12x60"),
    "MemoryHigh": Case(
        {"node_memory_MemAvailable_bytes": "19x60", "node_memory_MemTotal_bytes": "100x60"},
        ({"node_memory_MemAvailable_bytes": "21x60", "node_memory_MemTotal_bytes": "100x60"},),
    ),
    "DiskFull": Case(disk(14), (disk(16), disk(0, fstype="squashfs"))),
    "BotDown": one('up{job="bot"}', "1x10 0x60", "1x60", "1x10 0x2 1x60"),
    "WebDown": one('up{job="web"}', "1x10 0x60", "1x60", "1x10 0x2 1x60"),
    "WorkerDown": one('up{job="worker"}', "1x10 0x60", "1x60", "1x10 0x6 1x60"),
    "SiteDown": one('probe_success{job="site"}', "1x10 0x60", "1x60"),
    "ExporterDown": Case({'up{job="redis"}': "0x60"}, ({'up{job="redis"}': "1x60"}, {'up{job="bot"}': "0x60"})),
    "InboxOld": one("bot_inbox_oldest_seconds", "121x60", "120x60"),
    "OutboxOld": one("bot_outbox_oldest_seconds", "121x60", "120x60"),
    "InboxFailed": one("bot_inbox_failed", "1x60", "0x60"),
    "SlaTickSilent": one("sla_tick_age_seconds", "61x60", "60x60"),
    "SlaTickNeverRan": Case(
        {"supabase_database_bytes": "5x60"},
        ({"supabase_database_bytes": "5x60", "sla_tick_age_seconds": "5x60"}, {'up{job="web"}': "1x60"}),
    ),
    "UndeliverableAlerts": one("sla_undeliverable_alerts", "1x60", "0x60"),
    "WebhookSlow": Case(
        {WEBHOOK % "0.5": "0+90x60", WEBHOOK % "0.75": "0+100x60", WEBHOOK % "+Inf": "0+100x60"},
        (
            {WEBHOOK % "0.5": "0+96x60", WEBHOOK % "0.75": "0+100x60", WEBHOOK % "+Inf": "0+100x60"},
            {WEBHOOK % "0.5": "0x60", WEBHOOK % "0.75": "0x60", WEBHOOK % "+Inf": "0x60"},  # nobody writes
        ),
    ),
    "SignatureFailures": one("bot_webhook_signature_failures_total", "0x10 9x60", "0x10 2x60", "9x60"),
    "UptimeBelowTarget": Case(
        worked("1x100 0x5 1x500"),
        (worked("1x100 0 1x500"), worked("1x392 0x20")),  # four minutes; after work
        after="27h", step="4m",
    ),
    "SupabaseAway": Case(
        {'up{job="web"}': "1x60"},
        ({'up{job="web"}': "1x60", "supabase_database_bytes": "5x60"}, {'up{job="web"}': "0x60"}),
    ),
    "SupabaseErrors": one("supabase_connection_errors_total", "0x10 3x60", "0x10 1x60", after="5m"),
    "SupabaseSlow": Case(
        {QUERY % "0.1": "0+90x60", QUERY % "0.25": "0+100x60", QUERY % "+Inf": "0+100x60"},
        ({QUERY % "0.1": "0+96x60", QUERY % "0.25": "0+100x60", QUERY % "+Inf": "0+100x60"},),
    ),
    "DatabaseNearLimit": Case(
        {"supabase_database_bytes": "401x60", "supabase_database_limit_bytes": "500x60"},
        ({"supabase_database_bytes": "399x60", "supabase_database_limit_bytes": "500x60"},),
    ),
    "StorageNearLimit": Case(
        {"supabase_storage_bytes": "801x60", "supabase_storage_limit_bytes": "1000x60"},
        ({"supabase_storage_bytes": "799x60", "supabase_storage_limit_bytes": "1000x60"},),
    ),
    "RedisDown": one("redis_up", "0x60", "1x60"),
    "RedisMemoryHigh": Case(
        {"redis_memory_used_bytes": "81x60", "redis_memory_max_bytes": "100x60"},
        (
            {"redis_memory_used_bytes": "79x60", "redis_memory_max_bytes": "100x60"},
            {"redis_memory_used_bytes": "81x60", "redis_memory_max_bytes": "0x60"},  # no limit
        ),
    ),
    "CertificateEnding": one("probe_ssl_earliest_cert_expiry", "1728000x99", "1900800x99", after="20m"),
    "BackupOld": one("backup_last_success_timestamp_seconds", "0x500", "7200x500", after="27h", step="4m"),
    "BackupNeverMade": Case(
        {"supabase_database_bytes": "5x500"},
        ({"supabase_database_bytes": "5x500", "backup_last_success_timestamp_seconds": "0x500"},),
        after="27h",
        step="4m",
    ),
}  # fmt: skip


def groups(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = YAML(typ="safe").load((RULES / name).read_text(encoding="utf-8"))["groups"]
    return found


def rules() -> list[dict[str, Any]]:
    return [rule for group in groups("alerts.yml") for rule in group["rules"]]


def needed(expression: str) -> list[dict[str, Any]]:
    """The groups that record what the expression asks for: the others would only take time."""
    return [
        group
        for group in groups("recording.yml")
        if any(re.search(rf"\b{rule['record']}\b", expression) for rule in group["rules"])
    ]


def promtool(folder: Path, tests: list[dict[str, Any]], *, alert: str = "") -> None:
    require("promtool", "prometheus")
    chosen = [rule for rule in rules() if rule["alert"] == alert]
    asked_for = " ".join([str(chosen), *(test["promql_expr_test"][0]["expr"] for test in tests)])
    tried = needed(asked_for) + ([{"name": "alert", "rules": chosen}] if chosen else [])
    files = {
        "rules.yml": {"groups": tried},
        "test.yml": {
            "rule_files": ["rules.yml"],
            "evaluation_interval": tests[0]["interval"],
            "tests": tests,
        },
    }
    for name, content in files.items():
        with (folder / name).open("w", encoding="utf-8") as file:
            YAML().dump(content, file)
    command = ["promtool", "test", "rules", "test.yml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def asked(series: Series, query: str, value: float, *, after: str, step: str = "15s") -> dict[str, Any]:
    return {
        "interval": step,
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": query, "eval_time": after, "exp_samples": [{"labels": "{}", "value": value}]}
        ],
    }


@pytest.mark.parametrize("name", CASES)
def test_mon_03_an_alert_fires_and_stays_quiet(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    fires = f'count(ALERTS{{alertname="{name}",alertstate="firing"}}) or vector(0)'
    expected = [(case.firing, 1), *((series, 0) for series in case.quiet)]
    promtool(
        tmp_path,
        [asked(series, fires, value, after=case.after, step=case.step) for series, value in expected],
        alert=name,
    )


@pytest.mark.parametrize(
    ("name", "series", "few"),
    [
        ("SignatureFailures", "bot_webhook_signature_failures_total", 3),
        ("SupabaseErrors", "supabase_connection_errors_total", 1),
    ],
)
def test_mon_03_a_few_are_not_more_between_two_scrapes(
    name: str, series: str, few: int, tmp_path: Path
) -> None:
    """There `increase` tells more than there was."""
    (rule,) = (rule for rule in rules() if rule["alert"] == name)
    fires = f"count({rule['expr']}) or vector(0)"
    promtool(
        tmp_path,
        [
            asked({series: f"0x20 {count}x20"}, fires, value, after="7m10s")
            for count, value in ((few, 0), (few + 1, 1))
        ],
    )


def test_mon_03_every_alert_is_tried() -> None:
    assert {rule["alert"] for rule in rules()} == set(CASES)


def test_mon_03_every_alert_says_how_bad_it_is_and_what_to_do() -> None:
    for rule in rules():
        assert rule["labels"]["severity"] in {"critical", "warning"}, rule["alert"]
        for word in ("summary", "action"):
            assert re.search("[а-я]{3}", rule["annotations"][word]), rule["alert"]


def test_mon_03_every_alert_is_explained() -> None:
    page = (INFRA.parent / "docs" / "infrastructure" / "monitoring.md").read_text(encoding="utf-8")
    assert {rule["alert"] for rule in rules()} == set(re.findall(r"`((?:[A-Z][a-z]+)+)`", page))


@pytest.mark.parametrize(
    ("bot", "uptime"),
    [("1x500", 100.0), ("1x392 0x20", 100.0), ("0x194 1x500", 50.0)],
)
def test_mon_02_uptime_counts_working_hours_only(bot: str, uptime: float, tmp_path: Path) -> None:
    promtool(
        tmp_path,
        [asked(worked(bot), "round(sum(buhbot:uptime_7d:percent), 0.1)", uptime, after="27h", step="4m")],
    )


def test_mon_02_a_bot_that_is_away_still_says_when_the_firm_works(tmp_path: Path) -> None:
    ends = {"firm_work_starts_timestamp_seconds": "600x4", "firm_work_ends_timestamp_seconds": "1200x4"}
    promtool(
        tmp_path,
        [
            asked(ends, "sum(buhbot:working_hours)", value, after=f"{minute}m")
            for minute, value in ((9, 0), (11, 1), (21, 0))
        ],
    )


def test_mon_01_cpu_and_memory_are_recorded_from_the_host(tmp_path: Path) -> None:
    cpu = {
        f'node_cpu_seconds_total{{cpu="{number}",mode="idle"}}': f"0+{idle}x60"
        for number, idle in ((0, 3), (1, 12))
    }
    promtool(
        tmp_path,
        [
            asked(cpu, "round(cpu_usage)", 50, after="10m"),
            asked(dict(CASES["MemoryHigh"].firing), "sum(memory_usage)", 81, after="10m"),
        ],
    )
