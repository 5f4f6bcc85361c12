"""The Admin site: unfold's, with our home page and a password form that fits our database rights."""

from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import PasswordChangeView
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from unfold.forms import AdminOwnPasswordChangeForm
from unfold.sites import UnfoldAdminSite

from buhbot.acting import acts_for_itself, as_session
from buhbot.doors.passwords import AskForLink, SetPassword
from buhbot.doors.second_factor import code_first, second_factor
from buhbot.doors.sign_in import SecondStep, SignIn
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


class Panel(UnfoldAdminSite):  # type: ignore[misc]
    """The managers' panel."""

    index_template = "buhbot/admin/home.html"
    logout_template = "buhbot/doors/signed_out.html"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the pages that belong to no model, which the rooms bring along (setting PANEL_PAGES)."""
        own: list[URLPattern | URLResolver] = []
        for pages in settings.PANEL_PAGES:
            own += import_string(pages)(self)
        return own + self._doors() + super().get_urls()  # type: ignore[no-any-return]

    def _doors(self) -> list[URLPattern | URLResolver]:
        return [
            path("code/", acts_for_itself(never_cache(SecondStep.as_view())), name="second_step"),
            path("second-factor/", self.admin_view(second_factor), name="second_factor"),
            path("password/", acts_for_itself(never_cache(AskForLink.as_view())), name="password_ask"),
            path("password/<uidb64>/<token>/", acts_for_itself(SetPassword.as_view()), name="password_set"),
        ]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Guard a page of the panel: a code first where one is needed, and the policy that the theme needs (SEC-07)."""
        if getattr(view, "is_door", False):
            return super().admin_view(view, cacheable)
        guarded = super().admin_view(code_first(view), cacheable)

        @wraps(guarded)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            answer: HttpResponseBase = guarded(request, *args, **kwargs)
            answer._csp_config = settings.PANEL_POLICY  # type: ignore[attr-defined]
            return answer

        return shown

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """Find a page of the menu by name; a page number out of nowhere is no error of ours."""
        try:
            answer: HttpResponseBase = super().search(request, extra_context)
        except (InvalidPage, ValueError) as error:
            raise Http404 from error
        return answer

    @acts_for_itself
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        return never_cache(SignIn.as_view())(request)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        user = request.user
        if request.method == "POST" and isinstance(user, User):
            record(AuditEntry.Kind.SIGNED_OUT, actor=user, now=timezone.now())
        response: HttpResponseBase = super().logout(request, extra_context)
        return response

    logout.is_door = True  # type: ignore[attr-defined]

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
