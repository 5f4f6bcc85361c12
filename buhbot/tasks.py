"""Celery's part of the ground floor: mail with links to set a password (SEC-05)."""

from celery import shared_task
from kombu.exceptions import OperationalError

from buhbot.doors.mail import mail_password_link


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
