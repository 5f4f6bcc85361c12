"""Services and quick buttons in Admin (SRV-01, CLI-08)."""

import pytest
from django.urls import reverse

from buhbot.models import AuditEntry, Role
from templates_app.models import QuickButton, Service
from tests.admin.firm import Firm
from tests.admin.visits import page

LIST = "templates_app_service_changelist"


@pytest.mark.parametrize("role", Role.values)
def test_srv_01_the_list_shows_price_and_what_is_asked_for(firm: Firm, role: str) -> None:
    firm.service()
    text = page(firm, role, LIST)
    assert "5 000 ₽" in text
    assert "ИНН, Телефон" in text
    assert ("form-0-position" in text) == (role in {Role.ADMIN, Role.MANAGER})


def test_srv_01_the_order_is_changed_in_the_list_and_written_down(firm: Firm) -> None:
    service = firm.service()
    data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": service.pk, "form-0-position": 7}
    firm.browser(Role.MANAGER).post(reverse(f"admin:{LIST}"), data | {"_save": "1"})
    service.refresh_from_db()
    assert service.position == 7
    assert AuditEntry.objects.latest("pk").changes == [["Порядок", "0", "7"]]


def test_srv_01_an_accountant_changes_no_order(firm: Firm) -> None:
    service = firm.service()
    data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": service.pk, "form-0-position": 7}
    firm.browser(Role.ACCOUNTANT).post(reverse(f"admin:{LIST}"), data | {"_save": "1"})
    service.refresh_from_db()
    assert service.position == 0


def test_srv_01_too_many_fields_are_refused(firm: Firm) -> None:
    data = {"name": "Аудит", "fields": "\n".join(map(str, range(11))), "position": 1}
    answer = firm.browser(Role.ADMIN).post(reverse("admin:templates_app_service_add"), data)
    assert "Не больше 10 вопросов, до 100 символов каждый." in answer.content.decode()
    assert not Service.objects.exists()


def test_cli_08_a_new_button_stands_last(firm: Firm) -> None:
    text = page(firm, Role.ADMIN, "templates_app_quickbutton_add")
    last = QuickButton.objects.order_by("-position")[0].position
    assert f'value="{last + 1}"' in text
