"""Prometheus metrics that the processes count themselves, and how a process shows them (MON-01).

What only the database knows (pending rows, open requests, the age of the tick) is read by `buhbot/ops/collector.py`.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    start_http_server,
    values,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from buhbot.ops.slots import Slots

# Siblings add up their counters in files of this folder (gunicorn, Celery). It must be there before the first counter.
FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
if FOLDER:
    Path(FOLDER).mkdir(parents=True, exist_ok=True)
    values.ValueClass = values.MultiProcessValue(Slots(Path(FOLDER)).own)  # type: ignore[no-untyped-call]

FAST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
DWELL_SECONDS = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 900, 3600)

MESSAGES_RECEIVED = Counter("bot_messages_received_total", "Updates that the webhook stored.")
MESSAGES_PROCESSED = Counter("bot_messages_processed_total", "Updates that the bot acted on.", ["result"])
MESSAGE_PROCESSING_SECONDS = Histogram(
    "bot_message_processing_duration_seconds", "Time to act on one update.", buckets=FAST_SECONDS
)
WEBHOOK_SIGNATURE_FAILURES = Counter(
    "bot_webhook_signature_failures_total", "Webhook calls with a wrong or missing secret."
)
OUTBOX_SENT = Counter("bot_outbox_sent_total", "Calls of the Bot API.", ["kind", "result"])
ALERT_DWELL_SECONDS = Histogram(
    "sla_alert_dwell_seconds",
    "From the instant an alert fell due until Telegram took it.",
    buckets=DWELL_SECONDS,
)
CLASSIFIER_REQUESTS = Counter("classifier_requests_total", "Client messages classified.", ["source", "label"])
CLASSIFIER_SECONDS = Histogram(
    "classifier_latency_seconds", "Time to classify a message.", buckets=FAST_SECONDS
)
FEEDBACK_VOTES = Counter("feedback_votes_total", "Votes that clients gave.")
REDIS_ERRORS = Counter("redis_connection_errors_total", "Times that Redis could not be reached.")
QUERY_SECONDS = Histogram(
    "supabase_query_duration_seconds", "Time of one database query.", buckets=FAST_SECONDS
)
DATABASE_ERRORS = Counter("supabase_connection_errors_total", "Times that Postgres could not be reached.")
# Both lie in the past or in the future, never go back by themselves, and still say whether it is working time when the
# one who shows them is away (MON-02).
WORK_STARTS = Gauge(
    "firm_work_starts_timestamp_seconds",
    "Start of the firm's working time that runs now, or comes next.",
    multiprocess_mode="mostrecent",
)
WORK_ENDS = Gauge("firm_work_ends_timestamp_seconds", "Its end.", multiprocess_mode="mostrecent")


class BuildCollector(Collector):
    """Says which version the process runs (CI-04): after a deploy all processes should say the same."""

    def describe(self) -> Iterator[Metric]:
        """Say the name alone: a registry asks at once, when no settings may be read yet."""
        yield self._build()

    def collect(self) -> Iterator[Metric]:
        build = self._build()
        build.add_metric([settings.VERSION], 1)
        yield build

    @staticmethod
    def _build() -> GaugeMetricFamily:
        return GaugeMetricFamily("buhbot_build_info", "The version that runs.", labels=["version"])


REGISTRY.register(BuildCollector())


def time_query(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Measure one query; a wrapper of the connection."""
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        QUERY_SECONDS.observe(time.perf_counter() - started)


def process_registry() -> CollectorRegistry:
    """Return the counters of this process, or of all its siblings where they share a folder (gunicorn, Celery)."""
    if not FOLDER:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(BuildCollector())
    return registry


def serve_metrics(port: int) -> None:
    """Show this process's counters on `http://BOT_METRICS_HOST:port/metrics` from a thread of its own."""
    start_http_server(port, addr=settings.BOT_METRICS_HOST, registry=process_registry())
