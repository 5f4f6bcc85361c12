"""A certificate from a real authority on loopback: issued, renewed, taken up by nginx without a restart (SEC-08)."""

import os
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from json import dumps
from pathlib import Path

import pytest

from simulator.servers import die_with_parent, free_port
from tests.infra.conftest import require
from tests.infra.front import HOST, INFRA, Front, Web, give, sign_itself, unprivileged

SECONDS = 15


class Authority:
    """Pebble, Let's Encrypt's own server for tests, with a DNS that leads every name here."""

    def __init__(self, folder: Path, http_port: int) -> None:
        self.folder = folder
        self._http_port = http_port
        self._port, self._dns = free_port(), free_port()
        self.url = f"https://127.0.0.1:{self._port}/dir"
        self.root = folder / "tls.pem"

    @contextmanager
    def running(self) -> Iterator[None]:
        self._configure()
        dns = [
            "pebble-challtestsrv", "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-dns01", f"127.0.0.1:{self._dns}",
            "-management", f"127.0.0.1:{free_port()}", "-http01", "", "-https01", "", "-tlsalpn01", "",
        ]  # fmt: skip
        server = [
            "pebble",
            "-config",
            str(self.folder / "pebble.json"),
            "-dnsserver",
            f"127.0.0.1:{self._dns}",
        ]
        with (self.folder / "pebble.log").open("ab") as log:
            environment = os.environ | {
                "PEBBLE_VA_NOSLEEP": "1",
                "PEBBLE_WFE_NONCEREJECT": "0",
                "PEBBLE_AUTHZREUSE": "0",
            }
            started = [
                subprocess.Popen(
                    words,
                    stdout=log,
                    stderr=log,
                    env=environment,
                    preexec_fn=die_with_parent,
                    cwd=self.folder,
                )
                for words in (dns, server)
            ]
        try:
            _wait_for(self._port)
            yield
        finally:
            for process in started:
                process.terminate()
                process.wait(10)

    def _configure(self) -> None:
        key = self.folder / "tls.key"
        command = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key),
            "-out", str(self.root),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
        self.root.chmod(0o644)
        settings = {
            "listenAddress": f"127.0.0.1:{self._port}",
            "managementListenAddress": f"127.0.0.1:{free_port()}",
            "certificate": str(self.root),
            "privateKey": str(key),
            "httpPort": self._http_port,
            "tlsPort": free_port(),
        }
        (self.folder / "pebble.json").write_text(dumps({"pebble": settings}), encoding="utf-8")


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens at {port}")


def _issuer(front: Front) -> tuple[str, int]:
    """Who signed what nginx shows, and its number."""
    with front.line() as line:
        shown = ssl.DER_cert_to_PEM_cert(line.getpeercert(binary_form=True) or b"")
    told = subprocess.run(
        ["openssl", "x509", "-noout", "-issuer", "-serial"],
        input=shown,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return told[0], int(told[1].partition("=")[2], 16)


def _wait_for_another(front: Front, than: tuple[str, int]) -> tuple[str, int]:
    deadline = time.monotonic() + SECONDS
    while (shown := _issuer(front)) == than and time.monotonic() < deadline:
        time.sleep(0.2)
    return shown


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that others may enter: pytest closes its own whenever another run of it starts."""
    with tempfile.TemporaryDirectory(prefix="buhbot-certificate-") as name:
        yield Path(name)


@pytest.fixture
def authority(folder: Path, web: Web) -> Iterator[tuple[Authority, Front]]:
    for program in ("nginx", "certbot", "pebble", "openssl"):
        require(program)
    current = sign_itself(folder)
    give(folder / "acme")
    with Front(folder, web.address, current) as front:
        authority = Authority(folder, front.http_port)
        with authority.running():
            yield authority, front


def certificate(authority: Authority, *words: str) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "CERTS": str(authority.folder / "letsencrypt"),
        "WORK": str(authority.folder / "certbot"),
        "WEBROOT": str(authority.folder / "acme"),
        "PUBLIC_URL": f"https://{HOST}",
        "CERT_EMAIL": "operator@buhbot.test",
        "CERT_SERVER": authority.url,
        "REQUESTS_CA_BUNDLE": str(authority.root),
    }
    script = ["/bin/sh", str(INFRA / "certbot" / "certificate.sh"), *words]
    done = subprocess.run(
        script, env=environment, user=unprivileged(), capture_output=True, text=True, check=False, cwd="/"
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_sec_08_a_certificate_is_issued_renewed_and_taken_up(authority: tuple[Authority, Front]) -> None:
    pebble, front = authority
    own = _issuer(front)
    assert HOST in own[0]  # signs itself
    certificate(pebble, "issue")
    first = _wait_for_another(front, own)
    assert "Pebble" in first[0]
    certificate(pebble, "renew", "--force-renewal", "--no-random-sleep-on-renew")
    second = _wait_for_another(front, first)
    assert "Pebble" in second[0]
    assert second[1] != first[1]
    certificate(pebble, "issue")  # again: nothing is due
    assert _issuer(front) == second


def test_sec_08_a_renewal_that_fails_leaves_the_certificate(authority: tuple[Authority, Front]) -> None:
    pebble, front = authority
    own = _issuer(front)
    certificate(pebble, "issue")
    shown = _wait_for_another(front, own)
    (pebble.folder / "acme").chmod(0o500)  # nothing can be put there
    with pytest.raises(AssertionError, match="(?i)permission denied|failed"):
        certificate(pebble, "renew", "--force-renewal", "--no-random-sleep-on-renew")
    assert _issuer(front) == shown
