"""Who wants no surveys; taken back at the person's own request only, with a reason (SUR-11)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from buhbot.admin.base import ReadOnlyAdmin
from buhbot.models import SurveyOptOut
from feedback.services import opt_in_again


class UndoForm(forms.Form):
    """Who asked for it, and how: it is written down."""

    is_wanted = forms.BooleanField(label=_("The person asked for it"), widget=UnfoldBooleanWidget())
    reason = forms.CharField(
        label=_("When and how the person asked"), max_length=300, widget=UnfoldAdminTextInputWidget()
    )


@admin.register(SurveyOptOut)
class OptOutAdmin(ReadOnlyAdmin):
    list_display = ("person", "telegram_id", "since", "back")
    search_fields = ("name", "=telegram_id")
    ordering = ("-since",)
    fields = ("name", "telegram_id", "since", "back")
    readonly_fields = fields

    @display(description=_("who"), ordering="name")
    def person(self, opt_out: SurveyOptOut) -> str:
        return str(opt_out)

    @display(description=_("asked again"))
    def back(self, opt_out: SurveyOptOut) -> Any:
        address = reverse("admin:buhbot_surveyoptout_undo", args=[opt_out.pk])
        return format_html('<a class="bb-link" href="{}">{}</a>', address, gettext("Ask again…"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.undo_view)
        return [path("<int:pk>/undo/", view, name="buhbot_surveyoptout_undo"), *super().get_urls()]

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, and let the person be asked in surveys again."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        opt_out = get_object_or_404(self.get_queryset(request), pk=pk)
        form = UndoForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._undo(request, opt_out, form.cleaned_data["reason"])
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Ask again in surveys"),
            "subtitle": str(opt_out),
            "opts": self.opts,
            "opt_out": opt_out,
            "form": form,
        }
        return render(request, "feedback/admin/opt_in.html", context)

    @transaction.atomic
    def _undo(self, request: HttpRequest, opt_out: SurveyOptOut, reason: str) -> HttpResponse:
        said = gettext("Is asked in surveys again, at the person's request: %(reason)s") % {"reason": reason}
        self.log_action(request, opt_out, said)
        opt_in_again(opt_out)
        messages.success(request, gettext("%(name)s is asked in surveys again.") % {"name": opt_out})
        return HttpResponseRedirect(reverse("admin:buhbot_surveyoptout_changelist"))
