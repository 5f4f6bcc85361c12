"""Labels of chats, and segments: saved groups of chats that surveys and broadcasts go to (SUR-03, STF-05)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from buhbot.admin.base import ScopedAdmin
from buhbot.admin.choices import name_choices
from buhbot.admin.mailings import listed
from buhbot.audience import ALWAYS, Criteria, chats_meeting
from buhbot.models import ChatLabel, Role, Segment, User

MADE_OF = ("tiers", "accountants", "labels", "chats")


class GroupingAdmin(ScopedAdmin):
    """What chats are put together by: when it is deleted, the ties to the chats go without a word of each."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        named, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        own = self.opts.verbose_name_plural
        lines = [line for line in named if not isinstance(line, list)]
        return (
            lines,
            {name: number for name, number in counts.items() if name == own},
            perms_needed,
            protected,
        )


@admin.register(ChatLabel)
class ChatLabelAdmin(GroupingAdmin):
    """Words that are put on chats."""

    list_display = ("name", "chats_count")
    ordering = ("name",)
    search_fields = ("name",)
    fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(chats_count=Count("chats"))
        return counted

    @display(description=_("chats"), ordering="chats_count")
    def chats_count(self, label: Any) -> int:
        return int(label.chats_count)


class SegmentForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a segment is made of: at least something, lest «nothing chosen» be taken for «all»."""

    class Meta:
        model = Segment
        fields = ("name", *MADE_OF)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_choices(self)

    def clean_accountants(self) -> QuerySet[User]:
        people: QuerySet[User] = self.cleaned_data["accountants"]
        if people.filter(role=Role.OBSERVER).exists():
            raise forms.ValidationError(_("An observer looks after no chats."))
        return people

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors and not any(self.cleaned_data[name] for name in MADE_OF):
            raise forms.ValidationError(
                _("Choose tiers, accountants, labels or chats: an empty segment has nobody.")
            )
        return cleaned


@admin.register(Segment)
class SegmentAdmin(GroupingAdmin):
    """Segments, with who is in them while one chooses."""

    form = SegmentForm
    list_display = ("name", "of_tiers", "of_accountants", "of_labels", "of_chats")
    search_fields = ("name",)
    ordering = ("name",)
    autocomplete_fields = MADE_OF
    change_form_after_template = "buhbot/admin/segment_members.html"

    class Media:
        js = ("buhbot/live.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(picked=Count("chats"))
        return counted.prefetch_related("tiers", "accountants", "labels")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.members_view)
        return [path("members/", view, name="buhbot_segment_members"), *super().get_urls()]

    def members_view(self, request: HttpRequest) -> HttpResponse:
        """Show who belongs to what is chosen in the form, saved or not."""
        if request.method != "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        criteria = Criteria(*(keys(request.POST, name) for name in MADE_OF))
        content = listed(chats_meeting(criteria), ALWAYS) | {"nothing": criteria.is_empty}
        return render(request, "buhbot/admin/members.html", content)

    @display(description=_("client tiers"))
    def of_tiers(self, segment: Segment) -> str:
        return _words(segment.tiers.all(), segment)

    @display(description=_("accountants"))
    def of_accountants(self, segment: Segment) -> str:
        return _words(segment.accountants.all(), segment)

    @display(description=_("labels"))
    def of_labels(self, segment: Segment) -> str:
        return _words(segment.labels.all(), segment)

    @display(description=_("picked by hand"))
    def of_chats(self, segment: Any) -> str:
        return str(segment.picked or "—")


def _words(rows: Iterable[Any], segment: Segment) -> str:
    """Name what is chosen; «any» only where something else is chosen."""
    named = ", ".join(map(str, rows))
    by_kind = (segment.tiers, segment.accountants, segment.labels)
    return named or (gettext("any") if any(rows.all() for rows in by_kind) else "—")


def keys(data: QueryDict, name: str) -> list[int]:
    """Read the keys of what is chosen in a form; what is no key is passed over."""
    return [int(one) for one in data.getlist(name) if one.isdecimal() and len(one) <= 18]
