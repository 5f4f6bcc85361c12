"""A call each minute to a service outside, which alarms when the calls stop (MON-07)."""

from datetime import datetime

import httpx
import structlog
from django.conf import settings

from bot.models import SenderLease
from buhbot.ops.state import current_state

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 10.0


def beat(now: datetime) -> list[str]:
    """Call HEARTBEAT_URL unless something is wrong; return what is, and why nobody was called."""
    if not settings.HEARTBEAT_URL:
        return []
    problems = current_state().problems
    if "database" not in problems and not SenderLease.objects.filter(expires_at__gt=now).exists():
        problems.append("bot")
    if not problems:
        problems = _call()
    if problems:
        log.warning("the heartbeat is withheld, or does not arrive", problems=problems)
    return problems


def _call() -> list[str]:
    """The address is a secret: it is in no error that is written down."""
    try:
        answer = httpx.get(settings.HEARTBEAT_URL, timeout=TIMEOUT_SECONDS, follow_redirects=True)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return [f"call: {type(error).__name__}"]
    return [] if answer.is_success else [f"call: {answer.status_code}"]
