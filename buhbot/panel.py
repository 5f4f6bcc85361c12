"""The Admin site: unfold's, with our home page and a password form that fits our database rights."""

from typing import Any

from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.module_loading import import_string
from unfold.forms import AdminOwnPasswordChangeForm
from unfold.sites import UnfoldAdminSite

from buhbot.acting import as_session
from buhbot.models import User


class OwnPasswordForm(AdminOwnPasswordChangeForm):  # type: ignore[misc]
    """A person's own password is a matter of signing in, not of staff rights (SEC-01)."""

    def save(self, commit: bool = True) -> User:
        user: User = self.user
        user.set_password(self.cleaned_data["new_password1"])
        with as_session():
            user.save(update_fields=["password"])
        return user


class Panel(UnfoldAdminSite):  # type: ignore[misc]
    """The managers' panel."""

    index_template = "buhbot/admin/home.html"
    login_template = "buhbot/admin/login.html"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the pieces of the home page, by name: the pages of Admin are registered with this very site."""
        piece = import_string("buhbot.admin.home.piece")
        own: list[URLPattern | URLResolver] = [
            path("home/<slug:name>/", self.admin_view(piece), name="home_piece")
        ]
        return own + super().get_urls()  # type: ignore[no-any-return]

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
