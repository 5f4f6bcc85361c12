"""Tie people to Telegram and note whether they can be reached."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from buhbot.models import Chat, StaffLink, User
from buhbot.preferences import preferences
from buhbot.services.tokens import hash_of, new_token


class LinkUnknown(Exception):
    """No such link was made."""


class LinkUsed(Exception):
    """The link has done its work already."""


class LinkExpired(Exception):
    """The link is older than it may be."""


class LinkedAlready(Exception):
    """The person has a Telegram account already, or is switched off."""


class TelegramAccountTaken(Exception):
    """The Telegram account belongs to another person of the firm."""


@transaction.atomic
def create_staff_link(user: User, *, now: datetime) -> str:
    """Make a one-time link for the person and return its token; it is not kept and cannot be shown again (STF-01).

    Older unused links of the person stop working.
    """
    StaffLink.objects.filter(user=user, used_at=None).delete()
    token = new_token()
    StaffLink.objects.create(
        user=user, token_hash=hash_of(token), created_at=now, expires_at=now + link_lifetime()
    )
    return token


def link_lifetime() -> timedelta:
    """Return for how long a new link is valid."""
    return timedelta(days=preferences().staff_link_days)


@transaction.atomic
def link_staff(token: str, *, telegram_id: int, username: str, now: datetime) -> User:
    """Store the Telegram account that pressed the link (STF-01).

    Raises LinkUnknown, LinkUsed, LinkExpired, or TelegramAccountTaken.
    """
    link = (
        StaffLink.objects.select_for_update().select_related("user").filter(token_hash=hash_of(token)).first()
    )
    if link is None or not link.user.is_active:
        raise LinkUnknown
    if link.used_at is not None:
        raise LinkUsed
    if link.expires_at <= now:
        raise LinkExpired
    user = link.user
    user.telegram_id, user.telegram_username = telegram_id, username
    user.unreachable_since, user.unreachable_reason = None, ""
    try:
        with transaction.atomic():
            user.save(
                update_fields=["telegram_id", "telegram_username", "unreachable_since", "unreachable_reason"]
            )
    except IntegrityError:
        raise TelegramAccountTaken from None
    link.used_at = now
    link.save(update_fields=["used_at"])
    return user


@transaction.atomic
def link_account(user: User, *, telegram_id: int, now: datetime) -> None:
    """Store the Telegram account of somebody who was seen in a chat (ADM-04).

    The bot can write to people only who pressed Start; until then the person counts as unreachable (ALR-08).
    Raises LinkedAlready or TelegramAccountTaken.
    """
    person = User.objects.select_for_update().get(pk=user.pk)
    if person.telegram_id is not None or not person.is_active:
        raise LinkedAlready
    private = Chat.objects.filter(telegram_id=telegram_id, life_cycle=Chat.LifeCycle.ACTIVE)
    person.telegram_id = telegram_id
    person.unreachable_since = None if private.exists() else now
    person.unreachable_reason = ""
    try:
        with transaction.atomic():
            person.save(update_fields=["telegram_id", "unreachable_since", "unreachable_reason"])
    except IntegrityError:
        raise TelegramAccountTaken from None


def unlink_staff(user: User) -> None:
    """Forget the person's Telegram account; nothing is sent to it any more (STF-01)."""
    User.objects.filter(pk=user.pk).update(telegram_id=None, telegram_username="")


def mark_person_unreachable(user: User, *, reason: str, now: datetime) -> None:
    """Note that private messages to the person do not arrive (OUT-04, ALR-08)."""
    User.objects.filter(pk=user.pk, unreachable_since=None).update(
        unreachable_since=now, unreachable_reason=reason[:200]
    )


def mark_person_reachable(user: User) -> None:
    """Note that a private message arrived, or that the person wrote to the bot."""
    User.objects.filter(pk=user.pk, unreachable_since__isnull=False).update(
        unreachable_since=None, unreachable_reason=""
    )


def note_menu(user: User, mark: str) -> None:
    """Note which menu of commands Telegram shows the person (BOT-08)."""
    User.objects.filter(pk=user.pk).update(menu_shown=mark)
    user.menu_shown = mark
