"""Groups: a role keeps its rights, and nobody has two roles."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission

from buhbot.models import Role, User
from buhbot.roles import permissions_of
from buhbot.services.roles import sync_roles
from tests.admin.firm import Firm
from tests.admin.test_staff import staff_form
from tests.admin.visits import press


def permission(codename: str) -> Permission:
    return Permission.objects.get(codename=codename)


def save(firm: Firm, group: Group, rights: list[int]) -> Any:
    return press(firm, Role.ADMIN, "auth_group_change", group.pk, name=group.name, permissions=rights)


def test_a_group_keeps_rights_that_admin_has_no_page_for(firm: Firm) -> None:  # RBAC-01
    group = Group.objects.create(name="Читатели")
    hidden, shown = permission("view_session"), permission("view_chat")
    group.permissions.add(hidden)
    assert f'value="{hidden.pk}"' in save(firm, group, [hidden.pk, shown.pk, 0]).content.decode()
    save(firm, group, [hidden.pk, shown.pk])
    assert set(group.permissions.all()) == {hidden, shown}


def test_a_role_keeps_the_rights_of_the_program(firm: Firm) -> None:  # RBAC-01
    group = Group.objects.get(name=Role.ADMIN)
    answer = save(firm, group, [permission("view_chat").pk])
    assert "Роль сохраняет свои права" in answer.content.decode()
    assert group.permissions.count() == len(permissions_of(Role.ADMIN))


def test_a_role_may_be_given_more_and_keeps_it(firm: Firm) -> None:  # RBAC-01
    group, more = Group.objects.get(name=Role.MANAGER), permission("add_tier")
    save(firm, group, [*group.permissions.values_list("pk", flat=True), more.pk])
    sync_roles()
    assert more in group.permissions.all()


def test_syncing_leaves_groups_of_the_firm_alone(firm: Firm) -> None:  # RBAC-01
    group = Group.objects.create(name="Читатели")
    group.permissions.add(permission("view_chat"))
    sync_roles()
    assert [right.codename for right in group.permissions.all()] == ["view_chat"]


def test_the_group_of_a_role_cannot_be_chosen_besides(firm: Firm) -> None:  # RBAC-01
    user = firm.people[Role.OBSERVER]
    group = Group.objects.get(name=Role.ADMIN)
    press(firm, Role.ADMIN, "buhbot_user_change", user.pk, **staff_form(user, groups=group.pk))
    assert not user.groups.exists()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER, Role.ACCOUNTANT])
def test_a_second_role_gives_no_right(firm: Firm, role: str) -> None:  # RBAC-01
    user = firm.people[Role.OBSERVER]
    user.groups.add(Group.objects.get(name=role))
    assert not User.objects.get(pk=user.pk).has_perm("sla.view_request")
