"""What a report is about: period, accountant, chat and tier, read from the address and never trusted (ADM-07)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from buhbot.models import Chat, Role, Tier, User
from buhbot.selectors import FULL_SIGHT, visible_chats
from sla.admin.drill import NOBODY, Rows, dates_of, of_key, owned
from sla.selectors import measured_requests

DAY = timedelta(days=1)
DEFAULT = "month"
CUSTOM = "custom"
PRESET_NAMES = {
    "today": gettext_lazy("today"),
    "week": gettext_lazy("7 days"),
    "month": gettext_lazy("30 days"),
    "quarter": gettext_lazy("90 days"),
    "this_month": gettext_lazy("this month"),
    "last_month": gettext_lazy("last month"),
    CUSTOM: gettext_lazy("from – to"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of the form: its name, what may be chosen, what is."""

    name: str
    title: str
    options: list[tuple[str, str]]
    value: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters of a report as they hold, and a sentence for each that could not be understood."""

    user: User
    preset: str
    rows: Rows
    choices: list[Choice] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    @property
    def requests(self) -> QuerySet[Any]:
        """Return the requests whose figures the person may know, narrowed to what was chosen (RBAC-02)."""
        found = of_key(measured_requests(self.user), "chat", self.rows.chat)
        found = of_key(found, "chat__tier", self.rows.tier)
        return owned(found, self.rows.owner) if self.rows.owner else found

    @property
    def chat_names(self) -> dict[str, str]:
        """Return how the person knows each chat, by its key."""
        return next((dict(choice.options) for choice in self.choices if choice.name == "chat"), {})

    @property
    def may_see_rows(self) -> bool:
        return self.user.role != Role.OBSERVER

    def query(self, **more: str) -> str:
        """Return the address's query that chooses the same."""
        same = {
            "period": self.preset,
            "owner": self.rows.owner,
            "chat": self.rows.chat,
            "tier": self.rows.tier,
        }
        if self.preset == CUSTOM:
            same |= {"from": self.rows.first.isoformat(), "to": self.rows.last.isoformat()}
        return urlencode({name: value for name, value in (same | more).items() if value})


def chosen_of(query: QueryDict, *, user: User, now: datetime) -> Chosen:
    """Read the filters; what is wrong is left out and told."""
    today = timezone.localtime(now).date()
    is_observer = user.role == Role.OBSERVER
    chats = visible_chats(user).order_by(*(() if is_observer else ("client_name",)), "title")
    preset, dates, mistakes = _period(query, today)
    choices = [
        _choice("owner", _("Accountant"), _people(user), query, mistakes),
        _choice("chat", _("Chat"), _titles(chats) if is_observer else _options(chats), query, mistakes),
        _choice(
            "tier", _("Tier"), [*_options(Tier.objects.all()), (NOBODY, _("without a tier"))], query, mistakes
        ),
    ]
    choices = [choice for choice in choices if choice.name != "owner" or user.role in FULL_SIGHT]
    picked = {choice.name: choice.value for choice in choices}
    rows = Rows(*dates, picked.get("owner", ""), picked["chat"], picked["tier"])
    return Chosen(user, preset, rows, choices, mistakes)


def _period(query: QueryDict, today: date) -> tuple[str, tuple[date, date], list[str]]:
    preset = query.get("period", DEFAULT)
    if preset == CUSTOM or "period" not in query and ("from" in query or "to" in query):
        dates = dates_of(query.get("from", ""), query.get("to", ""))
        if dates:
            return CUSTOM, dates, []
        return DEFAULT, PRESETS[DEFAULT](today), [_date_mistake(query)]
    if preset not in PRESETS:
        return DEFAULT, PRESETS[DEFAULT](today), [_("There is no such period; 30 days are shown.")]
    return preset, PRESETS[preset](today), []


def _date_mistake(query: QueryDict) -> str:
    """Say what is wrong with the two dates."""
    try:
        first, last = (date.fromisoformat(query.get(name, "")) for name in ("from", "to"))
    except ValueError:
        return _("Give both dates, as day, month and year. 30 days are shown.")
    if last < first:
        return _("The period ends before it begins: swap the dates. 30 days are shown.")
    return _("A period may last up to two years, from 2015 on. 30 days are shown.")


PRESETS: dict[str, Callable[[date], tuple[date, date]]] = {
    "today": lambda today: (today, today),
    "week": lambda today: (today - 6 * DAY, today),
    "month": lambda today: (today - 29 * DAY, today),
    "quarter": lambda today: (today - 89 * DAY, today),
    "this_month": lambda today: (today.replace(day=1), today),
    "last_month": lambda today: ((today.replace(day=1) - DAY).replace(day=1), today.replace(day=1) - DAY),
}


def _choice(
    name: str, title: str, options: list[tuple[str, str]], query: QueryDict, mistakes: list[str]
) -> Choice:
    """Read one choice: only what is offered to the person can be chosen (RBAC-02)."""
    value = query.get(name, "")
    if value and value not in dict(options):
        mistakes.append(_("«%(field)s»: there is no such choice; all are shown.") % {"field": title})
        value = ""
    return Choice(name, title, [("", _("all")), *options], value)


def _people(user: User) -> list[tuple[str, str]]:
    """Offer all who may answer, former ones too, to those who may compare people."""
    if user.role not in FULL_SIGHT:
        return []
    staff = User.objects.exclude(role=Role.OBSERVER).order_by("full_name", "pk")
    return [*_options(staff), (NOBODY, _("nobody"))]


def _titles(chats: QuerySet[Chat]) -> list[tuple[str, str]]:
    """Offer chats by what Telegram calls them: an observer is told of no client's name (RBAC table)."""
    return [(str(pk), title or f"№ {pk}") for pk, title in chats.values_list("pk", "title")]


def _options(rows: QuerySet[Any]) -> list[tuple[str, str]]:
    return [(str(row.pk), str(row)) for row in rows]
