"""How gunicorn serves: `gunicorn config.wsgi -c config/gunicorn.py`. Threads suit short requests and Postgres."""

import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    return int(text) if text.isdecimal() and int(text) else default


bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = _number("WEB_WORKERS", 2)
threads = _number("WEB_THREADS", 4)
# Settings are looked at once (RUN-03), and a worker that takes over is there at once (PERF-02).
preload_app = True
timeout = 60
graceful_timeout = 20  # RUN-05: a stop takes less than 30 s
keepalive = 65  # longer than nginx keeps a connection, so that nginx is the one who closes it
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True
accesslog = None  # our own line for each request: buhbot/middleware.py
forwarded_allow_ips = "*"  # only nginx reaches this port

# The workers add up their counters in files here (MON-01). Emptied at each start.
METRICS = Path(
    os.environ.get("PROMETHEUS_MULTIPROC_DIR") or Path(tempfile.gettempdir()) / f"buhbot-web-{os.getpid()}"
)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS)


def on_starting(_server: Any) -> None:
    """Forget the counters of the last run, and let the workers share what is in memory now (PERF-08)."""
    for left in METRICS.glob("*.db"):
        left.unlink()
    gc.freeze()


def on_exit(_server: Any) -> None:
    shutil.rmtree(METRICS, ignore_errors=True)
