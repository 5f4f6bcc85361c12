"""The page of reports: filters, views by tab, charts, tables that lead to their rows, and files (ADM-07)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from buhbot.admin.base import person
from buhbot.texts import share
from sla.admin.drill import span_of_dates
from sla.admin.reports.chosen import CUSTOM, PRESET_NAMES, Chosen, chosen_of
from sla.admin.reports.export import TYPES, as_csv, as_xlsx
from sla.admin.reports.tables import Table, Unit, Value, makers_for, tables
from sla.admin.words import span_or_none

VIEW_NAMES = {
    "summary": gettext_lazy("Summary"),
    "accountants": gettext_lazy("Accountants"),
    "chats": gettext_lazy("Clients"),
    "tiers": gettext_lazy("Tiers"),
    "lateness": gettext_lazy("Lateness"),
    "backlog": gettext_lazy("Backlog"),
    "alerts": gettext_lazy("Alerts"),
    "taking": gettext_lazy("Acknowledgement"),
}
SHOWN_ROWS = 100


def report_urls(site: AdminSite) -> list[URLPattern]:
    """Return the addresses of the page and of its files."""

    def view(request: HttpRequest) -> HttpResponse:
        return report(request, site)

    return [
        path("reports/", site.admin_view(view), name="sla_reports"),
        path("reports/<str:kind>/", site.admin_view(export), name="sla_reports_export"),
    ]


@require_safe
def report(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show one view of the report; what was chosen wrongly is told in a sentence."""
    now, user = timezone.now(), person(request)
    chosen = chosen_of(request.GET, user=user, now=now)
    makers = makers_for(user.role)
    name = _view_name(request, makers)
    shown = [_shown(table) for table in tables(makers[name], chosen, now)]
    context = {
        **site.each_context(request),
        "title": _("Reports"),
        "chosen": chosen,
        "is_custom": chosen.preset == CUSTOM,
        "presets": PRESET_NAMES.items(),
        "span": span_of_dates(chosen.rows.first, chosen.rows.last),
        "views": [_tab(key, chosen, is_current=key == name) for key in makers],
        "view": name,
        "tables": shown,
        "tiles": shown.pop(0) if name == "summary" else None,
        "exports": {kind: _export_link(kind, name, chosen) for kind in TYPES},
    }
    return TemplateResponse(request, "sla/admin/report.html", context)


@never_cache
@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Answer with a file: CSV holds the tables of the view, XLSX those of all views."""
    if kind not in TYPES:
        raise Http404
    now, user = timezone.now(), person(request)
    chosen = chosen_of(request.GET, user=user, now=now)
    makers = makers_for(user.role)
    if kind == "csv":
        content = as_csv(tables(makers[_view_name(request, makers)], chosen, now))
    else:
        every = [make for group in makers.values() for make in group]
        content = as_xlsx(tables(every, chosen, now), _about(chosen, now))
    name = f"buhbot-{chosen.rows.first:%Y-%m-%d}-{chosen.rows.last:%Y-%m-%d}.{kind}"
    return HttpResponse(
        content, content_type=TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _view_name(request: HttpRequest, makers: dict[str, Any]) -> str:
    wanted = request.GET.get("view", "")
    return wanted if wanted in makers else "summary"


def _tab(name: str, chosen: Chosen, *, is_current: bool) -> dict[str, Any]:
    link = f"{reverse('admin:sla_reports')}?{chosen.query(view=name)}"
    brought: Any = settings.REPORT_VIEWS.get(name, {}).get("title")
    return {"title": VIEW_NAMES.get(name, brought), "link": link, "is_current": is_current}


def _export_link(kind: str, view: str, chosen: Chosen) -> str:
    return f"{reverse('admin:sla_reports_export', args=[kind])}?{chosen.query(view=view)}"


def _about(chosen: Chosen, now: datetime) -> list[tuple[str, str]]:
    """What the file is about: the period, the filters, the zone, the moment."""
    picked = [(choice.title, dict(choice.options)[choice.value]) for choice in chosen.choices]
    return [
        (_("Report"), _("Requests")),
        (_("Period"), span_of_dates(chosen.rows.first, chosen.rows.last)),
        *picked,
        (_("Time zone"), settings.TIME_ZONE),
        (_("Made"), f"{timezone.localtime(now):%d.%m.%Y %H:%M}"),
        (_("By"), str(chosen.user)),
    ]


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as the page shows it."""

    text: str
    link: str
    is_number: bool
    title: str


def _shown(table: Table) -> dict[str, Any]:
    return {
        "table": table,
        "rows": [
            [
                Shown(
                    _written(cell.value, column.unit),
                    cell.link if cell.value else "",
                    column.unit != Unit.TEXT,
                    column.title,
                )
                for cell, column in zip(row, table.columns, strict=True)
            ]
            for row in table.rows[:SHOWN_ROWS]
        ],
        "left_out": max(len(table.rows) - SHOWN_ROWS, 0),
    }


def _written(value: Value, unit: Unit) -> str:
    if isinstance(value, float) and unit == Unit.SCORE:
        return number_format(round(value, 1), 1)
    if value is None or isinstance(value, float):
        return share(value)
    if isinstance(value, str | int):
        return str(value)
    return span_or_none(value) if not hasattr(value, "year") else f"{value:%d.%m.%Y}"
