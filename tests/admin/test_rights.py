"""Every page of Admin × role × own and foreign row, compared with the table of the specification (RBAC-03)."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.urls import reverse

from buhbot.models import Preference, Role, Tier
from buhbot.roles import ROLES, VERBS
from sla.models import Policy
from tests.admin.firm import Firm, calendar

# model: roles that see every row of it; an accountant sees own rows of the models in OWN.
OWN = {"buhbot.user", "buhbot.absence", "buhbot.chat", "buhbot.message", "sla.request", "sla.alert"}
NEVER_ADDED = {
    "buhbot.chat",
    "buhbot.message",
    "sla.request",
    "sla.alert",
    "sla.correction",
    "buhbot.auditentry",
    "buhbot.preference",  # its page is the list
    "bot.inboundupdate",
    "bot.outgoingmessage",
}
NEVER_CHANGED = NEVER_ADDED - {"buhbot.chat"}
NEVER_DELETED = NEVER_ADDED | {"buhbot.user"}


def label(model: type[Model]) -> str:
    return f"{model._meta.app_label}.{model._meta.model_name}"


def rows_of(firm: Firm) -> dict[str, tuple[Any, Any]]:
    """One own and one foreign row of every registered model; the same one where rows belong to nobody."""
    own, foreign = firm.own, firm.foreign
    group, policy = Group.objects.get(name=Role.MANAGER), Policy.objects.get(is_default=True)
    return {
        "auth.group": (group, group),
        "buhbot.user": (firm.people[Role.ACCOUNTANT], foreign.assignment.user),
        "buhbot.absence": (firm.absence_of(Role.ACCOUNTANT), firm.absence_of("other")),
        "buhbot.chat": (own.chat, foreign.chat),
        "buhbot.calendar": (calendar(), calendar()),
        "buhbot.tier": (Tier.objects.first(), Tier.objects.first()),
        "buhbot.preference": 2 * Preference.objects.get_or_create(key="alerts_singly", value=6)[:1],
        "buhbot.auditentry": 2 * (firm.audited(),),
        "buhbot.message": (own.message, foreign.message),
        "sla.policy": (policy, policy),
        "sla.request": (own.request, foreign.request),
        "sla.alert": (own.alert, foreign.alert),
        "sla.correction": (firm.correction, firm.correction),
        "bot.inboundupdate": (firm.update, firm.update),
        "bot.outgoingmessage": (own.outgoing, foreign.outgoing),
    }


def has(role: str, name: str, verb: str) -> bool:
    return any(VERBS[letter] == verb for letter in ROLES[Role(role)].get(name, ""))


def status(firm: Firm, role: str, page: str, *args: Any) -> int:
    answer = firm.browser(role).get(reverse(f"admin:{page}", args=args))
    return answer.status_code


def test_every_registered_model_is_walked(firm: Firm) -> None:  # RBAC-03
    assert set(rows_of(firm)) == {label(model) for model in admin.site._registry}


@pytest.mark.parametrize("role", Role.values)
def test_lists_open_for_whom_the_table_says(firm: Firm, role: str) -> None:  # RBAC-03
    for name in rows_of(firm):
        page = name.replace(".", "_")
        assert status(firm, role, f"{page}_changelist") == (200 if has(role, name, "view") else 403), name


@pytest.mark.parametrize("role", Role.values)
def test_forms_to_add_open_for_whom_the_table_says(firm: Firm, role: str) -> None:  # RBAC-03
    for name in rows_of(firm):
        may = has(role, name, "add") and name not in NEVER_ADDED
        assert status(firm, role, f"{name.replace('.', '_')}_add") == (200 if may else 403), name


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("page", ["change", "history"])
def test_own_rows_open_and_foreign_ones_do_not(firm: Firm, role: str, page: str) -> None:  # RBAC-02, RBAC-03
    for name, (own, foreign) in rows_of(firm).items():
        view = f"{name.replace('.', '_')}_{page}"
        may = has(role, name, "view")
        sees_foreign = may and not (role == Role.ACCOUNTANT and name in OWN)
        found = (status(firm, role, view, own.pk), status(firm, role, view, foreign.pk))
        assert (found[0] == 200) == may, (name, found)
        assert (found[1] == 200) == sees_foreign, (name, found)


@pytest.mark.parametrize("role", Role.values)
def test_only_what_may_go_can_be_deleted(firm: Firm, role: str) -> None:  # RBAC-03, RBAC-04
    is_protected = {
        "auth.group",
        "buhbot.calendar",
        "sla.policy",
    }  # the rows here are a role's and the firm's
    for name, (own, _foreign) in rows_of(firm).items():
        may = has(role, name, "delete") and name not in NEVER_DELETED | is_protected
        answer = firm.browser(role).get(reverse(f"admin:{name.replace('.', '_')}_delete", args=[own.pk]))
        assert (answer.status_code == 200) == may, (name, answer.status_code)


@pytest.mark.parametrize("role", Role.values)
def test_home_opens_for_everybody(firm: Firm, role: str) -> None:  # ADM-01
    assert status(firm, role, "index") == 200
    assert {status(firm, role, "home_piece", piece) for piece in settings.HOME_PIECES} == {200}


@pytest.mark.parametrize("role", Role.values)
def test_reports_and_their_files_open_for_everybody(firm: Firm, role: str) -> None:  # ADM-07
    assert status(firm, role, "sla_reports") == 200
    assert {status(firm, role, "sla_reports_export", kind) for kind in ("csv", "xlsx")} == {200}


@pytest.mark.parametrize("role", Role.values)
def test_autocomplete_offers_what_the_person_may_see(firm: Firm, role: str) -> None:  # RBAC-02
    query = {"app_label": "buhbot", "model_name": "assignment", "field_name": "user", "term": "Бор"}
    answer = firm.browser(role).get(reverse("admin:autocomplete"), query)
    if role == Role.OBSERVER:
        assert answer.status_code == 403
        return
    names = [found["text"] for found in answer.json()["results"]]
    assert names == ([] if role == Role.ACCOUNTANT else ["Борис"])


def test_nobody_gets_in_without_signing_in(firm: Firm, client: Any) -> None:  # RBAC-03
    for name in rows_of(firm):
        assert client.get(reverse(f"admin:{name.replace('.', '_')}_changelist")).status_code == 302
