"""Who sends: one row that bot processes hold in turn. Its clock is the database's, as hosts differ."""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from bot.models import SenderLease

LEASE_SECONDS = 8
THE_ROW = 1


def hold_lease(holder: str) -> bool:
    """Take the lease if it is free, or keep it; say whether it is ours for the next 8 seconds."""
    until = Now() + timedelta(seconds=LEASE_SECONDS)
    free = SenderLease.objects.filter(Q(holder=holder) | Q(expires_at__lte=Now()), pk=THE_ROW)
    if free.update(holder=holder, expires_at=until):
        return True
    _, is_new = SenderLease.objects.get_or_create(
        pk=THE_ROW, defaults={"holder": holder, "expires_at": until}
    )
    return is_new


def release_lease(holder: str) -> None:
    """Give the lease up, so that the next process need not wait for it to run out (RUN-05)."""
    SenderLease.objects.filter(pk=THE_ROW, holder=holder).update(expires_at=Now())
