"""Staff: accounts, roles, Telegram links, passwords (STF-01, RBAC-04).

Registered by the room that knows the bot's name: `bot/admin/staff.py`.
"""

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm

from buhbot.admin.base import badge, person
from buhbot.admin.filters import TelegramFilter
from buhbot.admin.notices import NoticesPanel
from buhbot.admin.staff_forms import NewStaffForm, StaffForm
from buhbot.admin.staff_import import StaffImport
from buhbot.admin.staff_sign_in import SignInPages
from buhbot.models import Chat, Role, User
from buhbot.selectors import visible_staff
from buhbot.services.audit import Change
from buhbot.services.people import create_staff_link, link_lifetime, unlink_staff
from buhbot.services.staff import save_staff

TELEGRAM_COLOURS = {"linked": "success", "unreachable": "danger", "missing": "warning"}


def telegram_state(user: User) -> tuple[str, str]:
    """Say whether the person gets private messages, as a key and in words (ALR-08)."""
    if user.telegram_id is None:
        return "missing", gettext("not linked")
    if user.unreachable_since is not None:
        return "unreachable", gettext("unreachable")
    return "linked", gettext("linked")


class StaffAdmin(UserAdmin, NoticesPanel, SignInPages, StaffImport):  # type: ignore[type-arg]
    """People of the firm. They are switched off, never deleted."""

    form = StaffForm
    add_form = NewStaffForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("name", "role_label", "telegram", "chat_count", "is_active")
    list_filter: ClassVar[Any] = ("role", "is_active", TelegramFilter)
    search_fields = ("full_name", "email", "telegram_username")
    ordering = ("-is_active", "full_name")
    filter_horizontal = ()
    actions: Any = ("print_links",)
    readonly_fields = ("telegram", "telegram_username", "last_login", "created_at")
    add_fieldsets = ((None, {"fields": ("full_name", "email", "role")}),)
    change_form_outer_before_template = "buhbot/admin/staff_panel.html"
    fieldsets: ClassVar[Any] = ((None, {"fields": ("full_name", "email", "role", "is_active")}),)
    history_fieldset: ClassVar[Any] = (_("Dates"), {"fields": ("last_login", "created_at")})

    def visible_to(self, user: User) -> QuerySet[User]:
        return visible_staff(user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.annotate(chats_count=Count("assignments__chat", distinct=True))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        if request.path == reverse("admin:autocomplete"):
            queryset = queryset.filter(is_active=True).exclude(role=Role.OBSERVER)
        return super().get_search_results(request, queryset, search_term)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        if not self.has_change_permission(request, obj):
            return self.fieldsets
        more = (_("More"), {"fields": ("successor", "groups"), "classes": ["collapse"]})
        return (*self.fieldsets, more, self.history_fieldset)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        successor = form.cleaned_data.get("successor")
        is_handed_over = change and not obj.is_active and successor is not None
        chats = list(Chat.objects.filter(assignments__user=obj).distinct()) if is_handed_over else []
        save_staff(obj, successor=successor)
        for chat in chats:
            handed = Change(gettext("Staff of the chat"), str(obj), str(successor))
            self.log_action(request, chat, gettext("Handed over to the successor."), [handed])

    @display(description=pgettext_lazy("person", "name"), ordering="full_name", header=True)
    def name(self, user: User) -> tuple[str, str]:
        return str(user), user.email

    @display(description=_("role"), ordering="role")
    def role_label(self, user: User) -> str:
        return user.get_role_display()

    @display(description=_("Telegram"))
    def telegram(self, user: User) -> str:
        key, text = telegram_state(user)
        return badge(text, TELEGRAM_COLOURS[key])

    @display(description=_("chats"), ordering="chats_count")
    def chat_count(self, user: Any) -> int:
        return int(user.chats_count)

    def get_urls(self) -> list[URLPattern]:
        link = never_cache(self.link_view)
        own = [
            path("<int:pk>/link/", self.admin_site.admin_view(link), name="buhbot_user_link"),
            path("<int:pk>/unlink/", self.admin_site.admin_view(self.unlink_view), name="buhbot_user_unlink"),
        ]
        return own + self.sign_in_urls() + self.notices_urls() + self.import_urls() + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        switches = self.switches_of(request, object_id) | self.factor_of(request, object_id)
        response: HttpResponse = super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **switches}
        )
        return response

    def link_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a one-time link and show it, this once (STF-01)."""
        user = self._to_change(request, pk)
        now = timezone.now()
        token = create_staff_link(user, now=now)
        self.log_action(request, user, gettext("A Telegram link was made."))
        username = self.bot_username()
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Telegram link"),
            "subtitle": str(user),
            "opts": self.opts,
            "person": user,
            "link": f"https://t.me/{username}?start={token}" if username else "",
            "command": f"/start {token}",
            "valid_until": now + link_lifetime(),
        }
        return TemplateResponse(request, "buhbot/admin/staff_link.html", context)

    def unlink_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Forget the person's Telegram account (STF-01)."""
        user = self._to_change(request, pk)
        before = str(user.telegram_id or "—")
        unlink_staff(user)
        self.log_action(
            request,
            user,
            gettext("The Telegram account was unlinked."),
            [Change(gettext("Telegram id"), before, "—")],
        )
        messages.success(request, gettext("%(name)s is not linked to Telegram any more.") % {"name": user})
        return HttpResponseRedirect(reverse("admin:buhbot_user_change", args=[pk]))

    def _to_change(self, request: HttpRequest, pk: int) -> User:
        user = get_object_or_404(visible_staff(person(request)), pk=pk)
        if request.method != "POST" or not self.has_change_permission(request, user):
            raise PermissionDenied
        return user
