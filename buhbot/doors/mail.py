"""One-time links to set a password, and the mail that brings one (SEC-05)."""

from smtplib import SMTPException

import structlog
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext

from buhbot.models import User

log = structlog.get_logger("buhbot.doors")


def password_link(person: User) -> str:
    """Return the path at which the person sets a password: good once, for a day.

    It is signed over the password and the last sign-in, so that either of them ends it.
    """
    who = urlsafe_base64_encode(force_bytes(person.pk))
    return reverse("admin:password_set", args=[who, default_token_generator.make_token(person)])


def mail_password_link(user_id: int) -> None:
    """Send the person a link; nobody, somebody switched off, or one whose password is kept at Supabase, gets none."""
    person = User.objects.filter(pk=user_id, is_active=True).first()
    if person is None or (person.supabase_id and not person.has_usable_password()):
        return
    text = render_to_string(
        "buhbot/doors/mail.txt", {"person": person, "link": settings.PUBLIC_URL + password_link(person)}
    )
    try:
        send_mail(gettext("BuhBot: set a password"), text, None, [person.email])
    except (SMTPException, OSError) as error:
        log.error("mail_not_sent", person=person.pk, error=type(error).__name__)
