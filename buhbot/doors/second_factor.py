"""One's own second factor: set up, new backup codes, switched off; administrators may have to have one (SEC-05)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from buhbot.acting import as_session
from buhbot.doors.forms import CodeForm
from buhbot.doors.sign_in import WITH_CODE, complaint_about
from buhbot.models import AuditEntry, Role, User
from buhbot.one_time_codes import address_for_apps
from buhbot.preferences import preferences
from buhbot.qr import qr_code
from buhbot.services import second_factor as factors
from buhbot.services.audit import record

View = Callable[..., HttpResponseBase]
TEMPLATE = "buhbot/doors/second_factor.html"
ISSUER = "BuhBot"


def must_set_up(request: HttpRequest) -> bool:
    """Whether the person has to come by a code before anything else: administrators, where the setting says so."""
    person = request.user
    if not isinstance(person, User) or person.role != Role.ADMIN or request.session.get(WITH_CODE):
        return False
    needs_code: bool | None = getattr(person, "needs_code", None)  # read with the person, by RoleBackend
    return preferences().admins_need_second_factor if needs_code is None else needs_code


def code_first(view: View) -> View:
    """Lead who has no second factor, and must have one, to where it is set up."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if must_set_up(request):
            return HttpResponseRedirect(reverse("admin:second_factor"))
        return view(request, *args, **kwargs)

    return guarded


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Show the state of one's own second factor, or do what the pressed button says."""
    person = request.user
    if not isinstance(person, User):
        return HttpResponseRedirect(reverse("admin:login"))
    with as_session():
        is_on = factors.has_second_factor(person)
    action = request.POST.get("action", "") if request.method == "POST" else ""
    if not is_on:
        return _set_up(request, person, action)
    return _change(request, person, action)


second_factor.is_door = True  # type: ignore[attr-defined]


def _set_up(request: HttpRequest, person: User, action: str) -> HttpResponse:
    if action not in {"begin", "confirm"}:
        return _page(request, "off")
    form = CodeForm(request.POST if action == "confirm" else None)
    now = timezone.now()
    if form.is_bound and form.is_valid():
        with as_session():
            codes = factors.confirm_second_factor(person, form.cleaned_data["code"], now=now)
        if codes:
            request.session[WITH_CODE] = True
            _note(person, gettext("Second factor switched on."))
            return _page(request, "codes", codes=codes)
        form.add_error("code", gettext("This code is wrong. Is the phone's clock right?"))
    with as_session():
        secret = factors.begin_second_factor(person, now=now)
    address = address_for_apps(secret, account=person.email, issuer=ISSUER)
    return _page(request, "begun", form=form, secret=secret, qr=qr_code(address))


def _change(request: HttpRequest, person: User, action: str) -> HttpResponse:
    """Make new backup codes, or switch the factor off; for either a code is asked for once more."""
    form = CodeForm(request.POST if action else None)
    if form.is_bound and form.is_valid() and _is_right(person, form):
        request.session[WITH_CODE] = True
        return _renewed(request, person) if action == "renew" else _removed(request, person)
    with as_session():
        left = factors.backup_codes_left(person)
    return _page(request, "on", form=form, left=left)


def _is_right(person: User, form: CodeForm) -> bool:
    if complaint := complaint_about(form.cleaned_data["code"], person):
        form.add_error("code", complaint)
    return not form.errors


def _renewed(request: HttpRequest, person: User) -> HttpResponse:
    with as_session():
        codes = factors.renew_backup_codes(person)
    _note(person, gettext("New backup codes made."))
    return _page(request, "codes", codes=codes)


def _removed(request: HttpRequest, person: User) -> HttpResponse:
    with as_session():
        factors.remove_second_factor(person)
    request.session[WITH_CODE] = False
    _note(person, gettext("Second factor switched off."))
    return HttpResponseRedirect(reverse("admin:second_factor"))


def _note(person: User, note: str) -> None:
    record(AuditEntry.Kind.DONE, actor=person, about=person, note=note, now=timezone.now())


def _page(request: HttpRequest, state: str, **content: Any) -> HttpResponse:
    return render(request, TEMPLATE, {"state": state, "is_required": must_set_up(request), **content})
