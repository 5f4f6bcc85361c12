"""Count attempts to get in, and lock out who failed too often (SEC-05).

An attempt counts before it is looked at and is forgotten when it went well, so that many at once are no way around.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.db import connection
from django.utils.crypto import salted_hmac

from buhbot.models import SignInAttempts

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
PASSWORD, CODE, MAIL = "password", "code", "mail"  # noqa: S105 (what is tried)
HOME_PREFIX = 64  # whoever has one address of version 6 has all that share these bits

# One statement counts, so that of many at once exactly five pass; no row comes back for those locked out.
COUNT = """
INSERT INTO buhbot_signinattempts AS seen (key, count, last_at) VALUES (%(key)s, 1, %(now)s)
ON CONFLICT (key) DO UPDATE
    SET count = CASE WHEN seen.last_at <= %(since)s THEN 1 ELSE seen.count + 1 END, last_at = %(now)s
    WHERE seen.count < %(most)s OR seen.last_at <= %(since)s
RETURNING count
"""


def begin_attempt(what: str, account: str, *, address: str | None = None, now: datetime) -> bool:
    """Count one attempt; no more is allowed after five failures, until 15 minutes after the last of them."""
    since = now - LOCKED_FOR
    SignInAttempts.objects.filter(last_at__lte=since).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT,
            {"key": _key(what, account, address), "now": now, "since": since, "most": MOST_FAILURES},
        )
        return cursor.fetchone() is not None


def forget_attempts(what: str, account: str, *, address: str | None = None) -> None:
    """Begin to count anew: the attempt went well."""
    SignInAttempts.objects.filter(key=_key(what, account, address)).delete()


def _key(what: str, account: str, address: str | None) -> str:
    """Name account and address without keeping either: what was typed may be a password."""
    named = f"{what} {account.strip().casefold()} {_home(address)}"
    return salted_hmac("buhbot.attempts", named, algorithm="sha256").hexdigest()


def _home(address: str | None) -> str:
    if not address or ip_address(address).version == 4:
        return address or ""
    return str(ip_network(f"{address}/{HOME_PREFIX}", strict=False))
