"""The programs of monitoring on loopback, with our own configuration in which only places and times are others."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import httpx
from ruamel.yaml import YAML

from simulator.servers import die_with_parent, free_port
from tests.infra.front import INFRA

HERE = INFRA / "monitoring"
START_SECONDS = 20
YAML_FILES = YAML()
Json = dict[str, Any]


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def write(path: Path, content: Any) -> None:
    with path.open("w", encoding="utf-8") as file:
        YAML_FILES.dump(content, file)


@contextmanager
def running(
    command: list[str], log: Path, url: str, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the end, and wait until the address answers."""
    with log.open("ab") as file:
        process = subprocess.Popen(
            command,
            stdout=file,
            stderr=file,
            env=os.environ | (environment or {}),
            preexec_fn=die_with_parent,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not answers(url):
            assert process.poll() is None, f"{command[0]} ended: {log.read_text(errors='replace')[-2000:]}"
            assert time.monotonic() < deadline, (
                f"{command[0]} does not answer: {log.read_text(errors='replace')[-2000:]}"
            )
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait(15)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=5).is_success
    except httpx.HTTPError:
        return False


class Disk:
    """A disk beside the real ones, as node-exporter shows it; its free percent may be changed."""

    def __init__(self) -> None:
        self.free = 50
        disk = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(disk.text().encode())

            def log_message(self, *_args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", free_port()), Handler)
        self.address = f"127.0.0.1:{self._server.server_port}"

    def text(self) -> str:
        sizes = {"size": 100, "free": self.free, "avail": self.free}
        labels = '{device="/dev/vdb",fstype="ext4",mountpoint="/srv"}'
        return "".join(f"node_filesystem_{name}_bytes{labels} {value}\n" for name, value in sizes.items())

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Monitoring:
    """Prometheus and Alertmanager with what infra/monitoring/render.sh makes, for targets on this machine."""

    folder: Path
    targets: Mapping[str, list[str]]
    settings: Mapping[str, str]
    site: str
    port: int = field(default_factory=free_port)
    alerts_port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def render(self) -> None:
        """Render as start.sh does, then put in this machine's places and a quicker pace."""
        environment = os.environ | {"RUN": str(self.folder)} | dict(self.settings)
        subprocess.run(["/bin/sh", str(HERE / "render.sh")], env=environment, check=True)
        told = read(self.folder / "prometheus.yml")
        told["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s", "scrape_timeout": "1s"}
        told["rule_files"] = [str(self.folder / "rules-*.yml")]
        told["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [
            f"127.0.0.1:{self.alerts_port}"
        ]
        for job in told["scrape_configs"]:
            job["static_configs"][0]["targets"] = self.targets[job["job_name"]]
            if job["job_name"] == "site":
                job["params"]["target"] = [self.site]
        write(self.folder / "prometheus.yml", told)
        self._write_rules()
        alerts = read(self.folder / "alertmanager.yml")
        for route in (alerts["route"], *alerts["route"]["routes"]):
            route |= {"group_wait": "1s", "group_interval": "1s"}
        write(self.folder / "alertmanager.yml", alerts)

    def _write_rules(self) -> None:
        """Write our rules with waits of a second."""
        for source in (HERE / "rules").glob("*.yml"):
            told = read(source)
            for rule in (rule for group in told["groups"] for rule in group["rules"] if "for" in rule):
                rule["for"] = "1s"
            write(self.folder / f"rules-{source.name}", told)

    @contextmanager
    def running(self) -> Iterator[None]:
        self.render()
        prometheus = [
            "prometheus",
            f"--config.file={self.folder}/prometheus.yml",
            f"--storage.tsdb.path={self.folder}/prometheus",
            f"--web.listen-address=127.0.0.1:{self.port}",
        ]
        alertmanager = [
            "prometheus-alertmanager",
            f"--config.file={self.folder}/alertmanager.yml",
            f"--storage.path={self.folder}/alertmanager",
            f"--web.listen-address=127.0.0.1:{self.alerts_port}",
            "--cluster.listen-address=",
        ]
        with ExitStack() as stack:
            ready = f"http://127.0.0.1:{self.alerts_port}/-/ready"
            stack.enter_context(running(alertmanager, self.folder / "alertmanager.log", ready))
            stack.enter_context(running(prometheus, self.folder / "prometheus.log", f"{self.url}/-/ready"))
            yield

    def ask(self, query: str) -> list[Json]:
        """Return the series of a query at this moment. Fails when Prometheus cannot read it."""
        answer = httpx.get(f"{self.url}/api/v1/query", params={"query": query}, trust_env=False, timeout=10)
        assert answer.is_success, f"{query}: {answer.text}"
        found: list[Json] = answer.json()["data"]["result"]
        return found

    def names(self) -> set[str]:
        """Return the names of every series that was scraped or recorded."""
        return set(httpx.get(f"{self.url}/api/v1/label/__name__/values", trust_env=False).json()["data"])
