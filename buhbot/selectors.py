"""Reads of the ground floor; every list starts from what the person may see (RBAC-02)."""

from django.db.models import Q, QuerySet

from buhbot.models import Assignment, Chat, Message, Role, User

FULL_SIGHT = frozenset({Role.ADMIN, Role.MANAGER})


def visible_chats(user: User) -> QuerySet[Chat]:
    """Return the chats that the person may see: all of them, or the accountant's own (RBAC-02)."""
    if not user.is_active:
        return Chat.objects.none()
    if user.role == Role.ACCOUNTANT:
        return Chat.objects.filter(pk__in=user.assignments.values("chat"))
    return Chat.objects.all()


def visible_messages(user: User) -> QuerySet[Message]:
    """Return the messages that the person may read: those of the visible chats; observers read none (RBAC-02)."""
    if user.role == Role.OBSERVER:
        return Message.objects.none()
    return Message.objects.filter(chat__in=visible_chats(user))


def visible_staff(user: User) -> QuerySet[User]:
    """Return the accounts that the person may look at: managers and administrators all, others their own."""
    return User.objects.filter(Q() if user.role in FULL_SIGHT else Q(pk=user.pk))


def visible_assignments(user: User) -> QuerySet[Assignment]:
    """Return who does what in the visible chats; an observer sees no persons (RBAC-02)."""
    if user.role == Role.OBSERVER:
        return Assignment.objects.none()
    return Assignment.objects.filter(chat__in=visible_chats(user))


def chats_left_alone(user: User) -> QuerySet[Chat]:
    """Return the chats in which the person is the only active accountant (RBAC-04)."""
    accountants = Assignment.objects.filter(duty=Assignment.Duty.ACCOUNTANT, user__is_active=True)
    return Chat.objects.filter(pk__in=accountants.filter(user=user).values("chat")).exclude(
        pk__in=accountants.exclude(user=user).values("chat")
    )
