"""Who looks after a chat."""

from django.db import transaction

from buhbot.models import Assignment, Chat


@transaction.atomic
def set_primary(chat: Chat, assignment: Assignment | None) -> None:
    """Make this accountant the chat's primary one, or nobody."""
    chat.assignments.filter(is_primary=True).update(is_primary=False)
    if assignment is not None:
        chat.assignments.filter(pk=assignment.pk).update(is_primary=True)
        assignment.is_primary = True
