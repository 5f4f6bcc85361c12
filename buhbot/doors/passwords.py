"""Setting a password by a one-time link: an administrator makes it, or it comes by e-mail (SEC-05)."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext
from django.views.generic import FormView

from buhbot.acting import as_person, as_session
from buhbot.doors.forms import LOCKED, MailForm, NewPasswordForm
from buhbot.models import AuditEntry, User
from buhbot.services.attempts import MAIL, PASSWORD, begin_attempt, forget_attempts
from buhbot.services.audit import record
from buhbot.tasks import mail_soon
from buhbot.views import client_address


class SetPassword(PasswordResetConfirmView):
    """Where a one-time link leads; the token goes into the session, away from the address."""

    template_name = "buhbot/doors/set_password.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("admin:login")

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with as_session():
            return super().dispatch(*args, **kwargs)

    def get_user(self, uidb64: str) -> Any:
        person = super().get_user(uidb64)
        return person if person is not None and person.is_active else None

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        answer = super().form_valid(form)
        person = form.user
        forget_attempts(PASSWORD, person.email, address=client_address(self.request))
        with as_person(user_id=person.pk, role=person.role):
            note = gettext("Password set by a one-time link.")
            record(AuditEntry.Kind.DONE, actor=person, about=person, note=note, now=timezone.now())
        messages.success(self.request, gettext("The password is set. Sign in with it now."))
        return answer


class AskForLink(FormView):  # type: ignore[type-arg]
    """Asks for a link by e-mail, where the server can send any. Whether the address is known is not told."""

    template_name = "buhbot/doors/ask_for_link.html"
    form_class = MailForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.EMAIL_URL:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: MailForm) -> HttpResponse:
        email = form.cleaned_data["email"]
        address = client_address(self.request)
        with as_session():
            may_ask = begin_attempt(MAIL, email, address=address, now=timezone.now())
            person = User.objects.filter(email__iexact=email, is_active=True).first() if may_ask else None
        if not may_ask:
            form.add_error(None, ValidationError(LOCKED))
            return self.form_invalid(form)
        if not mail_soon(person.pk if person else 0):
            form.add_error(None, gettext("No mail can be sent at the moment. Please ask your administrator."))
            return self.form_invalid(form)
        messages.success(self.request, gettext("If this address is known here, a link is on its way to it."))
        return HttpResponseRedirect(reverse("admin:login"))
