"""The groups of the roles and the rights they have."""

import pytest
from django.contrib.auth.models import Group, Permission

from buhbot.models import Role, User
from buhbot.roles import ROLES, permissions_of
from buhbot.services.roles import PermissionMissing, sync_roles

pytestmark = pytest.mark.django_db


def test_migrate_makes_the_four_groups_with_their_rights():  # RBAC-01
    for role in Role:
        given = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
        assert set(given) == permissions_of(role)


def test_syncing_again_changes_nothing():  # RBAC-01
    assert [synced.added for synced in sync_roles()] == [0, 0, 0, 0]


def test_rights_that_were_lost_come_back():  # RBAC-01
    Group.objects.get(name=Role.MANAGER).permissions.clear()
    sync_roles()
    assert Group.objects.get(name=Role.MANAGER).permissions.count() == len(permissions_of(Role.MANAGER))


def test_rights_given_by_hand_stay():  # RBAC-01
    added = Permission.objects.get(codename="add_chat")
    Group.objects.get(name=Role.MANAGER).permissions.add(added)
    manager = next(synced for synced in sync_roles() if synced.role == Role.MANAGER)
    assert manager.extra == ("buhbot.add_chat",)
    assert added in Group.objects.get(name=Role.MANAGER).permissions.all()


def test_a_right_that_no_model_has_is_named(monkeypatch):  # RBAC-01
    monkeypatch.setitem(ROLES, Role.OBSERVER, {"buhbot.nothing": "v"})
    with pytest.raises(PermissionMissing, match="buhbot.view_nothing"):
        sync_roles()


def test_the_role_of_a_person_names_the_group():  # RBAC-01
    observer = User.objects.create_user("o@firm.test", full_name="Ольга", role=Role.OBSERVER)
    assert observer.has_perm("buhbot.view_chat")
    assert not observer.has_perm("sla.view_request")
