"""Templates in Admin: who may change which, what is refused, the preview (TPL-01, TPL-03)."""

from typing import Any

import pytest
from django.urls import reverse

from buhbot.models import Role
from templates_app.models import Template
from tests.admin.firm import Firm
from tests.admin.visits import page

GIVEN = {"title": "Счёт", "shortcut": "Счёт", "category": "status", "text": "Готово, {{client_name}}"}


def save(firm: Firm, role: str, template: Template | None = None, **data: Any) -> Any:
    name, args = ("change", [template.pk]) if template else ("add", [])
    address = reverse(f"admin:templates_app_template_{name}", args=args)
    return firm.browser(role).post(address, GIVEN | data)


def errors(answer: Any) -> str:
    assert answer.status_code == 200, "it was saved"
    return str(answer.context["adminform"].form.errors)


@pytest.fixture
def firms(firm: Firm) -> Template:
    return Template.objects.create(**GIVEN | {"title": "Общий", "shortcut": "общий"})


def test_tpl_01_managers_write_for_the_firm_and_accountants_for_themselves(firm: Firm) -> None:
    assert save(firm, Role.MANAGER).status_code == 302
    assert save(firm, Role.ACCOUNTANT).status_code == 302  # the same title, in another scope
    owners = list(Template.objects.order_by("pk").values_list("owner", "shortcut"))
    assert owners == [(None, "счет"), (firm.people[Role.ACCOUNTANT].pk, "счет")]


@pytest.mark.parametrize("field", ["title", "shortcut"])
@pytest.mark.parametrize("role", [Role.ADMIN, Role.ACCOUNTANT])
def test_tpl_01_title_and_shortcut_are_unique_in_their_scope(firm: Firm, field: str, role: str) -> None:
    save(firm, role)
    other: dict[str, Any] = {"title": "Другой", "shortcut": "другой"} | {field: GIVEN[field]}
    assert "уже есть" in errors(save(firm, role, **other))


def test_tpl_01_an_accountant_changes_own_ones_only(firm: Firm, firms: Template) -> None:
    own = firm.template_of(Role.ACCOUNTANT)
    assert save(firm, Role.ACCOUNTANT, own, title="Новый").status_code == 302
    assert save(firm, Role.ACCOUNTANT, firms).status_code == 403
    assert "Общий" in page(firm, Role.ACCOUNTANT, "templates_app_template_changelist")


@pytest.mark.parametrize(
    ("role", "status"), [(Role.ADMIN, 302), (Role.MANAGER, 403), (Role.ACCOUNTANT, 403), (Role.OBSERVER, 403)]
)
def test_tpl_01_only_admins_delete_the_firms(firm: Firm, firms: Template, role: str, status: int) -> None:
    address = reverse("admin:templates_app_template_delete", args=[firms.pk])
    assert firm.browser(role).post(address, {"post": "yes"}).status_code == status
    assert Template.objects.filter(pk=firms.pk).exists() == (status != 302)


def test_tpl_03_an_unknown_variable_is_refused_with_those_that_exist(firm: Firm) -> None:
    refused = errors(save(firm, Role.ADMIN, text="Ваш ИНН {{inn}}"))
    assert "inn" in refused
    assert "{{accountant_name}}" in refused
    assert "одно слово" in errors(save(firm, Role.ADMIN, shortcut="два слова"))


def test_tpl_03_the_preview_fills_the_text_and_names_mistakes(firm: Firm) -> None:
    address = reverse("admin:templates_app_template_preview")
    browser = firm.browser(Role.ACCOUNTANT)
    shown = browser.post(address, {"text": "Пишет {{accountant_name}}"}).json()
    assert shown == {"text": "Пишет Анна"}
    assert "{{due}}" in browser.post(address, {"text": "{{duе}}"}).json()["error"]


def test_tpl_01_the_list_is_filtered_by_whose_they_are(firm: Firm, firms: Template) -> None:
    firm.template_of(Role.ACCOUNTANT)
    lists = {
        scope: page(firm, Role.MANAGER, "templates_app_template_changelist", scope=scope)
        for scope in ("firm", "own", "others")
    }
    assert ["/общий" in text for text in lists.values()] == [True, False, False]
    assert ["/счет" in text for text in lists.values()] == [False, False, True]
