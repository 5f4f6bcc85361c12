"""The home page: pieces that refresh themselves, made of parts that the rooms bring along (ADM-01, ADM-08).

Each piece is a fragment with an address of its own, asked for by the page again and again (setting HOME_PIECES).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from buhbot.admin.base import person
from buhbot.models import User

FIRST_PIECE = "now"  # it comes with the page, the others after it


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure, linking to the list of exactly the rows that it counts."""

    name: str
    value: str
    icon: str
    colour: str = ""
    link: str = ""
    note: str = ""
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the home page: figures, and a template with what it shows."""

    tiles: list[Tile] = field(default_factory=list)
    template: str = ""
    content: dict[str, Any] = field(default_factory=dict)


MakePart = Callable[[User, datetime], Part]


def home_urls(site: AdminSite) -> list[URLPattern]:
    """Return the address of the pieces."""
    return [path("home/<slug:name>/", site.admin_view(piece), name="home_piece")]


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Put the first piece of the person who looks, and the names of the others, into the context of the page."""
    return context | {
        "title": _("Today"),
        "pieces": settings.HOME_PIECES,
        "first": FIRST_PIECE,
        **_content(FIRST_PIECE, request),
    }


@never_cache
def piece(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with one piece alone, under the same rights as the page."""
    if name not in settings.HOME_PIECES:
        raise Http404
    return render(request, "buhbot/admin/piece.html", _content(name, request))


def _content(name: str, request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    makers: Iterable[MakePart] = map(import_string, settings.HOME_PIECES[name]["parts"])
    parts = [make(person(request), now) for make in makers]
    return {
        "tiles": [tile for part in parts for tile in part.tiles],
        "parts": [part for part in parts if part.template],
    }
