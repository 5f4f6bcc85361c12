"""The home page: parts that the rooms bring along, named in the setting HOME_PARTS (ADM-01, first form)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from buhbot.admin.base import person
from buhbot.models import User


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure, linking to the list of exactly the rows that it counts."""

    name: str
    value: str
    icon: str
    colour: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the home page: figures, and a template with what it shows."""

    tiles: list[Tile] = field(default_factory=list)
    template: str = ""
    content: dict[str, Any] = field(default_factory=dict)


MakePart = Callable[[User, datetime], Part]


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Put the parts of the person who looks into the context of the page."""
    now = timezone.now()
    makers: list[MakePart] = [import_string(path) for path in settings.HOME_PARTS]
    parts = [make(person(request), now) for make in makers]
    return context | {
        "title": _("Today"),
        "tiles": [tile for part in parts for tile in part.tiles],
        "parts": [part for part in parts if part.template],
    }
