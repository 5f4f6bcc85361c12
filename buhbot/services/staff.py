"""Accounts of the firm's people: what a change of one must not break (RBAC-04)."""

from django.db import transaction

from buhbot.models import Assignment, Role, User
from buhbot.selectors import chats_left_alone


class LastAdmin(Exception):
    """The person is the only active administrator; nobody could manage the firm any more."""


class ChatsLeftAlone(Exception):
    """Chats would be without an accountant; a successor is needed."""


@transaction.atomic
def save_staff(user: User, *, successor: User | None = None) -> User:
    """Save an account as it was changed; of a person who is switched off, hand the chats to the successor (RBAC-04).

    Raises LastAdmin, or ChatsLeftAlone when a successor is missing.
    """
    require_another_admin(user)
    if user.pk is not None and not user.is_active:
        if successor is None and chats_left_alone(user).exists():
            raise ChatsLeftAlone
        if successor is not None:
            hand_over(user, to=successor)
    user.save()
    return user


def require_another_admin(user: User) -> None:
    """Raise LastAdmin when nobody but this changed account is an active administrator (RBAC-04).

    Locks the administrators until the transaction ends, so that two cannot demote each other at once.
    """
    if user.pk is None or (user.role == Role.ADMIN and user.is_active):
        return
    admins = User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True)
    if list(admins.order_by("pk").values_list("pk", flat=True)) == [user.pk]:
        raise LastAdmin


@transaction.atomic
def hand_over(user: User, *, to: User) -> int:
    """Give the successor every duty that the person has; return how many (RBAC-04)."""
    duties = list(Assignment.objects.filter(user=user).order_by("pk"))
    Assignment.objects.filter(user=user).delete()
    for duty in duties:
        taken, is_new = Assignment.objects.get_or_create(
            chat=duty.chat, user=to, duty=duty.duty, defaults={"is_primary": duty.is_primary}
        )
        if not is_new and duty.is_primary:
            taken.is_primary = True
            taken.save(update_fields=["is_primary"])
    return len(duties)
