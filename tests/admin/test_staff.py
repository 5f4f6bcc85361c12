"""Accounts: roles, links, passwords, and the last administrator."""

from typing import Any

import pytest
from django.urls import reverse

from bot.models import BotAccount
from buhbot.models import Role, StaffLink, User
from tests.admin.firm import Firm
from tests.admin.visits import NOW, press


def staff_form(user: User, **changed: Any) -> dict[str, Any]:
    form = {"full_name": user.full_name, "email": user.email, "role": user.role, "is_active": "on"}
    return {name: value for name, value in (form | changed).items() if value is not None}


@pytest.mark.parametrize("change", [{"role": "manager"}, {"is_active": None}])
def test_the_last_administrator_stays(firm: Firm, change: dict[str, Any]) -> None:  # RBAC-04
    admin = firm.people[Role.ADMIN]
    answer = press(firm, Role.ADMIN, "buhbot_user_change", admin.pk, **staff_form(admin, **change))
    assert "Это единственный действующий администратор." in answer.content.decode()
    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == (Role.ADMIN, True)


def test_switching_off_the_only_accountant_asks_for_a_successor(firm: Firm) -> None:  # RBAC-04
    leaving, staying = firm.own.assignment.user, firm.foreign.assignment.user
    form = staff_form(leaving, is_active=None)
    answer = press(firm, Role.ADMIN, "buhbot_user_change", leaving.pk, **form)
    assert "Без бухгалтера останутся чаты: «Ромашка»" in answer.content.decode()
    press(firm, Role.ADMIN, "buhbot_user_change", leaving.pk, **form, successor=staying.pk)
    assert not User.objects.get(pk=leaving.pk).is_active
    assert firm.own.chat.assignments.get().user == staying


def test_a_new_person_is_added_without_a_password(firm: Firm) -> None:  # STF-01
    data = {"full_name": "Новый", "email": "NEW@firm.test", "role": "accountant"}
    firm.browser(Role.ADMIN).post(reverse("admin:buhbot_user_add"), data)
    assert not User.objects.get(email="new@firm.test").has_usable_password()


def test_a_link_is_shown_once_and_only_its_hash_is_kept(firm: Firm) -> None:  # STF-01
    BotAccount.objects.create(telegram_id=1, username="firm_bot", checked_at=NOW)
    answer = press(firm, Role.ADMIN, "buhbot_user_link", firm.people[Role.OBSERVER].pk)
    token = answer.content.decode().split("https://t.me/firm_bot?start=")[1].split('"')[0]
    assert StaffLink.objects.get().token_hash != token
    assert StaffLink.objects.get().user == firm.people[Role.OBSERVER]


def test_without_the_bots_name_the_command_is_shown(firm: Firm) -> None:  # STF-01
    assert (
        "/start "
        in press(firm, Role.ADMIN, "buhbot_user_link", firm.people[Role.OBSERVER].pk).content.decode()
    )


def test_a_person_is_unlinked(firm: Firm) -> None:  # STF-01
    press(firm, Role.ADMIN, "buhbot_user_unlink", firm.people[Role.MANAGER].pk)
    assert User.objects.get(pk=firm.people[Role.MANAGER].pk).telegram_id is None


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ACCOUNTANT])
def test_others_make_no_links(firm: Firm, role: str) -> None:  # RBAC table
    assert press(firm, role, "buhbot_user_link", firm.people[Role.ACCOUNTANT].pk).status_code == 403


@pytest.mark.parametrize("role", Role.values)
def test_everybody_changes_their_own_password(firm: Firm, role: str) -> None:  # STF
    user = firm.people[role]
    user.set_password("the-old-one-of-tests")
    user.save()
    data = {"old_password": "the-old-one-of-tests"} | dict.fromkeys(
        ("new_password1", "new_password2"), "a-new-one-9"
    )
    firm.browser(role).post(reverse("admin:password_change"), data)
    assert User.objects.get(pk=user.pk).check_password("a-new-one-9")


def test_an_administrator_sets_a_password(firm: Firm) -> None:  # STF
    data = {"password1": "a-new-one-9-x", "password2": "a-new-one-9-x", "usable_password": "true"}
    user = firm.people[Role.OBSERVER]
    firm.browser(Role.ADMIN).post(reverse("admin:auth_user_password_change", args=[user.pk]), data)
    assert User.objects.get(pk=user.pk).check_password("a-new-one-9-x")
