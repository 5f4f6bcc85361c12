"""Invitations: a one-time link binds a group of a client to its accountant, policy and name (CHT-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from buhbot.models import Assignment, Chat, User
from buhbot.services.tokens import hash_of, new_token
from sla.models import ChatPolicy, Invitation
from sla.rules import Obstacle
from sla.selectors import SERVING_ROLES
from sla.services.monitoring import CannotMonitor, start_monitoring
from sla.services.reevaluation import reevaluate_chat_requests

DEFAULT_HOURS, MOST_HOURS = 72, 720


class InvitationUnknown(Exception):
    """No such invitation was made, or it was taken back."""


class InvitationNotYours(Exception):
    """Who used the link is neither a manager or an administrator nor the accountant whom it names."""


class InvitationUsed(Exception):
    """The invitation has bound a group already."""


class InvitationExpired(Exception):
    """The invitation is older than it may be."""


class ChatConnected(Exception):
    """The chat is monitored already, or is the team's own; nothing was changed and the link stays good."""


@dataclass(frozen=True, slots=True)
class Connection:
    """What an invitation has bound; `obstacles` says why the chat is not monitored yet, empty: it is."""

    chat: Chat
    invitation: Invitation
    obstacles: Sequence[Obstacle]


@transaction.atomic
def create_invitation(invitation: Invitation, *, hours: int, now: datetime) -> str:
    """Store the invitation and return its token, which is not kept and cannot be shown again (CHT-03).

    Raises ValueError for hours outside of 1 to 720.
    """
    if not 1 <= hours <= MOST_HOURS:
        raise ValueError(hours)
    token = new_token()
    invitation.token_hash = hash_of(token)
    invitation.created_at, invitation.expires_at = now, now + timedelta(hours=hours)
    invitation.save(force_insert=True)
    return token


@transaction.atomic
def connect_chat(token: str, chat: Chat, *, by: User | None, now: datetime) -> Connection:
    """Bind the chat to what the invitation says and watch over it, if nothing is missing (CHT-02, CHT-03).

    `by` None is a client. Raises InvitationUnknown, InvitationNotYours, InvitationUsed, InvitationExpired, or
    ChatConnected.
    """
    invitation = _usable(token, by, now)
    chat = Chat.objects.select_for_update().get(pk=chat.pk)
    if chat.is_monitored or chat.is_team:
        raise ChatConnected
    Invitation.objects.filter(pk=invitation.pk).update(used_at=now, used_by=by, chat=chat)
    _bind(chat, invitation)
    reevaluate_chat_requests([chat.pk], now=now)
    try:
        start_monitoring(chat)
    except CannotMonitor as error:
        return Connection(chat, invitation, error.obstacles)
    return Connection(chat, invitation, ())


def _usable(token: str, by: User | None, now: datetime) -> Invitation:
    found = Invitation.objects.select_for_update(of=("self",)).select_related("accountant", "policy")
    invitation = found.filter(token_hash=hash_of(token)).first()
    if invitation is None:
        raise InvitationUnknown
    if by is None or not (by.role in SERVING_ROLES or by.pk == invitation.accountant_id):
        raise InvitationNotYours
    if invitation.used_at is not None:
        raise InvitationUsed
    if invitation.expires_at <= now:
        raise InvitationExpired
    return invitation


def _bind(chat: Chat, invitation: Invitation) -> None:
    chat.client_name = invitation.client_name
    chat.save(update_fields=["client_name"])
    if invitation.policy is not None:
        ChatPolicy.objects.update_or_create(chat=chat, defaults={"policy": invitation.policy})
    accountant = invitation.accountant
    if accountant is not None and accountant.is_active:
        duty = Assignment.Duty.ACCOUNTANT
        has_primary = chat.assignments.filter(duty=duty, is_primary=True).exists()
        Assignment.objects.get_or_create(
            chat=chat, user=accountant, duty=duty, defaults={"is_primary": not has_primary}
        )
