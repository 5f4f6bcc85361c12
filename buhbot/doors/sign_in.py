"""Signing in: e-mail and password, then a code where the person has a second factor (SEC-05)."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, login
from django.contrib.auth.views import LoginView, RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.generic import FormView

from buhbot.acting import as_session
from buhbot.auth import RoleBackend
from buhbot.doors.forms import LOCKED, WRONG_CODE, CodeForm, SignInForm
from buhbot.models import AuditEntry, User
from buhbot.services.attempts import CODE, begin_attempt, forget_attempts
from buhbot.services.audit import record
from buhbot.services.second_factor import has_second_factor, use_code

BACKEND = "buhbot.auth.RoleBackend"
WAITING = "second_step"  # in the session: whose password was right, and when
WITH_CODE = "second_factor"  # in the session: a code was right too
PATIENCE = timedelta(minutes=10)


class SignIn(LoginView):
    """The first step."""

    template_name = "buhbot/doors/sign_in.html"
    authentication_form = SignInForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, unless the database is away: who cannot sign in is told so at once (BAK-06)."""
        with as_session():
            return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, has_mail=bool(settings.EMAIL_URL))

    def form_valid(self, form: Any) -> HttpResponse:
        person: User = form.get_user()
        with as_session():
            needs_code = has_second_factor(person)
        if not needs_code:
            let_in(self.request, person, with_code=False)
            return HttpResponseRedirect(self.get_success_url())
        self.request.session[WAITING] = {"person": person.pk, "at": timezone.now().isoformat()}
        goal = urlencode({REDIRECT_FIELD_NAME: self.get_redirect_url()})
        return HttpResponseRedirect(f"{reverse('admin:second_step')}?{goal}")

    def form_invalid(self, form: Any) -> HttpResponse:
        note_failure(form.data.get("username", ""), is_locked=form.has_error("__all__", "locked"))
        return super().form_invalid(form)


class SecondStep(RedirectURLMixin, FormView):  # type: ignore[type-arg]
    """The second step; it is open for ten minutes to whose password was right."""

    template_name = "buhbot/doors/second_step.html"
    form_class = CodeForm
    next_page = "admin:index"
    person: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = _who_waits(request, now=timezone.now())
        if person is None:
            return HttpResponseRedirect(reverse("admin:login"))
        self.person = person
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: CodeForm) -> HttpResponse:
        if complaint := complaint_about(form.cleaned_data["code"], self.person):
            note_failure(self.person.email, is_locked=complaint is LOCKED)
            form.add_error("code", complaint)
            return self.form_invalid(form)
        let_in(self.request, self.person, with_code=True)
        return HttpResponseRedirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        goal = {self.redirect_field_name: self.get_redirect_url()}
        return super().get_context_data(**kwargs, **goal)


def complaint_about(code: str, person: User) -> Any:
    """Use up the code; say what is wrong, or nothing. Whoever asks knows the password: the count is the person's."""
    now = timezone.now()
    with as_session():
        if not begin_attempt(CODE, str(person.pk), now=now):
            return LOCKED
    with as_session():
        if not use_code(person, code, now=now):
            return WRONG_CODE
        forget_attempts(CODE, str(person.pk))
    return None


def _who_waits(request: HttpRequest, *, now: datetime) -> User | None:
    waiting = request.session.get(WAITING)
    if not waiting or now - datetime.fromisoformat(waiting["at"]) > PATIENCE:
        return None
    return RoleBackend().get_user(waiting["person"])


def let_in(request: HttpRequest, person: User, *, with_code: bool) -> None:
    """Begin a session of the person, and write it down (ADM-10).

    It ends twelve hours from now, whatever is written into it meanwhile (SEC-05).
    """
    now = timezone.now()
    with as_session():
        login(request, person, backend=BACKEND)
        request.session.set_expiry(now + timedelta(seconds=settings.SESSION_COOKIE_AGE))
        request.session.pop(WAITING, None)
        request.session[WITH_CODE] = with_code
        record(AuditEntry.Kind.SIGNED_IN, actor=person, now=now)


def note_failure(typed: str, *, is_locked: bool) -> None:
    """Write down who tried to sign in: the address that was typed, never the password (ADM-10).

    What is no address may be a password that was typed into the wrong field.
    """
    who = typed if "@" in typed else "•••"
    note = gettext("Locked out after too many attempts.") if is_locked else ""
    with as_session():
        record(AuditEntry.Kind.SIGN_IN_FAILED, who=who, note=note, now=timezone.now())
