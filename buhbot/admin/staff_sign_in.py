"""How a person gets in: a one-time link for a password, and a second factor taken away (SEC-05)."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from buhbot.doors.mail import password_link
from buhbot.models import SecondFactor, User
from buhbot.services.second_factor import remove_second_factor


class SignInPages:
    """Two buttons on the page of an account, for administrators."""

    admin_site: Any
    opts: Any
    log_action: Any
    _to_change: Any
    has_change_permission: Any

    def sign_in_urls(self) -> list[URLPattern]:
        link, reset = never_cache(self.password_link_view), self.reset_factor_view
        return [
            path(
                "<int:pk>/password-link/", self.admin_site.admin_view(link), name="buhbot_user_password_link"
            ),
            path(
                "<int:pk>/reset-factor/", self.admin_site.admin_view(reset), name="buhbot_user_reset_factor"
            ),
        ]

    def factor_of(self, request: HttpRequest, object_id: str) -> dict[str, bool]:
        """Say whether the person has a second factor, to whom may take it away."""
        may_see = object_id.isdecimal() and self.has_change_permission(request)
        return {"has_factor": may_see and SecondFactor.objects.filter(user_id=object_id).exists()}

    def password_link_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a one-time link by which the person sets a password, and show it."""
        user: User = self._to_change(request, pk)
        if not user.is_active:
            messages.error(request, gettext("The account is switched off: no link was made."))
            return _back(pk)
        self.log_action(request, user, gettext("A link to set a password was made."))
        base = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Link to set a password"),
            "subtitle": str(user),
            "opts": self.opts,
            "person": user,
            "link": base + password_link(user),
            "valid_until": timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
        }
        return TemplateResponse(request, "buhbot/admin/password_link.html", context)

    def reset_factor_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a person's second factor away, whose phone and backup codes are lost."""
        user: User = self._to_change(request, pk)
        remove_second_factor(user)
        self.log_action(request, user, gettext("The second factor was taken away."))
        messages.success(
            request,
            gettext("%(name)s signs in without a code now, until a new app is set up.") % {"name": user},
        )
        return _back(pk)


def _back(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:buhbot_user_change", args=[pk]))
