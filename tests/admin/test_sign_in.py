"""Signing in through the page, as a person does."""

from typing import Any

import pytest
from django.urls import reverse

from buhbot.models import Role
from tests.admin.firm import Browser, Firm

PASSWORD = "long-enough-for-tests"


def sign_in(firm: Firm, role: str, password: str = PASSWORD) -> Any:
    firm.people[role].set_password(PASSWORD)
    firm.people[role].save()
    data = {"username": firm.people[role].email.upper(), "password": password}
    return Browser().post(reverse("admin:login"), data, follow=True)


@pytest.mark.parametrize("role", Role.values)
def test_signing_in_leads_home_whatever_the_case_of_the_address(firm: Firm, role: str) -> None:
    answer = sign_in(firm, role)
    assert answer.redirect_chain == [(reverse("admin:index"), 302)]
    assert firm.people[role].full_name in answer.content.decode()


def test_a_wrong_password_is_refused_in_words(firm: Firm) -> None:
    assert "Неверная почта или пароль." in sign_in(firm, Role.MANAGER, "wrong").content.decode()


def test_a_person_who_was_switched_off_stays_out(firm: Firm) -> None:  # RBAC-04
    firm.people[Role.MANAGER].is_active = False
    assert sign_in(firm, Role.MANAGER).redirect_chain == []
