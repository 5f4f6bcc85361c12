"""Frequent questions: items and how they fared (FAQ-01, FAQ-04)."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from buhbot.admin.base import ScopedAdmin
from templates_app.models import FaqItem


@admin.register(FaqItem)
class FaqItemAdmin(ScopedAdmin):
    list_display = ("question", "beginning", "is_enabled", "usage_count", "helped_count", "not_helped_count")
    list_filter = ("is_enabled",)
    search_fields = ("question", "answer", "keywords")
    search_help_text = _("Question, answer or keyword")
    ordering = ("-usage_count", "question", "pk")
    readonly_fields = ("usage_count", "helped_count", "not_helped_count")
    fieldsets = (
        (None, {"fields": ("question", "keywords", "answer", "is_enabled")}),
        (_("How it fared"), {"fields": ("usage_count", "helped_count", "not_helped_count")}),
    )

    @display(description=_("answer"))
    def beginning(self, item: FaqItem) -> str:
        return item.answer if len(item.answer) <= 80 else f"{item.answer[:80].rstrip()}…"
