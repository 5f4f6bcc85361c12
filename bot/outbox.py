"""Queue what Telegram is to be told: rows that the sender turns into calls after the commit (OUT-01).

Every function checks that the audience fits the address (OUT-06) and writes in the caller's transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from bot.keyboards import Keyboard, Menu, menu_markup
from bot.models import OutgoingMessage
from bot.payloads import caption as caption_of
from bot.payloads import in_reply_to, said, said_by
from buhbot.models import Chat, Role, User
from sla.models import Alert

Audience = OutgoingMessage.Audience
Method = OutgoingMessage.Method
Priority = OutgoingMessage.Priority
Telling = OutgoingMessage.alerts.through

MAX_TOAST = 200
SUGGESTIONS_SECONDS = 5  # for how long Telegram may offer the same again
GENERAL_TOPIC = 1  # Telegram refuses this id in a call, though it names the topic


class WrongAudience(ValueError):
    """The address is not of the audience: a client would see an internal notice (OUT-06)."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to somebody of the firm, or to its team chat, that tells of alerts (ALR-08)."""

    to: Chat | User
    text: str
    alerts: Sequence[Alert]
    keyboard: Keyboard = ()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """A client's copy of what goes to many; the key is unique for ever (STF-05, SUR-04)."""

    to: Chat
    text: str
    keyboard: Keyboard
    subject: str
    key: str


@dataclass(frozen=True, slots=True)
class ClientLetter:
    """A message to a chat of clients, one of many that go out at leisure: of a survey (SUR-04)."""

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


def _letter(letter: ClientLetter) -> OutgoingMessage:
    payload = said(letter.text, letter.keyboard) | in_reply_to(letter.reply_to_message_id)
    row = _row(
        letter.to,
        audience=Audience.CLIENT,
        method=Method.SEND,
        payload=payload,
        priority=Priority.SURVEY,
    )
    row.subject, row.dedupe_key = letter.subject, letter.dedupe_key
    return row


def queue_message(
    to: Chat | User,
    *,
    audience: str,
    text: str,
    keyboard: Keyboard = (),
    menu: Menu = (),
    reply_to_message_id: int | None = None,
    topic_id: int = 0,
    priority: int = Priority.REPLY,
    subject: str = "",
    dedupe_key: str | None = None,
    due_at: datetime | None = None,
    wait: timedelta | None = None,
    asks_reply: bool = False,
) -> OutgoingMessage | None:
    """Queue a message of Telegram HTML, in which every inserted value is escaped already (OUT-07).

    Returns None when a row with the dedupe key exists. `due_at` is the instant that the message tells of
    (TIM-02). `menu` stays below a private chat, and leaves no room for buttons (CLI-01). `wait` keeps the message back
    for so long; `asks_reply` lets the person answer it. Raises WrongAudience (OUT-06).
    """
    payload = said(text, keyboard)
    if menu:
        payload["reply_markup"] = menu_markup(menu)
    if asks_reply:
        payload["reply_markup"] = {"force_reply": True}
    payload |= in_reply_to(reply_to_message_id)
    if topic_id not in {0, GENERAL_TOPIC}:
        payload["message_thread_id"] = topic_id
    row = _row(to, audience=audience, method=Method.SEND, payload=payload, priority=priority)
    row.subject, row.due_at = subject, due_at
    if wait is not None:
        row.not_before = Now() + wait  # on the database's clock, as the sender counts
    return _store(row, dedupe_key)


@dataclass(frozen=True, slots=True)
class Source:
    """A message to be copied: Telegram's ids of its chat and of itself."""

    chat_id: int
    message_id: int


def queue_copy(
    to: Chat | User,
    source: Source,
    *,
    audience: str,
    caption: str | None = None,
    reply_to_message_id: int | None = None,
    subject: str = "",
    dedupe_key: str | None = None,
) -> OutgoingMessage | None:
    """Queue a copy of somebody's message, as the bot's own (CLI-10).

    `caption` of Telegram HTML takes the place of the original one. Returns None when a row with the dedupe key exists.
    Raises WrongAudience (OUT-06).
    """
    payload: dict[str, object] = {"from_chat_id": source.chat_id, "message_id": source.message_id}
    if caption is not None:
        payload |= caption_of(caption, ())
    payload |= in_reply_to(reply_to_message_id)
    row = _row(to, audience=audience, method=Method.COPY, payload=payload, priority=Priority.REPLY)
    row.subject = subject
    return _store(row, dedupe_key)


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


def queue_copies(copies: Sequence[Copy]) -> None:
    """Queue clients' copies of a survey or broadcast, all at once, behind everything else (OUT-02).

    One that was queued before is not queued again. Raises WrongAudience (OUT-06).
    """
    OutgoingMessage.objects.bulk_create([_copy(copy) for copy in copies], ignore_conflicts=True)


def _copy(copy: Copy) -> OutgoingMessage:
    payload = said(copy.text, copy.keyboard)
    row = _row(
        copy.to,
        audience=Audience.CLIENT,
        method=Method.SEND,
        payload=payload,
        priority=Priority.SURVEY,
    )
    row.subject, row.dedupe_key = copy.subject, copy.key
    return row


def _notice(notice: Notice) -> OutgoingMessage:
    row = _row(
        notice.to,
        audience=Audience.STAFF if isinstance(notice.to, User) else Audience.TEAM_CHAT,
        method=Method.SEND,
        payload=said(notice.text, notice.keyboard),
        priority=Priority.ALERT,
    )
    row.subject = notice.subject
    row.due_at = min((alert.instant for alert in notice.alerts), default=None)
    return row


def queue_edit(
    original: OutgoingMessage, *, text: str, keyboard: Keyboard = (), dedupe_key: str | None
) -> OutgoingMessage | None:
    """Queue a new text (of a copy: caption) and keyboard for a message of ours, whether it was sent already or not.

    It goes where the original went; an older edit that still waits is not made any more. Returns None when
    a row with the dedupe key exists. Raises WrongAudience when the address left its audience (OUT-06).
    """
    return _store(edit_of(original, text=text, keyboard=keyboard), dedupe_key)


def edit_of(original: OutgoingMessage, *, text: str, keyboard: Keyboard = ()) -> OutgoingMessage:
    """Return the row of an edit, not stored yet. Raises WrongAudience (OUT-06)."""
    is_copy = original.method == Method.COPY
    row = _row(
        address_of(original),
        audience=original.audience,
        method=Method.CAPTION if is_copy else Method.EDIT,
        payload=said_by(original, text, keyboard),
        priority=original.priority,
    )
    row.subject, row.edits = original.subject, original
    return row


def rewrite(message: OutgoingMessage, *, text: str, keyboard: Keyboard = ()) -> None:
    """Give a locked message that is still queued another content; the caller stores it."""
    message.payload = said(text, keyboard)


def retell(message: OutgoingMessage, *, text: str, keyboard: Keyboard = ()) -> None:
    """Let a locked message of ours say something else: as it leaves, or by an edit when it has left already.

    One that failed stays as it is. Raises WrongAudience when the address left its audience (OUT-06).
    """
    if message.state == OutgoingMessage.State.QUEUED:
        kept = {key: value for key, value in message.payload.items() if key != "reply_markup"}
        message.payload = kept | said_by(message, text, keyboard)
        message.save(update_fields=["payload"])
    elif message.state in {OutgoingMessage.State.SENDING, OutgoingMessage.State.SENT}:
        last = message.edits_made.order_by("-pk").first() or message
        content = said_by(message, text, keyboard)
        if any(last.payload.get(key) != content.get(key) for key in ("text", "caption", "reply_markup")):
            queue_edit(message, text=text, keyboard=keyboard, dedupe_key=None)


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


def queue_button_answer(
    to: Chat | User, *, audience: str, query_id: str, text: str = "", is_alert: bool = False
) -> OutgoingMessage:
    """Queue the answer to a press: a toast of plain text, or a window. It overtakes everything (OUT-01).

    `to` is where the button was pressed. Raises WrongAudience (OUT-06).
    """
    toast = text if len(text) <= MAX_TOAST else text[: MAX_TOAST - 1].rstrip() + "…"
    payload: dict[str, object] = {"callback_query_id": query_id, "text": toast, "show_alert": is_alert}
    row = _row(to, audience=audience, method=Method.ANSWER, payload=payload, priority=Priority.ANSWER)
    row.save(force_insert=True)
    return row


def queue_suggestions(to: User, *, query_id: str, results: list[dict[str, object]]) -> OutgoingMessage:
    """Queue what a staff member is offered while typing `@bot …`; it is of use for seconds only (TPL-02, OUT-01)."""
    payload: dict[str, object] = {
        "inline_query_id": query_id,
        "results": results,
        "cache_time": SUGGESTIONS_SECONDS,
        "is_personal": True,
    }
    row = _row(to, audience=Audience.STAFF, method=Method.INLINE, payload=payload, priority=Priority.ANSWER)
    row.save(force_insert=True)
    return row


def queue_deletion(
    chat: Chat | User, *, audience: str, message_id: int, said_in: int | None = None
) -> OutgoingMessage:
    """Queue the deletion of a message, ours or not, by Telegram's id. Raises WrongAudience (OUT-06).

    `said_in` is Telegram's id of the chat at the time: in the supergroup that it becomes the id means another message.
    """
    payload: dict[str, object] = {"message_id": message_id}
    row = _row(chat, audience=audience, method=Method.DELETE, payload=payload, priority=Priority.REPLY)
    row.telegram_chat_id = said_in
    row.save(force_insert=True)
    return row


def address_of(row: OutgoingMessage) -> Chat | User:
    """Return the chat or the person that the row goes to."""
    address = row.chat or row.recipient
    if address is None:
        raise WrongAudience(f"row {row.pk} has no address")
    return address


def _row(
    to: Chat | User, *, audience: str, method: str, payload: dict[str, object], priority: int
) -> OutgoingMessage:
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


def _store(row: OutgoingMessage, dedupe_key: str | None) -> OutgoingMessage | None:
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
