"""How right the classifier was in the last thirty days, and what was corrected: read only (CLS-07)."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from buhbot.admin.base import ReadOnlyAdmin, badge, person
from buhbot.admin.filters import PeriodFilter, day_start
from sla.admin.classes import LABEL_COLOURS, SOURCE_NAMES
from sla.admin.words import moment
from sla.confusion import confusion
from sla.learnt import trained_in_force
from sla.models import Classification, Correction, Label

DAYS = 30


class MadeFilter(PeriodFilter):
    """When the correction was made."""

    field = "made_at"


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    list_display = ("made", "said", "before", "after", "made_by", "origin")
    list_display_links = ("made", "said")
    list_select_related = ("made_by",)
    list_filter = (MadeFilter, "label", "label_before", "origin")
    search_fields = ("text",)
    search_help_text = _("Text")
    fields = ("text", "before", "after", "made", "made_by", "origin", "message")
    list_before_template = "sla/admin/confusion.html"

    @display(description=_("when"), ordering="made_at")
    def made(self, correction: Correction) -> str:
        return moment(correction.made_at, now=timezone.now())

    @display(description=_("text"))
    def said(self, correction: Correction) -> str:
        text = correction.text or "—"
        return text if len(text) <= 90 else f"{text[:90].rstrip()}…"

    @display(description=_("class before"), ordering="label_before")
    def before(self, correction: Correction) -> str:
        return correction.get_label_before_display() or "—"

    @display(description=_("class"), ordering="label")
    def after(self, correction: Correction) -> str:
        return badge(correction.get_label_display(), LABEL_COLOURS.get(correction.label, ""))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        table = _table(request) if self.has_view_permission(request) else {}
        response: HttpResponse = super().changelist_view(request, {**(extra_context or {}), **table})
        return response


def _table(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    found = confusion(person(request), since=day_start(now) - timedelta(days=DAYS))
    trained = trained_in_force()
    return {
        "confusion": found,
        "confusion_labels": Label.labels,
        "confusion_rows": [
            {"name": name, "total": sum(found.row(label)), "cells": _cells(label, found.row(label))}
            for label, name in Label.choices
        ],
        "confusion_sources": [
            (SOURCE_NAMES[source], found.sources[source]) for source in Classification.Source
        ],
        "trained": trained,
        "trained_at": moment(trained.trained_at, now=now) if trained else "",
    }


def _cells(given: str, counts: list[int]) -> list[dict[str, Any]]:
    return [
        {"count": count, "is_right": held == given, "is_wrong": held != given and count > 0}
        for held, count in zip(Label.values, counts, strict=True)
    ]
