"""Celery's part of the ground floor: the purge of every night (SEC-14), mail with links to set a password (SEC-05)."""

import time

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from buhbot.doors.mail import mail_password_link
from buhbot.preferences import preferences
from buhbot.purging import purge
from buhbot.retention import terms

PURGING_SECONDS = 20.0  # a worker is wanted for timers too
REST_SECONDS = 0.02  # between two batches, for everybody else


@shared_task(name="buhbot.tasks.purge_expired")
def purge_expired() -> None:
    """Remove what is too old, for some seconds; then the next run of the same goes on.

    Should that one get lost with Redis, the next night goes on.
    """
    until = time.monotonic() + PURGING_SECONDS
    for _step in purge(terms(timezone.now(), years=preferences().retention_years)):
        if time.monotonic() > until:
            purge_expired.apply_async(retry=False)
            return
        time.sleep(REST_SECONDS)


@shared_task(name="buhbot.tasks.mail_password_link")
def mail_link(user_id: int) -> None:
    """Send the person a one-time link; there is nobody with the id 0."""
    mail_password_link(user_id)


def mail_soon(user_id: int) -> bool:
    """Have the mail sent by the worker; tell whether it was taken on. Nothing repeats it: people ask again."""
    try:
        mail_link.delay(user_id)
    except OperationalError:
        return False
    return True
