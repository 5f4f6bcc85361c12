"""What a person is told of: the switches on the page of an account, and their locks (STF-06)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext

from buhbot.admin.base import ScopedAdmin, person
from buhbot.models import Notice, Role, User
from buhbot.selectors import visible_staff
from buhbot.services.audit import Change
from buhbot.services.notices import IN_CHARGE, lock_notices, set_notice


def _state(user: User) -> list[str]:
    """Say of each switch how it stands, in words."""
    words = {True: gettext("on"), False: gettext("off")}
    locks = {True: f", {gettext('only managers change it')}", False: ""}
    return [words[user.wants(notice)] + locks[notice.value in user.locked_notices] for notice in Notice]


def may_switch(user: User, *, by: User) -> bool:
    """Whether the switches are this person's to change: one's own, or managers' and administrators'."""
    return user.role != Role.OBSERVER and (by.pk == user.pk or by.role in IN_CHARGE)


def may_lock(user: User, *, by: User) -> bool:
    """Whether the person locks the other's switches; one's own lock only an administrator takes off."""
    return by.role in IN_CHARGE and (by.pk != user.pk or by.role == Role.ADMIN)


class NoticesPanel(ScopedAdmin):
    """The part of the staff page that holds the switches."""

    def notices_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.notices_view)
        return [path("<int:pk>/notices/", view, name="buhbot_user_notices")]

    def switches_of(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        """Return what the panel shows of the account; nothing where there is nothing to switch."""
        by = person(request)
        user = visible_staff(by).filter(pk=object_id).first() if object_id.isdecimal() else None
        if user is None or not may_switch(user, by=by):
            return {"switches": []}
        lockable = may_lock(user, by=by)
        rows = [
            {
                "key": notice.value,
                "words": notice.label,
                "is_on": user.wants(notice),
                "is_locked": notice.value in user.locked_notices,
                "is_fixed": notice.value in user.locked_notices and not lockable,
            }
            for notice in Notice
        ]
        return {"switches": rows, "may_lock": lockable}

    def notices_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Set the switches as the form says, and the locks where the person may (STF-06)."""
        by = person(request)
        user = get_object_or_404(visible_staff(by), pk=pk)
        if request.method != "POST" or not (
            may_switch(user, by=by) and self.has_view_permission(request, user)
        ):
            raise PermissionDenied
        lockable, before = may_lock(user, by=by), _state(user)
        for notice in Notice:
            if lockable or notice.value not in user.locked_notices:
                set_notice(user, notice, wants=f"wants_{notice.value}" in request.POST, by=by)
        if lockable:
            lock_notices(user, [notice for notice in Notice if f"lock_{notice.value}" in request.POST], by=by)
        changes = [
            Change(str(notice.label), was, now)
            for notice, was, now in zip(Notice, before, _state(user), strict=True)
            if was != now
        ]
        if changes:
            self.log_action(request, user, gettext("What the person is told of was changed."), changes)
        messages.success(request, gettext("Saved."))
        return HttpResponseRedirect(reverse("admin:buhbot_user_change", args=[pk]))
