"""What each person wants to be told of (STF-06)."""

from collections.abc import Collection

from django.db import transaction

from buhbot.models import Notice, Role, User

IN_CHARGE = frozenset({Role.ADMIN, Role.MANAGER})


class NoticeLocked(Exception):
    """A manager locked the switch; the person cannot change it."""


class NotInCharge(Exception):
    """Somebody else's switches, and all locks, are for managers and administrators."""


@transaction.atomic
def set_notice(user: User, notice: str, *, wants: bool, by: User) -> None:
    """Switch what the person is told of. Raises NotInCharge, or NoticeLocked for one's own locked switch (STF-06)."""
    locked = User.objects.filter(pk=user.pk).values_list("locked_notices", flat=True).get()
    if by.pk != user.pk and by.role not in IN_CHARGE:
        raise NotInCharge
    if by.pk == user.pk and notice in locked and by.role != Role.ADMIN:
        raise NoticeLocked
    column = f"wants_{Notice(notice)}"
    User.objects.filter(pk=user.pk).update(**{column: wants})
    setattr(user, column, wants)


@transaction.atomic
def lock_notices(user: User, locked: Collection[str], *, by: User) -> None:
    """Say which switches the person cannot change. Raises NotInCharge (STF-06)."""
    if by.role not in IN_CHARGE or (by.pk == user.pk and by.role != Role.ADMIN):
        raise NotInCharge
    user.locked_notices = [notice.value for notice in Notice if notice in locked]
    User.objects.filter(pk=user.pk).update(locked_notices=user.locked_notices)
