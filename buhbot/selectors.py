"""Reads of the ground floor; every list starts from what the person may see (RBAC-02)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import BigIntegerField, Count, F, Func, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from buhbot.models import Absence, Assignment, Chat, ChosenChat, Membership, Message, Role, User

FULL_SIGHT = frozenset({Role.ADMIN, Role.MANAGER})
Instant = datetime | Combinable  # `Now()` asks the database's clock, as `own_chats()` does


def visible_chats(user: User) -> QuerySet[Chat]:
    """Return the chats that the person may see: all, or those where an accountant has a duty at present (RBAC-02)."""
    if not user.is_active:
        return Chat.objects.none()
    if user.role == Role.ACCOUNTANT:
        return Chat.objects.filter(pk__in=duties_of(user, at=Now()).values("chat"))
    return Chat.objects.all()


def duties_of(user: User, *, at: Instant) -> QuerySet[Assignment]:
    """Return what the person has to do in the chats at the instant, as a substitute too (STF-03)."""
    return Assignment.objects.filter(user__in=stands_in_for(user.pk, at))


def stands_in_for(person: int | Combinable, at: Instant) -> Func:
    """Give, as a subquery, the ids of those whose duties a person has at the instant: oneself, and who is stood in for.

    A substitute who is away has a substitute in turn; the database follows the chain (STF-03).
    """
    return Func(
        person,
        at,
        function="stands_in_for",
        template="(SELECT %(function)s(%(expressions)s))",
        output_field=BigIntegerField(),
    )


def absences_at(at: Instant) -> QuerySet[Absence]:
    """Return the absences that run at the instant."""
    return Absence.objects.filter(starts_at__lte=at, ends_at__gt=at)


def away_at(at: Instant) -> dict[int, int | None]:
    """Return who is away at the instant, and who stands in; None: nobody, or one who was switched off (STF-03)."""
    rows = absences_at(at).order_by("starts_at", "pk")
    found = rows.values_list("user_id", "substitute_id", "substitute__is_active")
    return {user: substitute if is_active else None for user, substitute, is_active in found}


def visible_absences(user: User) -> QuerySet[Absence]:
    """Return the absences that the person may look at: managers and administrators all, accountants their own."""
    if user.role == Role.OBSERVER:
        return Absence.objects.none()
    return Absence.objects.filter(Q() if user.role in FULL_SIGHT else Q(user=user))


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may stand in: all that an accountant is to know of other staff."""

    pk: int
    name: str
    is_reachable: bool


def colleagues() -> list[Colleague]:
    """Return the active staff that looks after clients, whoever asks (STF-03, RBAC-02)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, is_reachable FROM colleagues()")
        return [Colleague(*row) for row in cursor.fetchall()]


def visible_messages(user: User) -> QuerySet[Message]:
    """Return the messages that the person may read: those of the visible chats; observers read none (RBAC-02)."""
    if user.role == Role.OBSERVER:
        return Message.objects.none()
    return Message.objects.filter(chat__in=visible_chats(user))


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody who wrote in a chat: the last message tells the name and what the person counted as then."""

    telegram_id: int
    count: int
    last: Message
    staff: User | None


def people_seen(chat: Chat, *, most: int) -> list[Seen]:
    """Return who wrote in the chat, the latest first, and whose staff accounts those are now (ADM-04)."""
    said = (
        chat.messages.exclude(sender_id=None)
        .values("sender_id")
        .annotate(count=Count("pk"), last_at=Max("sent_at"), last=Max("pk"))
        .order_by("-last_at")[:most]
    )
    found = list(said)
    messages = Message.objects.in_bulk([row["last"] for row in found])
    staff = {
        user.telegram_id: user
        for user in User.objects.filter(telegram_id__in=[row["sender_id"] for row in found])
    }
    return [
        Seen(row["sender_id"], row["count"], messages[row["last"]], staff.get(row["sender_id"]))
        for row in found
    ]


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


def chats_of_client(telegram_id: int) -> list[Chat]:
    """Return the monitored groups of which a client is a member as far as we know, the latest spoken in first (CLI-05).

    Known are those in which the person wrote, or of which Telegram said that the person came, and did not leave since.
    """
    said = Message.objects.filter(sender_id=telegram_id, sender=Message.Sender.CLIENT, private_with=None)
    told = Membership.objects.filter(telegram_id=telegram_id)
    here = said.filter(chat=OuterRef("pk")).order_by("-sent_at")
    seen = (
        Chat.objects.filter(Q(pk__in=said.values("chat")) | Q(pk__in=told.values("chat")))
        .filter(is_monitored=True, life_cycle=Chat.LifeCycle.ACTIVE)
        .exclude(kind=Chat.Kind.PRIVATE)
        .annotate(
            said_at=Subquery(here.values("sent_at")[:1]),
            is_member=Subquery(told.filter(chat=OuterRef("pk")).values("is_member")[:1]),
            told_at=Subquery(told.filter(chat=OuterRef("pk")).values("since")[:1]),
        )
    )
    is_there = Q(is_member=True) | Q(said_at__gt=F("told_at")) | Q(is_member=None)
    return list(seen.filter(is_there).order_by(F("said_at").desc(nulls_last=True), "pk"))


def chosen_chat(telegram_id: int, among: Sequence[Chat]) -> Chat | None:
    """Return which of the client's chats is meant: the only one, or the one chosen last; None: to be asked (CLI-05)."""
    if len(among) == 1:
        return among[0]
    chosen = ChosenChat.objects.filter(telegram_id=telegram_id).values_list("chat", flat=True).first()
    return next((chat for chat in among if chat.pk == chosen), None)


def place_of(message: Message) -> Chat:
    """Return where a client reads what the bot says to their message: in private, or in the chat itself (CLI-10)."""
    if message.private_with is None:
        return message.chat
    return Chat.objects.get(telegram_id=message.private_with)
