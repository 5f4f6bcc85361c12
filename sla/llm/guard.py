"""Answers of the language model kept in Redis, and the breaker that all workers share there (CLS-05)."""

import re
import time

import structlog
from django.core.cache import cache
from redis import RedisError

from buhbot.ops.metrics import REDIS_ERRORS
from sla.classifier.model import LABELS

ANSWERS_SECONDS = 30 * 24 * 60 * 60
MOST_FAILURES = 5
FAILURES_SECONDS = 600
OPEN_SECONDS = 60
KEPT = re.compile(rf"(?P<label>{'|'.join(LABELS)}) (?P<confidence>[01]\.\d+)")
FAILURES, OPEN = "llm:failures", "llm:open"

Answer = tuple[str, float]

log = structlog.get_logger(__name__)


class Guard:
    """Lets the language model be asked, or not. Never raises.

    While Redis is away or full this process asks nobody for a minute: failures could not be counted, and a slow
    model would hold up the workers.
    """

    def __init__(self) -> None:
        self._silent_until = 0.0

    def forget(self) -> None:
        """Take Redis as well again at once."""
        self._silent_until = 0.0

    def is_closed(self) -> bool:
        """Say whether asking makes sense: the last failures were few, or a minute ago, and Redis answers."""
        if time.monotonic() < self._silent_until:
            return False
        try:
            return cache.get(OPEN) is None
        except RedisError as error:
            self._fall_silent(error)
            return False

    def recall(self, key: str) -> Answer | None:
        """Return the answer that was given to the same question in the last thirty days."""
        try:
            kept = str(cache.get(key, ""))
        except RedisError as error:
            self._fall_silent(error)
            return None
        found = KEPT.fullmatch(kept)
        return (found["label"], float(found["confidence"])) if found else None

    def note_answer(self, key: str, answer: Answer) -> None:
        """Keep an answer, and forget the failures before it."""
        try:
            cache.set(key, f"{answer[0]} {answer[1]:.3f}", ANSWERS_SECONDS)
            cache.delete(FAILURES)
        except RedisError as error:
            self._fall_silent(error)

    def forget_answers(self, keys: list[str]) -> None:
        """Forget the answers about texts of a client who was erased; while Redis is away they end by themselves."""
        try:
            cache.delete_many(keys)
        except RedisError as error:
            self._fall_silent(error)

    def note_failure(self, reason: str) -> None:
        """Count a failure; the fifth in a row opens the breaker for a minute, and after it the first again."""
        try:
            if self._count() >= MOST_FAILURES:
                cache.set(OPEN, 1, OPEN_SECONDS)
                cache.touch(FAILURES, FAILURES_SECONDS)
                log.warning("the language model fails; it is not asked for a minute", last=reason)
        except RedisError as error:
            self._fall_silent(error)

    def _count(self) -> int:
        cache.add(FAILURES, 0, FAILURES_SECONDS)
        try:
            return cache.incr(FAILURES)
        except ValueError:  # it ran out this very moment
            return 1

    def _fall_silent(self, error: Exception) -> None:
        REDIS_ERRORS.inc()
        self._silent_until = time.monotonic() + OPEN_SECONDS
        log.warning("Redis takes nothing; the language model is not asked for a minute", error=str(error))
