"""A real nginx with our configuration on loopback, and webs behind it that only say who they are."""

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from simulator.servers import die_with_parent, free_port
from simulator.stack import ROOT

HOST = "buhbot.test"
INFRA = ROOT / "infra"
START_SECONDS = 10
NOBODY = "nobody"


def unprivileged() -> str | None:
    """The user for programs that are not to run as root; None where we are nobody special already."""
    return NOBODY if os.geteuid() == 0 else None


def give(folder: Path) -> Path:
    """Make a folder that the unprivileged user owns and reaches."""
    folder.mkdir(parents=True, exist_ok=True)
    for parent in folder.parents:
        if parent.is_relative_to(tempfile.gettempdir()) and parent.stat().st_uid == os.geteuid():
            parent.chmod(parent.stat().st_mode | 0o055)
    if user := unprivileged():
        shutil.chown(folder, user)
    return folder


class Web:
    """Stands in for gunicorn: answers each request with its own name and what it got."""

    def __init__(self, name: str, *, delay: float = 0.0) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                time.sleep(delay)
                length = int(self.headers.get("Content-Length") or 0)
                self.rfile.read(length)
                body = json.dumps({"web": name, "path": self.path, "headers": dict(self.headers)}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 256
            daemon_threads = True

        self._server = Server(("127.0.0.1", free_port()), Handler)
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Front:
    """nginx as infra/nginx/start.sh starts it, as a user without privileges."""

    def __init__(self, folder: Path, upstream: str, certs: Path, **settings: str) -> None:
        self.run = give(folder / "run")
        self.log = folder / "nginx.log"
        self.http_port, self.https_port = free_port(), free_port()
        self.url = f"https://{HOST}:{self.https_port}"
        self.certs = certs
        self._environment = {
            "PATH": f"{os.environ['PATH']}:/usr/sbin",
            "RUN": str(self.run),
            "CERTS": str(certs),
            "WEBROOT": str(folder / "acme"),
            "HTTP_LISTEN": f"127.0.0.1:{self.http_port}",
            "HTTPS_LISTEN": str(self.https_port),
            "UPSTREAM": upstream,
            "PUBLIC_URL": self.url,
            "WATCH_SECONDS": "1",
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.log.touch()
        if user := unprivileged():
            shutil.chown(self.log, user)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # start.sh becomes nginx
                ["/bin/sh", str(INFRA / "nginx" / "start.sh")],
                env=self._environment,
                stdout=log,
                stderr=log,
                user=unprivileged(),
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=10)
        os.killpg(self._process.pid, signal.SIGKILL)  # the loop that watches the certificate

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process and self._process.poll() is None:
            try:
                httpx.get(f"http://127.0.0.1:{self.http_port}/nginx-health", trust_env=False)
            except httpx.HTTPError:
                time.sleep(0.05)
                continue
            return
        raise AssertionError(f"nginx does not start: {self.log.read_text()}")

    def script(self, name: str, *words: str) -> int:
        """Run a script of infra/nginx beside nginx, as `docker compose exec nginx` does; its words go to the log."""
        command = ["/bin/sh", str(INFRA / "nginx" / name), *words]
        with self.log.open("ab") as log:
            return subprocess.run(
                command, env=self._environment, user=unprivileged(), stdout=log, stderr=log, check=False
            ).returncode

    def client(self, *, address: str = "127.0.0.1", session: str = "", keep: int = 20) -> httpx.Client:
        """A browser at an address of this machine, signed in when `session` is given."""
        limits = httpx.Limits(max_keepalive_connections=keep)
        transport = httpx.HTTPTransport(verify=self.trust(), local_address=address, limits=limits)
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.https_port}",
            headers={"Host": HOST},
            cookies={"sessionid": session} if session else {},
            transport=transport,
            trust_env=False,
        )

    @staticmethod
    def trust() -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    @contextmanager
    def line(self, context: ssl.SSLContext | None = None) -> Iterator[ssl.SSLSocket]:
        """A bare TLS connection."""
        with (
            socket.create_connection(("127.0.0.1", self.https_port), timeout=5) as bare,
            (context or self.trust()).wrap_socket(bare, server_hostname=HOST) as line,
        ):
            yield line

    def plain(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.http_port}{path}", headers=headers, trust_env=False)


def sign_itself(folder: Path) -> Path:
    """Have infra/certbot make the certificate that nginx starts with; give the folder that nginx reads."""
    certs = give(folder / "letsencrypt")
    environment = {
        "PATH": os.environ["PATH"],
        "CERTS": str(certs),
        "WORK": str(give(folder / "certbot")),
        "PUBLIC_URL": f"https://{HOST}",
    }
    script = ["/bin/sh", str(INFRA / "certbot" / "certificate.sh"), "start"]
    subprocess.run(script, env=environment, user=unprivileged(), check=True, stdout=subprocess.DEVNULL)
    return certs / "current"
