"""Processes that come and go count in few files, and lose no count (MON-01)."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from buhbot.ops.slots import Slots

COUNT = """
import os, sys
from pathlib import Path
from prometheus_client import Counter, values
from buhbot.ops.slots import Slots
values.ValueClass = values.MultiProcessValue(Slots(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])).own)
counted = Counter("counted_total", "What is counted.")
counted.inc()
if os.fork() == 0:
    counted.inc(10)
    os._exit(0)
os.wait()
print("counted", flush=True)
sys.stdin.read()
"""
SHOW = """
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
registry = CollectorRegistry()
MultiProcessCollector(registry)
print(generate_latest(registry).decode())
"""


def run(code: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def counted(folder: Path) -> str:
    shown, _ = run(SHOW, folder).communicate()
    return next(line for line in shown.splitlines() if line.startswith("counted_total"))


def test_mon_01_killed_processes_leave_their_files_to_the_next(tmp_path: Path) -> None:
    for _ in range(3):
        process = run(COUNT, tmp_path)
        assert process.stdout
        assert process.stdout.readline() == "counted\n"
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert counted(tmp_path) == "counted_total 33.0"
    assert sorted(path.name for path in tmp_path.glob("*.db")) == ["counter_0.db", "counter_1.db"]


def test_mon_01_two_processes_at_a_time_count_apart(tmp_path: Path) -> None:
    processes = [run(COUNT, tmp_path) for _ in range(3)]
    for process in processes:
        assert process.stdout
        process.stdout.readline()
    assert len(list(tmp_path.glob("*.db"))) >= len(processes)
    for process in processes:
        process.communicate()
    assert counted(tmp_path) == "counted_total 33.0"


def test_mon_01_a_process_keeps_its_number(tmp_path: Path) -> None:
    slots = Slots(tmp_path)
    assert {slots.own() for _ in range(3)} == {0}
    assert slots._held
    slots._held.close()
