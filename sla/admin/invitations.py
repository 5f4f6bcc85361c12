"""Invitations of groups: made here, shown once with a link and a QR code, taken back here (CHT-03).

Registered by the room that knows the bot's name: `bot/admin/invitations.py`.
"""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from buhbot.admin.base import ScopedAdmin, badge, person
from buhbot.models import Role, User
from buhbot.qr import qr_code
from sla.admin.words import moment
from sla.models import Invitation
from sla.services.inviting import DEFAULT_HOURS, MOST_HOURS, create_invitation

COLOURS = {"waits": "info", "used": "success", "expired": "warning"}


class InvitationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whom the group is bound to, and for how long the link works."""

    hours = forms.IntegerField(
        label=_("Works for, hours"),
        min_value=1,
        max_value=MOST_HOURS,
        initial=DEFAULT_HOURS,
        widget=UnfoldAdminIntegerFieldWidget(),
    )
    accountant = forms.ModelChoiceField(
        label=_("Accountant"),
        queryset=User.objects.none(),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=_("Without one the chat is not monitored until somebody is assigned."),
    )

    class Meta:
        model = Invitation
        fields = ("client_name", "accountant", "policy")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "accountant" in self.fields:
            people = User.objects.filter(is_active=True).exclude(role=Role.OBSERVER)
            self.fields["accountant"].queryset = people  # type: ignore[attr-defined]


class InvitationAdmin(ScopedAdmin):
    """Links that bind a group to its accountant, policy and client."""

    form = InvitationForm
    list_display = ("client", "accountant", "state", "valid_until", "created_by", "chat")
    list_select_related = ("accountant", "created_by", "chat")
    search_fields = ("client_name",)
    ordering = ("-created_at",)
    add_fieldsets: ClassVar[Any] = ((None, {"fields": ("client_name", "accountant", "policy", "hours")}),)
    seen_fields = (
        "client_name",
        "accountant",
        "policy",
        "state",
        "valid_until",
        "created_by",
        "used_by",
        "chat",
    )

    def bot_username(self) -> str:
        """Return the bot's name in Telegram; empty while it is not known."""
        return ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        rows: QuerySet[Invitation] = super().get_queryset(request)
        return rows.select_related(*self.list_select_related)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.add_fieldsets if obj is None else ((None, {"fields": self.seen_fields}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.seen_fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=_("client"), ordering="client_name")
    def client(self, invitation: Invitation) -> str:
        return invitation.client_name

    @display(description=_("state"))
    def state(self, invitation: Invitation) -> str:
        key, text = state_of(invitation)
        return badge(text, COLOURS[key])

    @display(description=_("valid until"), ordering="expires_at")
    def valid_until(self, invitation: Invitation) -> str:
        return moment(invitation.expires_at, now=timezone.now())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.created_by = person(request)
        obj.token = create_invitation(obj, hours=form.cleaned_data["hours"], now=timezone.now())

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        """Go back to the list; Django leads to it only whom may change its rows."""
        messages.success(
            request, gettext("The invitation for %(client)s was taken back.") % {"client": obj_display}
        )
        return HttpResponseRedirect(reverse("admin:sla_invitation_changelist"))

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Show the link, this once; a reload asks the browser to make another one."""
        username = self.bot_username()
        link = f"https://t.me/{username}?startgroup={obj.token}" if username else ""
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Invitation"),
            "subtitle": str(obj),
            "opts": self.opts,
            "invitation": obj,
            "link": link,
            "qr": qr_code(link) if link else "",
            "command": f"/connect {obj.token}",
        }
        response = TemplateResponse(request, "sla/admin/invitation.html", context)
        response["Cache-Control"] = "no-store"
        return response


def state_of(invitation: Invitation) -> tuple[str, str]:
    """Say whether the invitation still works, as a key and in words."""
    if invitation.used_at is not None:
        return "used", pgettext("invitation", "used")
    if invitation.expires_at <= timezone.now():
        return "expired", pgettext("invitation", "expired")
    return "waits", gettext("not used yet")
