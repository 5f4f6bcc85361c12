"""Handshakes at nginx with our settings, each a full one, as Telegram's first is (PERF-12)."""

import socket
import ssl
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench.page import Row
from tests.bench.product import say
from tests.infra.front import HOST, Front, Web, sign_itself

CONNECTIONS = 20


def tls_rows(scale: float) -> list[Row]:
    say("Measuring handshakes at nginx ...")
    count = int(1000 * scale)
    with tempfile.TemporaryDirectory(prefix="buhbot-bench-tls-") as name:
        folder = Path(name)
        web = Web("bench")
        with Front(folder, web.address, sign_itself(folder)) as front:
            alone = _measure(front, count, 1, ssl.TLSVersion.TLSv1_3)
            old = _measure(front, count, 1, ssl.TLSVersion.TLSv1_2)
            many = _measure(front, count, CONNECTIONS, ssl.TLSVersion.TLSv1_3)
        web.stop()
    return [
        Row(
            "PERF-12", "TLS 1.3 handshake at nginx, one after another: p50 / p95 / p99", "p95 ≤ 200 ms", alone
        ),
        Row("PERF-12", "the same with TLS 1.2", "p95 ≤ 200 ms", old),
        Row("PERF-12", f"TLS 1.3, {CONNECTIONS} at a time, this side included", "p95 ≤ 200 ms", many),
    ]


def _measure(front: Front, count: int, at_once: int, version: ssl.TLSVersion) -> str:
    shake = _handshake(front, version)
    began = time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        taken = list(pool.map(lambda _: shake(), range(count)))
    rate = count / (time.monotonic() - began)
    marks = statistics.quantiles(taken, n=100)
    return f"{marks[49]:.1f} / {marks[94]:.1f} / {marks[98]:.1f} ms, {rate:.0f}/s"


def _handshake(front: Front, version: ssl.TLSVersion) -> Callable[[], float]:
    def shake() -> float:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # a new one: nothing of an earlier session is known
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = context.maximum_version = version
        began = time.perf_counter()
        with (
            socket.create_connection(("127.0.0.1", front.https_port), timeout=10) as bare,
            context.wrap_socket(bare, server_hostname=HOST),
        ):
            return (time.perf_counter() - began) * 1000

    return shake
