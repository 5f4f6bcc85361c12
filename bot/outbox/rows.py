"""Rows of the outbox: whom they may go to (OUT-06), and that none is there twice."""

from django.db import IntegrityError, transaction

from bot.models import OutgoingMessage
from buhbot.models import Chat, User

Audience = OutgoingMessage.Audience


class WrongAudience(ValueError):
    """The address is not of the audience: a client would see an internal notice (OUT-06)."""


def address_of(row: OutgoingMessage) -> Chat | User:
    """Return the chat or the person that the row goes to."""
    address = row.chat or row.recipient
    if address is None:
        raise WrongAudience(f"row {row.pk} has no address")
    return address


def make_row(
    to: Chat | User, *, audience: str, method: str, payload: dict[str, object], priority: int
) -> OutgoingMessage:
    """Return a row that is not stored yet. Raises WrongAudience (OUT-06)."""
    if not _fits(to, audience):
        raise WrongAudience(f"«{to}» is no address for the audience «{audience}»")
    return OutgoingMessage(
        method=method,
        audience=audience,
        chat=to if isinstance(to, Chat) else None,
        recipient=to if isinstance(to, User) else None,
        payload=payload,
        priority=priority,
    )


def _fits(to: Chat | User, audience: str) -> bool:
    if isinstance(to, User):
        return audience == Audience.STAFF and to.is_active and to.telegram_id is not None
    return audience == (Audience.TEAM_CHAT if to.is_team else Audience.CLIENT)


def store(row: OutgoingMessage, dedupe_key: str | None) -> OutgoingMessage | None:
    """Store the row; None: one with the dedupe key is there."""
    row.dedupe_key = dedupe_key
    if dedupe_key is None:
        row.save(force_insert=True)
        return row
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if OutgoingMessage.objects.filter(dedupe_key=dedupe_key).exists():
            return None
        raise
    return row
