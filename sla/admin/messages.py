"""The message log with the class of each message, and its correction (REQ-01, CLS-07)."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from buhbot.admin.base import badge, person
from buhbot.admin.messages import MessageAdmin
from buhbot.models import Message
from buhbot.selectors import visible_messages
from sla.admin.classes import LABEL_COLOURS, class_change, correct, label_of, said_of
from sla.models import Label
from sla.selectors import visible_requests


def may_correct(request: HttpRequest) -> bool:
    """Say whether the person may say what messages are (RBAC table: reclassify)."""
    return bool(request.user.has_perm("sla.add_correction"))


@admin.register(Message)
class ClassifiedMessageAdmin(MessageAdmin):
    list_display = ("sent_at", "chat", "who", "said", "class_of", "kind", "topic")
    list_select_related = ("chat", "staff", "classification")
    list_filter = (*MessageAdmin.list_filter, "classification__label")
    change_form_outer_before_template = "sla/admin/message_panel.html"

    @display(description=_("class"), ordering="classification__label")
    def class_of(self, message: Message) -> str:
        known = getattr(message, "classification", None)
        return badge(known.get_label_display(), LABEL_COLOURS.get(known.label, "")) if known else "—"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.correct_view)
        return [path("<int:pk>/correct/", view, name="buhbot_message_correct"), *super().get_urls()]

    def correct_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take what the person says the message is (CLS-07)."""
        message = get_object_or_404(visible_messages(person(request)).select_related("chat"), pk=pk)
        if request.method != "POST" or not may_correct(request):
            raise PermissionDenied
        before = label_of(message)
        is_done, told = correct(
            message, request.POST.get("label", ""), actor=person(request), now=timezone.now()
        )
        if is_done:
            change = class_change(before, label_of(message))
            self.log_action(request, message, told, [change], name=str(message.chat))
        (messages.success if is_done else messages.error)(request, told)
        return HttpResponseRedirect(_page_before(request, message))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = visible_messages(person(request)).select_related("classification")
        message = found.filter(pk=object_id).first() if object_id.isdecimal() else None
        panel = {
            "said": said_of(message) if message else None,
            "labels": Label.choices,
            "may_correct": may_correct(request),
        }
        response: HttpResponse = super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **panel}
        )
        return response


def _page_before(request: HttpRequest, message: Message) -> str:
    """The request's page if the correction was made there."""
    number = request.POST.get("request", "")
    if number.isdecimal() and visible_requests(person(request)).filter(pk=number[:18]).exists():
        return reverse("admin:sla_request_change", args=[int(number)])
    return reverse("admin:buhbot_message_change", args=[message.pk])
