"""Reads of the ground floor; every list starts from what the person may see (RBAC-02)."""

from django.db.models import QuerySet

from buhbot.models import Chat, Role, User


def visible_chats(user: User) -> QuerySet[Chat]:
    """Return the chats that the person may see: all of them, or the accountant's own (RBAC-02)."""
    if not user.is_active:
        return Chat.objects.none()
    if user.role == Role.ACCOUNTANT:
        return Chat.objects.filter(pk__in=user.assignments.values("chat"))
    return Chat.objects.all()
