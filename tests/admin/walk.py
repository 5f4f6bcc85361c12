"""What the walk through Admin meets: the pages that the resolver knows, and a row of every model."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import URLResolver

from buhbot.models import Calendar, Preference, Role, Tier
from sla.models import Policy
from tests.admin.firm import Firm
from tests.admin.rights import ALL, OWN, Sight

DJANGOS = ("changelist", "add", "change", "history", "delete")


@dataclass(frozen=True)
class Found:
    """A page that the resolver knows."""

    name: str
    model: str
    takes_row: bool

    @property
    def verb(self) -> str:
        """What it does among Django's own pages of a model; empty for a page of ours."""
        verb = self.name.removeprefix(f"{self.model.replace('.', '_')}_")
        return verb if verb in DJANGOS else ""


def pages() -> Iterator[Found]:
    for entry in admin.site.get_urls():
        if not isinstance(entry, URLResolver):
            yield Found(entry.name or "", "", takes_row=False)
            continue
        model = str(entry.pattern).strip("/").replace("/", ".")
        for page in entry.url_patterns:
            takes_row = "<" in str(page.pattern)
            yield Found(getattr(page, "name", "") or "", model, takes_row)


FOUND = [page for page in pages() if page.name]


Rows = dict[str, tuple[Any, Any]]


def rows_of(firm: Firm) -> Rows:
    """One own and one foreign row of every registered model; the same one where rows belong to nobody.

    They are rows that may be deleted: neither a role's nor the firm's.
    """
    own, foreign = firm.own, firm.foreign
    group, policy = Group.objects.create(name="Читатели"), Policy.objects.create(name="Запасная")
    calendar, tier = Calendar.objects.create(name="Запасной"), Tier.objects.create(code="spare", name="Запас")
    return {
        "auth.group": (group, group),
        "buhbot.user": (firm.people[Role.ACCOUNTANT], foreign.assignment.user),
        "buhbot.absence": (firm.absence_of(Role.ACCOUNTANT), firm.absence_of("other")),
        "buhbot.chat": (own.chat, foreign.chat),
        "buhbot.chatlabel": 2 * (firm.label(),),
        "buhbot.segment": 2 * (firm.segment(),),
        "buhbot.broadcast": 2 * (firm.broadcast(),),
        "buhbot.calendar": (calendar, calendar),
        "buhbot.tier": (tier, tier),
        "buhbot.preference": 2 * Preference.objects.get_or_create(key="alerts_singly", value=6)[:1],
        "buhbot.auditentry": 2 * (firm.audited(),),
        "buhbot.message": (own.message, foreign.message),
        "sla.policy": (policy, policy),
        "sla.invitation": 2 * (firm.invitation(),),
        "sla.request": (own.request, foreign.request),
        "sla.alert": (own.alert, foreign.alert),
        "sla.correction": (firm.correction, firm.correction),
        "templates_app.template": (firm.template_of(Role.ACCOUNTANT), firm.template_of("other")),
        "templates_app.faqitem": 2 * (firm.frequent_question(),),
        "templates_app.service": 2 * (firm.service(),),
        "templates_app.quickbutton": 2 * (firm.quick_button(),),
        "templates_app.receivedfile": (firm.file_of(own.message), firm.file_of(foreign.message)),
        "buhbot.surveyoptout": 2 * (firm.opt_out(),),
        "feedback.survey": 2 * (firm.survey(),),
        "feedback.delivery": (firm.delivery_to(own.chat), firm.delivery_to(foreign.chat)),
        "feedback.followup": 2 * (firm.follow_up(),),
        "feedback.vote": (firm.vote_in(own.chat), firm.vote_in(foreign.chat)),
        "bot.inboundupdate": (firm.update, firm.update),
        "bot.outgoingmessage": (own.outgoing, foreign.outgoing),
    }


def may(sight: Sight, role: str, *, is_foreign: bool) -> bool:
    return sight.get(Role(role), "") in ((ALL,) if is_foreign else (ALL, OWN))
