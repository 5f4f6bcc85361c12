"""Every page of Admin × role × own and foreign row, compared with the table of the specification (RBAC-03).

The pages are those that the resolver knows, the actions and fields those of the registry: what is added later is
walked by itself, or the walk fails and says where its row is missing.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.db.models import Model
from django.test import RequestFactory
from django.urls import reverse

from buhbot.models import Role
from tests.admin import rights
from tests.admin.firm import Firm
from tests.admin.rights import Sight
from tests.admin.walk import FOUND, Found, Rows, may, rows_of

HERE = "its row is missing in tests/admin/rights.py"
REFUSED = (302, 403, 404)  # 302: to the home page, «no such row»


@pytest.fixture
def rows(firm: Firm) -> Rows:
    return rows_of(firm)


def rows_of_page(firm: Firm, rows: Rows, role: str, page: Found) -> list[tuple[bool, Any]]:
    """Whether the row is foreign, and the row; where rows belong to nobody there is no foreign one."""
    own, foreign = rows[page.model]
    own = firm.people[role] if page.name in rights.OF_ONESELF else own
    return [(False, own), (True, foreign)] if own != foreign else [(False, own)]


def ask(firm: Firm, role: str, method: str, name: str, args: list[Any], data: Any = None) -> Any:
    """Ask for a page; what it writes is undone, so that each page finds the firm as it was."""
    browser = firm.browser(role)
    with transaction.atomic():
        answer = getattr(browser, method)(reverse(f"admin:{name}", args=args), data or {})
        transaction.set_rollback(True)
    return answer


def is_open(answer: Any, method: str) -> bool:
    if method == "get":
        return bool(answer.status_code == 200 or answer.get("Location", "").startswith("/files/"))
    return bool(answer.status_code == 200 or (answer.status_code == 302 and answer["Location"] != "/admin/"))


def secrets_on(answer: Any, page: str, role: str) -> list[str]:
    if page in rights.NAMES_COLLEAGUES:
        return []
    text = answer.content.decode()
    return [word for word in rights.SECRETS[role] if word in text]


def check(
    firm: Firm, rows: Rows, role: str, page: Found, method: str, sight: Sight, data: Any = None
) -> None:
    """Ask for the page of the own and of the foreign row, and compare."""
    for is_foreign, row in rows_of_page(firm, rows, role, page):
        answer = ask(firm, role, method, page.name, [row.pk], data)
        where = (page.name, method, role, "foreign" if is_foreign else "own", answer.status_code)
        if may(sight, role, is_foreign=is_foreign):
            assert is_open(answer, method), where
            assert secrets_on(answer, page.name, role) == [], where
        else:
            assert answer.status_code in REFUSED, where
            assert not is_open(answer, method), where


def test_every_page_has_its_row(rows: Rows) -> None:  # RBAC-03
    for page in FOUND:
        if not page.model:
            assert page.name in rights.SITE, f"Admin has the page «{page.name}»: {HERE}: SITE"
            continue
        assert page.model in rights.MODELS, f"Admin shows {page.model}: {HERE}: MODELS"
        assert page.model in rows, (
            f"Admin shows {page.model}: rows_of() in tests/admin/walk.py has no row of it"
        )
        assert page.verb or page.name in rights.PAGES, f"Admin has the page «{page.name}»: {HERE}: PAGES"


def test_no_row_is_left_over() -> None:  # RBAC-03
    names = {page.name for page in FOUND}
    assert set(rights.SITE) <= names
    assert set(rights.PAGES) <= names
    assert set(rights.MODELS) == {label(model) for model in admin.site._registry}


def label(model: type[Model]) -> str:
    return f"{model._meta.app_label}.{model._meta.model_name}"


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("verb", ["changelist", "add"])
def test_lists_and_forms_open_for_whom_the_table_says(firm: Firm, role: str, verb: str) -> None:  # RBAC-03
    for page in (page for page in FOUND if page.verb == verb):
        row = rights.MODELS[page.model]
        is_due = Role(role) in (row.see if verb == "changelist" else row.add)
        answer = ask(firm, role, "get", page.name, [])
        assert answer.status_code == (200 if is_due else 403), (page.name, role, answer.status_code)
        assert not is_due or secrets_on(answer, page.name, role) == [], (page.name, role)


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("verb", ["change", "history", "delete"])
def test_own_rows_open_and_foreign_ones_do_not(
    firm: Firm, rows: Rows, role: str, verb: str
) -> None:  # RBAC-02, RBAC-03
    for page in (page for page in FOUND if page.verb == verb):
        row = rights.MODELS[page.model]
        check(firm, rows, role, page, "get", row.delete if verb == "delete" else row.see)


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("verb", ["change", "delete"])
def test_rows_are_written_by_whom_the_table_says(
    firm: Firm, rows: Rows, role: str, verb: str
) -> None:  # RBAC-03
    for page in (page for page in FOUND if page.verb == verb):
        row = rights.MODELS[page.model]
        sight, data = (row.change, {}) if verb == "change" else (row.delete, {"post": "yes"})
        check(firm, rows, role, page, "post", sight, data)


@pytest.mark.parametrize("role", Role.values)
def test_pages_of_our_own_open_for_whom_the_table_says(firm: Firm, rows: Rows, role: str) -> None:  # RBAC-03
    for name, rule in rights.PAGES.items():
        page = next(page for page in FOUND if page.name == name)
        if page.takes_row:
            check(firm, rows, role, page, rule.method, rule.who, rule.data)
            continue
        answer = ask(firm, role, rule.method, name, [], rule.data)
        is_due = may(rule.who, role, is_foreign=False)
        assert is_open(answer, rule.method) == is_due, (name, role, answer.status_code)
        assert not is_due or secrets_on(answer, name, role) == [], (name, role)


@pytest.mark.parametrize("role", Role.values)
def test_what_writes_needs_a_post(firm: Firm, rows: Rows, role: str) -> None:  # SEC-05
    for name, rule in rights.PAGES.items():
        page = next(page for page in FOUND if page.name == name)
        if rule.method == "post" and page.takes_row:
            _is_foreign, own = rows_of_page(firm, rows, role, page)[0]
            assert ask(firm, role, "get", name, [own.pk]).status_code in (403, 404, 405), (name, role)


@pytest.mark.parametrize("role", Role.values)
def test_pages_of_the_site_open_for_whom_the_table_says(firm: Firm, role: str) -> None:  # RBAC-03, ADM-01
    for name, sight in rights.SITE.items():
        if sight is not None:
            answer = ask(firm, role, "get", name, [])
            assert answer.status_code == (200 if may(sight, role, is_foreign=False) else 403), (name, role)
            assert secrets_on(answer, name, role) == [], (name, role)


def offered(firm: Firm, role: str, model: type[Model]) -> set[str]:
    request = RequestFactory().get("/")
    request.user = firm.people[role]
    return set(admin.site._registry[model].get_actions(request)) - {"delete_selected"}


@pytest.mark.parametrize("role", Role.values)
def test_actions_are_offered_to_whom_the_table_says(firm: Firm, role: str) -> None:  # RBAC-03
    for model in admin.site._registry:
        if not may(rights.MODELS[label(model)].see, role, is_foreign=False):
            continue
        for name in offered(firm, Role.ADMIN, model) | offered(firm, role, model):
            assert (label(model), name) in rights.ACTIONS, f"{label(model)} has «{name}»: {HERE}: ACTIONS"
        due = {
            name
            for (owner, name), sight in rights.ACTIONS.items()
            if owner == label(model) and may(sight, role, is_foreign=False)
        }
        assert offered(firm, role, model) == due, (label(model), role)


@pytest.mark.parametrize("role", Role.values)
def test_actions_with_forged_rows_change_nothing(
    firm: Firm, rows: Rows, role: str
) -> None:  # RBAC-02, RBAC-03
    """An action that the role has not, on any row; one that it has, on a foreign row."""
    deleting = {(name, "delete_selected"): row.delete for name, row in rights.MODELS.items()}
    for (name, action), sight in (rights.ACTIONS | deleting).items():
        own, foreign = rows[name]
        forged = [row for row, out in ((own, False), (foreign, True)) if not may(sight, role, is_foreign=out)]
        for row in forged:
            browser, address = firm.browser(role), reverse(f"admin:{name.replace('.', '_')}_changelist")
            before = state_of(row)
            browser.post(address, {"action": action, "_selected_action": row.pk, "post": "yes", "index": 0})
            assert state_of(row) == before, (name, action, role)


def state_of(row: Model) -> Any:
    return list(type(row)._default_manager.filter(pk=row.pk).values())


def choosing_fields() -> Iterator[tuple[type[Model], str, str]]:
    """Every field whose values are offered while one types: of pages and of the tables in them."""
    for model, page in admin.site._registry.items():
        for owner, fields in [
            (model, page.autocomplete_fields),
            *((inline.model, inline.autocomplete_fields) for inline in page.inlines),
        ]:
            for field in fields:
                yield owner, field, label(owner._meta.get_field(field).related_model)


@pytest.mark.parametrize("role", Role.values)
def test_autocomplete_offers_what_the_person_may_see(firm: Firm, rows: Rows, role: str) -> None:  # RBAC-02
    for model, field, target in choosing_fields():
        query = {
            "app_label": model._meta.app_label,
            "model_name": str(model._meta.model_name),
            "field_name": field,
        }
        answer = firm.browser(role).get(reverse("admin:autocomplete"), query)
        sight = rights.MODELS[target].see
        if not may(sight, role, is_foreign=False):
            assert answer.status_code == 403, (label(model), field, role)
            continue
        found = {row["id"] for row in answer.json()["results"]}
        if (target, role) == ("buhbot.chat", Role.OBSERVER):  # who chooses chats nowhere
            assert not found
            continue
        own, foreign = rows[target]
        assert str(own.pk) in found, (label(model), field, role)
        assert (str(foreign.pk) in found) == may(sight, role, is_foreign=True), (label(model), field, role)


FORGED: dict[str, list[dict[str, str]]] = {
    "sla_request": [{"q": "Вектор"}, {"accountant": "other"}, {"chat__id__exact": "chat"}],
    "sla_alert": [{"q": "Вектор"}, {"request__id__exact": "request"}],
    "buhbot_chat": [{"q": "Вектор"}, {"id": "chat"}, {"title__contains": "Вектор"}],
    "buhbot_message": [{"q": "Вектор"}, {"chat__id__exact": "chat"}],
    "buhbot_absence": [{"q": "Борис"}, {"user__id__exact": "other"}],
    "buhbot_user": [{"q": "Борис"}, {"full_name": "Борис"}, {"_to_field": "id", "_popup": "1", "q": "Борис"}],
}


@pytest.mark.parametrize("name", FORGED)
def test_no_filter_or_search_finds_foreign_rows(firm: Firm, name: str) -> None:  # RBAC-02
    firm.absence_of("other")
    ids = {
        "other": firm.foreign.assignment.user_id,
        "chat": firm.foreign.chat.pk,
        "request": firm.foreign.request.pk,
    }
    for query in FORGED[name]:
        asked = {key: ids.get(value, value) for key, value in query.items()}
        answer = firm.browser(Role.ACCOUNTANT).get(reverse(f"admin:{name}_changelist"), asked, follow=True)
        assert answer.context["cl"].result_count == 0 or "e=1" in str(answer.redirect_chain), (name, query)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("sla_request", "acknowledged_by__password__startswith"),
        ("buhbot_message", "staff__password__startswith"),
        ("buhbot_user", "password__startswith"),
        ("buhbot_chat", "assignments__user__email__startswith"),
        ("buhbot_user", "_to_field"),
    ],
)
def test_lists_cannot_be_asked_about_other_tables(firm: Firm, name: str, field: str) -> None:  # RBAC-02
    answer = firm.browser(Role.ACCOUNTANT).get(reverse(f"admin:{name}_changelist"), {field: "password"})
    assert answer.status_code == 400


@pytest.mark.parametrize("role", Role.values)
def test_no_row_is_found_by_its_type_and_number(firm: Firm, role: str) -> None:  # RBAC-02
    for row in (firm.own.chat, firm.foreign.chat):
        address = reverse("admin:view_on_site", args=[7, row.pk])
        assert firm.browser(role).get(address).status_code == 404


@pytest.mark.parametrize("role", Role.values)
def test_the_list_of_pages_names_those_that_open(firm: Firm, role: str) -> None:  # RBAC-03
    answer = firm.browser(role).get(reverse("admin:app_list", args=["sla"]))
    shown = {model["object_name"].lower() for app in answer.context["app_list"] for model in app["models"]}
    due = {name.split(".")[1] for name, row in rights.MODELS.items() if row.see.get(Role(role))}
    assert shown == {name for name in due if f"sla.{name}" in rights.MODELS}


def test_nobody_gets_in_without_signing_in(rows: Rows, client: Any) -> None:  # RBAC-03
    for page in FOUND:
        if page.model:
            args = [rows[page.model][0].pk] if page.takes_row else []
            assert client.get(reverse(f"admin:{page.name}", args=args)).status_code == 302, page.name


@pytest.mark.parametrize("number", ["x", "99", "-1"])
def test_a_page_of_findings_that_is_none_is_not_found(firm: Firm, number: str) -> None:  # quality: bad input
    answer = firm.browser(Role.OBSERVER).get(reverse("admin:search"), {"s": "чат", "page": number})
    assert answer.status_code == 404
