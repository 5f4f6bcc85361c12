"""Metrics that are read rather than counted: what waits in Postgres and Redis at the moment of a scrape (MON-01)."""

from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis import RedisError

from buhbot.ops.metrics import DATABASE_ERRORS, REDIS_ERRORS
from buhbot.ops.state import redis_client

QUEUES = ("celery",)
FUNCTIONS = ("metrics", "backup_metrics", "storage_metrics")
READ = " UNION ALL ".join(f"SELECT name, value FROM {function}()" for function in FUNCTIONS)
MEGABYTE = 1024 * 1024


class FirmCollector(Collector):
    """Reads the database's functions of metrics and the lengths of Celery's queues. What is away is left out."""

    def collect(self) -> Iterator[Metric]:
        for name, value in _read_database():
            yield GaugeMetricFamily(name, f"{name} by the database.", value=value)
        yield from _limits()
        lengths = GaugeMetricFamily("redis_queue_length", "Tasks that wait for a worker.", labels=["queue"])
        for queue, length in _read_queues():
            lengths.add_metric([queue], length)
        yield lengths


def _read_database() -> list[tuple[str, float]]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(READ)
            return list(cursor.fetchall())
    except (OperationalError, InterfaceError):
        DATABASE_ERRORS.inc()
    except DatabaseError:  # not migrated yet
        pass
    return []


def _limits() -> Iterator[Metric]:
    """What the plan allows, beside what is used (DB-01)."""
    limits = {"database": settings.SUPABASE_DB_LIMIT_MB, "storage": settings.SUPABASE_STORAGE_LIMIT_MB}
    for what, megabytes in limits.items():
        name = f"supabase_{what}_limit_bytes"
        yield GaugeMetricFamily(name, f"What the plan allows for the {what}.", value=megabytes * MEGABYTE)


def _read_queues() -> list[tuple[str, int]]:
    try:
        return [(queue, int(redis_client().llen(queue))) for queue in QUEUES]
    except (RedisError, OSError):
        REDIS_ERRORS.inc()
        return []


def firm_registry() -> CollectorRegistry:
    """Return a registry that reads the firm's state when it is asked; nothing of it is kept between scrapes."""
    registry = CollectorRegistry()
    registry.register(FirmCollector())
    return registry
