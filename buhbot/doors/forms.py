"""The forms at the door, and what they say when it stays shut (SEC-05, SEC-06)."""

from typing import Any

import structlog
from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from buhbot import supabase
from buhbot.acting import as_person, as_session
from buhbot.models import AuditEntry, User
from buhbot.services.attempts import PASSWORD, begin_attempt, forget_attempts
from buhbot.services.audit import record
from buhbot.services.supabase_people import NoRole, SwitchedOff, person_of
from buhbot.supabase import client, tokens
from buhbot.views import client_address

LOCKED = _("Too many attempts. Please wait 15 minutes, or ask your administrator.")
WRONG_CODE = _("This code is wrong or was used already.")
REASONS = {
    client.Away: _(
        "E-mail or password are wrong here. Supabase, where your account may be, does not answer at the moment."
    ),
    NoRole: _("Your Supabase account has no role in BuhBot. Please ask your administrator."),
    SwitchedOff: _("This account is switched off. Please ask your administrator."),
}

log = structlog.get_logger("buhbot.doors")


class SignInForm(AuthenticationForm):
    """E-mail and password, of an account here or at Supabase; five failures lock the door for a while."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": _("E-mail or password are wrong."),
    }

    def clean(self) -> dict[str, Any]:
        typed, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not typed or not password:
            return self.cleaned_data
        address = client_address(self.request) if self.request else None
        with as_session():
            may_try = begin_attempt(PASSWORD, typed, address=address, now=timezone.now())
        if not may_try:
            raise ValidationError(LOCKED, code="locked")
        person = self._person(typed, password)
        with as_session():
            forget_attempts(PASSWORD, typed, address=address)
        self.user_cache = person
        return self.cleaned_data

    def _person(self, typed: str, password: str) -> User:
        with as_session():
            person = authenticate(self.request, username=typed, password=password)
        if isinstance(person, User):
            return person
        if not supabase.is_on():
            raise self.get_invalid_login_error()
        return self._person_at_supabase(typed, password)

    def _person_at_supabase(self, typed: str, password: str) -> User:
        try:
            vouched = tokens.read_token(client.password_grant(typed, password).get("access_token"))
            person, is_first = _person_of(vouched)
        except client.Refused:
            raise self.get_invalid_login_error() from None
        except tokens.TokenRefused as error:
            log.error("supabase_token_refused", error=str(error))
            raise ValidationError(REASONS[client.Away], code="away") from None
        except (client.Away, NoRole, SwitchedOff) as error:
            raise ValidationError(REASONS[type(error)], code="supabase") from None
        if is_first:
            _note_first_time(person)
        return person


def _person_of(vouched: tokens.Vouched) -> tuple[User, bool]:
    """Find or make the person; what is refused leaves the transaction as it was."""
    refused: Exception
    with as_session():
        try:
            return person_of(vouched)
        except (NoRole, SwitchedOff) as error:
            refused = error
    raise refused


def _note_first_time(person: User) -> None:
    with as_person(user_id=person.pk, role=person.role):
        note = gettext("First sign-in by Supabase.")
        record(AuditEntry.Kind.DONE, actor=person, about=person, note=note, now=timezone.now())


class CodeForm(forms.Form):
    """A code of the app, or a backup code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "none"}
        ),
    )


class MailForm(forms.Form):
    """Where a link is sent to."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """A password for the person of a one-time link; only the password is written (SEC-01)."""

    def save(self, commit: bool = True) -> User:
        person: User = self.user
        person.set_password(self.cleaned_data["new_password1"])
        person.save(update_fields=["password"])
        return person
