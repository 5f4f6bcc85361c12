"""A real S3 server that checks signatures, for the tests of clients' files (FIL-02, FIL-03)."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.exceptions import BotoCoreError, ClientError

from config.environment import buckets
from simulator.servers import HOST, die_with_parent, free_port

PROGRAM = Path(sys.executable).with_name("weed")
ACCESS_KEY, SECRET_KEY, REGION = "buhbot", "a-secret-of-the-tests", "us-east-1"
BUCKETS = ("invoices", "documents", "files")
START_SECONDS = 60
TRIED = "is-it-ready"


class ObjectStorage:
    """SeaweedFS with one key pair and the three buckets; everybody else is refused."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_known = False  # at this port, which stays then

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def storages(self) -> dict[str, dict[str, Any]]:
        """The setting STORAGES of an installation that uses this server."""
        return buckets(
            BUCKETS,
            folder="",
            endpoint_url=self.url,
            access_key=ACCESS_KEY,
            secret_key=SECRET_KEY,
            region_name=REGION,
        )

    def start(self) -> None:
        """Start the server, or start it again with what it kept."""
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        self._launch()
        until = time.monotonic() + START_SECONDS
        while not self._is_ready():
            assert time.monotonic() < until, (self.folder / "log").read_text()[-2000:]
            if self._process is None or self._process.poll() is not None:
                if not self._is_known:
                    self.port = free_port()
                self._launch()  # somebody took one of its ports meanwhile
            time.sleep(0.1)
        self._is_known = True

    def _launch(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), stdout=log, stderr=log, preexec_fn=die_with_parent
            )

    def _command(self) -> list[str]:
        keys = {"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}
        # Who may administer everything gets each bucket made by writing to it.
        actions = ["Read", "Write", "List", *(f"Admin:{name}" for name in BUCKETS)]
        identity = {"name": "buhbot", "credentials": [keys], "actions": actions}
        config = self.folder / "keys.json"
        config.write_text(json.dumps({"identities": [identity]}))
        ports = [
            f"-{part}.port{kind}={free_port()}"
            for part in ("master", "volume", "filer")
            for kind in ("", ".grpc")
        ]
        return [
            *(str(PROGRAM), "server", f"-dir={self.folder / 'data'}", f"-ip={HOST}", f"-ip.bind={HOST}"),
            *ports,
            *("-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=40"),
            *("-filer", f"-filer.localSocket={self.folder / 'filer.sock'}"),
            *("-s3", f"-s3.port={self.port}", f"-s3.port.grpc={free_port()}", f"-s3.config={config}"),
            *("-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.localSocket={self.folder / 's3.sock'}"),
        ]

    def _is_ready(self) -> bool:
        """Try it to the end: its door opens some seconds before there is a volume to write on."""
        try:
            if httpx.get(self.url, trust_env=False).status_code != 403:
                return False
            self._make_buckets()
        except (httpx.TransportError, BotoCoreError, ClientError):
            return False
        return True

    def _make_buckets(self) -> None:
        client = boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            region_name=REGION,
        )
        there = {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}
        for name in BUCKETS:
            if name not in there:
                client.create_bucket(Bucket=name)
            client.put_object(Bucket=name, Key=TRIED, Body=b"written")
            client.delete_object(Bucket=name, Key=TRIED)

    def stop(self) -> None:
        """End the server; what it kept stays."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
