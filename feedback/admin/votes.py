"""Every vote with person, chat, accountant, comment and history, for managers and administrators (FBK-02)."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from buhbot.admin.base import ReadOnlyAdmin, badge, moment
from buhbot.models import User
from feedback.admin.figures import rating_words, spread, tiles, trend
from feedback.admin.filters import (
    GivenFilter,
    KindFilter,
    OwnerFilter,
    QuarterFilter,
    RatingFilter,
    StartedFilter,
    TierFilter,
)
from feedback.figures import quarter_of
from feedback.models import Survey, Vote
from feedback.rules import Quarter
from feedback.scores import NPS, STARS, Tally, total
from feedback.selectors import visible_votes
from sla.admin.reports.export import TYPES, as_csv, as_xlsx
from sla.admin.reports.tables import Cell, Column, Table, Unit

GOOD = {STARS: 4, NPS: 9}
BAD = {STARS: 3, NPS: 6}
FEW_WORDS = 60


@admin.register(Vote)
class VoteAdmin(ReadOnlyAdmin):
    """Votes are looked at; they are given, changed and withdrawn in Telegram only (SUR-06)."""

    list_display = ("client", "person", "stars", "accountant", "survey", "words", "changed")
    list_filter = (
        *(RatingFilter, KindFilter, QuarterFilter, GivenFilter),
        ("delivery__accountant", AutocompleteSelectFilter),
        ("delivery__survey", AutocompleteSelectFilter),
        ("delivery__chat", AutocompleteSelectFilter),
        *(StartedFilter, OwnerFilter, TierFilter),
    )
    list_filter_submit = True
    search_fields = ("name", "comment", "delivery__chat__client_name", "delivery__chat__title")
    search_help_text = _("Client, person, words of the comment")
    ordering = ("-changed_at", "-pk")
    fields = (
        "client",
        "person",
        "telegram_id",
        "stars",
        "survey",
        "accountant",
        "comment",
        "given",
        "changed",
    )
    readonly_fields = fields
    list_before_template = "feedback/admin/votes_panel.html"
    change_form_after_template = "feedback/admin/vote_history.html"

    class Media:
        js = ("buhbot/charts.js",)

    def visible_to(self, user: User) -> QuerySet[Any]:
        related = ("delivery__chat", "delivery__survey", "delivery__accountant")
        return visible_votes(user).select_related(*related)

    @display(description=_("client"), ordering="delivery__chat__client_name")
    def client(self, vote: Vote) -> str:
        return str(vote.delivery.chat)

    @display(description=_("who"), ordering="name")
    def person(self, vote: Vote) -> str:
        return str(vote)

    @display(description=_("rating"), ordering="rating")
    def stars(self, vote: Vote) -> str:
        return badge(rating_words(vote.rating, vote.delivery.survey.kind), _colour(vote))

    @display(description=_("accountant"), ordering="delivery__accountant__full_name")
    def accountant(self, vote: Vote) -> str:
        return str(vote.delivery.accountant or "—")

    @display(description=_("survey"), ordering="delivery__survey__started_at")
    def survey(self, vote: Vote) -> str:
        return str(vote.delivery.survey)

    @display(description=_("comment"))
    def words(self, vote: Vote) -> str:
        return vote.comment if len(vote.comment) <= FEW_WORDS else f"{vote.comment[: FEW_WORDS - 1]}…"

    @display(description=_("first given"), ordering="voted_at")
    def given(self, vote: Vote) -> str:
        return moment(vote.voted_at, now=timezone.now())

    @display(description=_("last changed"), ordering="changed_at")
    def changed(self, vote: Vote) -> str:
        return moment(vote.changed_at, now=timezone.now())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(never_cache(self.export_view))
        return [path("export/", view, name="feedback_vote_export"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response: Any = super().changelist_view(request, extra_context)
        changes = getattr(response, "context_data", {}).get("cl")
        if changes is not None:
            response.context_data |= _panel(changes.queryset, request.GET.urlencode())
        return response  # type: ignore[no-any-return]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = self.get_queryset(request).filter(pk=object_id).first() if object_id.isdecimal() else None
        history = [_event(event, found.delivery.survey.kind) for event in found.events.all()] if found else []
        more = {**(extra_context or {}), "vote_history": history}
        response: HttpResponse = super().change_view(request, object_id, form_url, more)
        return response

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Answer with the votes that the filters of the list leave, as CSV or XLSX."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked: Any = request.GET.copy()
        kind = "xlsx" if "xlsx" in asked.pop("file", []) else "csv"
        request.GET = asked
        now = timezone.localtime(timezone.now())
        table = _table(self.get_changelist_instance(request).get_queryset(request))
        about = [
            (gettext("Report"), gettext("Ratings")),
            (gettext("Made"), f"{now:%d.%m.%Y %H:%M}"),
            (gettext("By"), str(request.user)),
        ]
        content = as_csv([table]) if kind == "csv" else as_xlsx([table], about)
        named = f'attachment; filename="buhbot-ratings-{now:%Y-%m-%d}.{kind}"'
        return HttpResponse(content, content_type=TYPES[kind], headers={"Content-Disposition": named})


def _colour(vote: Vote) -> str:
    kind = vote.delivery.survey.kind
    if vote.rating is None:
        return ""
    if vote.rating >= GOOD[kind]:
        return "success"
    return "danger" if vote.rating <= BAD[kind] else "warning"


def _event(event: Any, kind: str) -> dict[str, Any]:
    return {
        "what": event.get_kind_display(),
        "rating": "" if event.rating is None else rating_words(event.rating, kind),
        "comment": event.comment,
        "at": moment(event.at, now=timezone.now()),
    }


def _panel(votes: QuerySet[Vote], query: str) -> dict[str, Any]:
    """Return the figures of the rows that the list shows, in one query, and where their files are."""
    counted = votes.filter(rating__isnull=False).order_by()
    rows = counted.values_list("delivery__survey__kind", "delivery__survey__started_at", "rating").annotate(
        n=Count("pk")
    )
    by_quarter: dict[str, dict[Quarter, Tally]] = {}
    for kind, started_at, rating, n in rows:
        if started_at is not None:
            tallies, quarter = by_quarter.setdefault(kind, {}), quarter_of(started_at)
            tallies[quarter] = tallies.get(quarter, Tally(kind)).plus(Tally(kind, {rating or 0: n}))
    return {
        "scales": [_scale(kind, found) for kind, found in sorted(by_quarter.items(), reverse=True)],
        "exports": [
            (name, f"{reverse('admin:feedback_vote_export')}?file={kind}&{query}")
            for kind, name in (("xlsx", gettext("Excel")), ("csv", "CSV"))
        ],
    }


def _scale(kind: str, found: dict[Quarter, Tally]) -> dict[str, Any]:
    every = total(kind, found.values())
    return {
        "name": Survey.Kind(kind).label,
        "tiles": tiles(every),
        "spread": spread(every),
        "chart": trend(found, kind=kind) if len(found) > 1 else None,
    }


def _table(votes: QuerySet[Vote]) -> Table:
    columns = [
        Column(gettext("Client"), Unit.TEXT),
        Column(gettext("Person"), Unit.TEXT),
        Column(gettext("Accountant"), Unit.TEXT),
        Column(gettext("Survey"), Unit.TEXT),
        Column(gettext("Started"), Unit.DATE),
        Column(gettext("Scale"), Unit.TEXT),
        Column(gettext("Rating")),
        Column(gettext("Comment"), Unit.TEXT),
        Column(gettext("First given"), Unit.TEXT),
        Column(gettext("Last changed"), Unit.TEXT),
    ]
    return Table(gettext("Ratings"), columns, [_row(vote) for vote in votes.iterator(chunk_size=1000)])


def _row(vote: Vote) -> list[Cell]:
    delivery, survey = vote.delivery, vote.delivery.survey
    return [
        *(
            Cell(str(delivery.chat)),
            Cell(str(vote)),
            Cell(str(delivery.accountant or "")),
            Cell(survey.title),
        ),
        Cell(timezone.localtime(survey.started_at).date() if survey.started_at else None),
        *(Cell(str(survey.get_kind_display())), Cell(vote.rating), Cell(vote.comment)),
        *(Cell(f"{timezone.localtime(at):%d.%m.%Y %H:%M}") for at in (vote.voted_at, vote.changed_at)),
    ]
