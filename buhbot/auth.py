"""Rights come from the role's group, besides any groups added by hand (RBAC-01)."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import Exists, Q, QuerySet

from buhbot.acting import as_session
from buhbot.models import Preference, Role, User


class RoleBackend(ModelBackend):
    """Django's backend, with the group that is named like the person's role."""

    def authenticate(self, *args: Any, **kwargs: Any) -> Any:
        with as_session():
            return super().authenticate(*args, **kwargs)

    def get_user(self, user_id: int) -> User | None:
        """Return the active person; `needs_code` says whether administrators need a second factor (SEC-05)."""
        demand = Preference.objects.filter(key="admins_need_second_factor", value=True)
        with as_session():
            return User.objects.annotate(needs_code=Exists(demand)).filter(pk=user_id, is_active=True).first()

    def _get_user_permissions(self, user_obj: User) -> QuerySet[Permission]:
        """Nobody has rights of their own: they are a group's, so that the groups tell all (and one query does)."""
        return Permission.objects.none()

    def _get_group_permissions(self, user_obj: User) -> QuerySet[Permission]:
        added = user_obj.groups.exclude(name__in=Role.values)  # nobody has a second role
        groups = Q(group__name=user_obj.role) | Q(group__in=added)
        return Permission.objects.filter(groups).distinct()
