"""Whether the product can serve, and what is late (MON-05)."""

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from buhbot.ops.metrics import DATABASE_ERRORS, REDIS_ERRORS

TICK_LATE_SECONDS = 60
INBOX_LATE_SECONDS = 120
REDIS_TIMEOUT_SECONDS = 1


@dataclass(frozen=True, slots=True)
class State:
    """What was found. Ages in seconds by the database's clock; None: no tick yet, nothing waits."""

    database: bool
    redis: bool
    missing_migrations: tuple[str, ...] = ()
    tick_age_seconds: float | None = None
    inbox_age_seconds: float | None = None

    @property
    def is_ready(self) -> bool:
        return self.database and not self.missing_migrations

    @property
    def problems(self) -> list[str]:
        found = {
            "database": not self.database,
            "migrations": bool(self.missing_migrations),
            "redis": not self.redis,
            "tick": self.is_ready
            and (self.tick_age_seconds is None or self.tick_age_seconds > TICK_LATE_SECONDS),
            "inbox": (self.inbox_age_seconds or 0) > INBOX_LATE_SECONDS,
        }
        return [name for name, is_wrong in found.items() if is_wrong]

    @property
    def status(self) -> str:
        if not self.is_ready:
            return "unavailable"
        return "degraded" if self.problems else "ok"

    def as_dict(self) -> dict[str, Any]:
        return {"status": self.status, "problems": self.problems, **asdict(self)}


def current_state() -> State:
    """Ask Postgres (one query) and Redis (one ping)."""
    redis = redis_answers()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT applied, tick_age, inbox_age FROM health()")
            applied, tick_age, inbox_age = cursor.fetchone()
    except (OperationalError, InterfaceError):
        DATABASE_ERRORS.inc()
        return State(database=False, redis=redis)
    except DatabaseError:  # it answers, but was never migrated for this release
        return State(database=True, redis=redis, missing_migrations=("health()",))
    missing = tuple(sorted(migrations_on_disk() - set(applied)))
    return State(True, redis, missing, tick_age, inbox_age)


@cache
def migrations_on_disk() -> frozenset[str]:
    """Name every migration of this release as `app.name`."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return frozenset(f"{app}.{name}" for app, name in loader.disk_migrations or {})


@cache
def redis_client() -> Redis:
    """Return a client that gives up after a second, without trying again."""
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def redis_answers() -> bool:
    """Whether Redis answers a ping within a second."""
    try:
        return bool(redis_client().ping())
    except (RedisError, OSError):
        REDIS_ERRORS.inc()
        return False
