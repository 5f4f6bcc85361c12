"""Queue many messages at once: notices of alerts, what goes to many clients, what administrators are told."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.keyboards import Keyboard
from bot.models import OutgoingMessage
from bot.outbox.messages import queue_message
from bot.outbox.rows import make_row
from bot.payloads import in_reply_to, said
from buhbot.models import Chat, Role, User
from sla.models import Alert

Audience = OutgoingMessage.Audience
Method = OutgoingMessage.Method
Priority = OutgoingMessage.Priority
Telling = OutgoingMessage.alerts.through


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to somebody of the firm, or to its team chat, that tells of alerts (ALR-08)."""

    to: Chat | User
    text: str
    alerts: Sequence[Alert]
    keyboard: Keyboard = ()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class ClientLetter:
    """A message to a chat of clients, one of many that go out at leisure: of a survey or broadcast (SUR-04, STF-05).

    The key is unique for ever.
    """

    to: Chat
    text: str
    keyboard: Keyboard
    subject: str
    dedupe_key: str
    reply_to_message_id: int | None = None


def queue_letters(letters: Sequence[ClientLetter]) -> list[OutgoingMessage]:
    """Queue many messages to clients at once, after everything else (OUT-02); return the rows in their order.

    Raises WrongAudience (OUT-06), IntegrityError for a dedupe key that is known.
    """
    return OutgoingMessage.objects.bulk_create([_letter(letter) for letter in letters])


def queue_copies(copies: Sequence[ClientLetter]) -> None:
    """Queue clients' copies of a survey or broadcast, all at once, behind everything else (OUT-02, STF-05).

    One that was queued before is not queued again. Raises WrongAudience (OUT-06).
    """
    OutgoingMessage.objects.bulk_create([_letter(copy) for copy in copies], ignore_conflicts=True)


def _letter(letter: ClientLetter) -> OutgoingMessage:
    payload = said(letter.text, letter.keyboard) | in_reply_to(letter.reply_to_message_id)
    row = make_row(
        letter.to,
        audience=Audience.CLIENT,
        method=Method.SEND,
        payload=payload,
        priority=Priority.SURVEY,
    )
    row.subject, row.dedupe_key = letter.subject, letter.dedupe_key
    return row


def queue_notices(notices: Sequence[Notice]) -> None:
    """Queue what tells of alerts, all at once, and record each alert's delivery by it (ALR-08).

    Raises WrongAudience (OUT-06).
    """
    rows = OutgoingMessage.objects.bulk_create([_notice(notice) for notice in notices])
    tellings = [
        Telling(outgoingmessage=row, alert=alert)
        for row, notice in zip(rows, notices, strict=True)
        for alert in notice.alerts
    ]
    Telling.objects.bulk_create(tellings)


def _notice(notice: Notice) -> OutgoingMessage:
    row = make_row(
        notice.to,
        audience=Audience.STAFF if isinstance(notice.to, User) else Audience.TEAM_CHAT,
        method=Method.SEND,
        payload=said(notice.text, notice.keyboard),
        priority=Priority.ALERT,
    )
    row.subject = notice.subject
    row.due_at = min((alert.instant for alert in notice.alerts), default=None)
    return row


def queue_for_admins(text: str, *, dedupe_key: str, subject: str = "") -> int:
    """Queue a notice for every administrator who can be reached; return how many there are."""
    admins = User.objects.filter(
        role=Role.ADMIN, is_active=True, telegram_id__isnull=False, unreachable_since=None
    )
    for admin in admins:
        queue_message(
            admin,
            audience=Audience.STAFF,
            text=text,
            priority=Priority.ALERT,
            subject=subject,
            dedupe_key=f"{dedupe_key}:{admin.pk}",
        )
    return len(admins)
