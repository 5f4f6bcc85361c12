"""Frequent questions: items and how they fared, a message to try, questions without an item (FAQ-01, FAQ-04)."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from buhbot.admin.base import ScopedAdmin, person
from buhbot.admin.filters import day_start
from templates_app.matching import THRESHOLD, Matcher
from templates_app.models import FaqItem
from templates_app.models.faq import MAX_QUESTION
from templates_app.selectors import Group, questions, unanswered

DAYS, MOST_GROUPS, MAX_TRIED = 30, 50, 1_000


@admin.register(FaqItem)
class FaqItemAdmin(ScopedAdmin):
    list_display = ("question", "beginning", "is_enabled", "usage_count", "helped_count", "not_helped_count")
    list_filter = ("is_enabled",)
    search_fields = ("question", "answer", "keywords")
    search_help_text = _("Question, answer or keyword")
    ordering = ("-usage_count", "question", "pk")
    readonly_fields = ("usage_count", "helped_count", "not_helped_count")
    actions_list = ("try_view", "unanswered_view")

    def get_fieldsets(self, _request: HttpRequest, obj: FaqItem | None = None) -> Any:
        item = (None, {"fields": ("question", "keywords", "answer", "is_enabled")})
        fared = (_("How it fared"), {"fields": self.readonly_fields})
        return (item, fared) if obj else (item,)

    @display(description=_("answer"))
    def beginning(self, item: FaqItem) -> str:
        return item.answer if len(item.answer) <= 80 else f"{item.answer[:80].rstrip()}…"

    @action(description=_("Try a message"), url_path="try", icon="science", permissions=["view"])
    def try_view(self, request: HttpRequest) -> HttpResponse:
        """Show how well each item fits a message (FAQ-04)."""
        text = request.GET.get("text", "")[:MAX_TRIED]
        scores = _scores(text) if text.strip() else []
        return self._page(
            request,
            "templates_app/admin/try.html",
            title=gettext("Try a message"),
            text=text,
            scores=scores,
            threshold=round(THRESHOLD * 100),
            answering=next((score for score in scores if score["answers"]), None),
        )

    @action(
        description=_("Questions without an answer"), url_path="unanswered", icon="help", permissions=["add"]
    )
    def unanswered_view(self, request: HttpRequest) -> HttpResponse:
        """Show what clients asked lately to which no item fitted, alike ones together (FAQ-04)."""
        since = day_start(timezone.now()) - timedelta(days=DAYS)
        groups = unanswered(person(request), since=since)
        return self._page(
            request,
            "templates_app/admin/unanswered.html",
            title=gettext("Questions without an answer"),
            groups=[{"group": group, "link": _new_item(group)} for group in groups[:MOST_GROUPS]],
            more=max(len(groups) - MOST_GROUPS, 0),
            days=DAYS,
        )

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        page = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, template, page)


def _scores(text: str) -> list[dict[str, Any]]:
    """Every item with its score, best first; the first enabled one from the threshold on would answer."""
    items = FaqItem.objects.in_bulk()
    found = Matcher(questions(FaqItem.objects.all())).scores(text)
    best = next((one.key for one in found if one.score >= THRESHOLD and items[one.key].is_enabled), None)
    return [
        {"item": items[one.key], "percent": round(one.score * 100), "answers": one.key == best}
        for one in found
    ]


def _new_item(group: Group) -> str:
    """The form of a new item, filled with the questions of the group."""
    asked = [" ".join(text.split())[:MAX_QUESTION] for text in group.texts]
    filled = {"question": asked[0], "keywords": "\n".join(asked[1:])}
    return f"{reverse('admin:templates_app_faqitem_add')}?{urlencode(filled)}"
