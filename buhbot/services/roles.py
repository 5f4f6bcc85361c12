"""Keep the groups of the roles in step with the code (RBAC-01)."""

from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from buhbot.models import Role
from buhbot.roles import permissions_of


class PermissionMissing(Exception):
    """A role names a permission that no model has; the message lists them."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of one group: how many rights were added, and which it has beyond the code's."""

    role: Role
    added: int
    extra: tuple[str, ...]


def sync_roles(*, using: str = "default") -> list[Synced]:
    """Make the groups of the roles and add what they lack; rights given by hand stay (RBAC-01).

    Raises PermissionMissing.
    """
    with transaction.atomic(using=using):
        known = {
            (permission.content_type.app_label, permission.codename): permission
            for permission in Permission.objects.using(using).select_related("content_type")
        }
        return [_sync(role, known, using) for role in Role]


def _sync(role: Role, known: dict[tuple[str, str], Permission], using: str) -> Synced:
    wanted = permissions_of(role)
    if missing := wanted - known.keys():
        raise PermissionMissing(", ".join(sorted(f"{app}.{codename}" for app, codename in missing)))
    group, _ = Group.objects.using(using).get_or_create(name=role.value)
    given = set(group.permissions.values_list("content_type__app_label", "codename"))
    group.permissions.add(*(known[key] for key in wanted - given))
    extra = sorted(f"{app}.{codename}" for app, codename in given - wanted)
    return Synced(role, len(wanted - given), tuple(extra))
