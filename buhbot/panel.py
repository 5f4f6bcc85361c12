"""The Admin site: unfold's, with our home page and a password form that fits our database rights."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import PasswordChangeView
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from unfold.forms import AdminOwnPasswordChangeForm
from unfold.sites import UnfoldAdminSite

from buhbot.acting import as_session
from buhbot.models import AuditEntry, User
from buhbot.services.audit import record


class OwnPasswordForm(AdminOwnPasswordChangeForm):  # type: ignore[misc]
    """A person's own password is a matter of signing in, not of staff rights (SEC-01)."""

    def save(self, commit: bool = True) -> User:
        user: User = self.user
        user.set_password(self.cleaned_data["new_password1"])
        with as_session():
            user.save(update_fields=["password"])
        record(
            AuditEntry.Kind.DONE,
            actor=user,
            about=user,
            note=gettext("Own password changed."),
            now=timezone.now(),
        )
        return user


def _note_sign_in(request: HttpRequest) -> None:
    """Write down who signed in, or who tried to: the address that was typed, never the password (ADM-10).

    What is no address may be a password that was typed into the wrong field.
    """
    user = request.user
    if isinstance(user, User):
        record(AuditEntry.Kind.SIGNED_IN, actor=user, now=timezone.now())
    else:
        typed = request.POST.get("username", "")
        who = typed if "@" in typed else "•••"
        record(AuditEntry.Kind.SIGN_IN_FAILED, who=who, now=timezone.now())


class Panel(UnfoldAdminSite):  # type: ignore[misc]
    """The managers' panel."""

    index_template = "buhbot/admin/home.html"
    login_template = "buhbot/admin/login.html"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the pages that belong to no model, which the rooms bring along (setting PANEL_PAGES)."""
        own: list[URLPattern | URLResolver] = []
        for path in settings.PANEL_PAGES:
            own += import_string(path)(self)
        return own + super().get_urls()  # type: ignore[no-any-return]

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """Find a page of the menu by name; a page number out of nowhere is no error of ours."""
        try:
            answer: HttpResponseBase = super().search(request, extra_context)
        except (InvalidPage, ValueError) as error:
            raise Http404 from error
        return answer

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        response: HttpResponseBase = super().login(request, extra_context)
        if request.method == "POST":
            _note_sign_in(request)
        return response

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        user = request.user
        if request.method == "POST" and isinstance(user, User):
            record(AuditEntry.Kind.SIGNED_OUT, actor=user, now=timezone.now())
        response: HttpResponseBase = super().logout(request, extra_context)
        return response

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        request.current_app = self.name
        view = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse("admin:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return view(request)
