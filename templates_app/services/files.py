"""Files of clients: noted when they come (FIL-01), and what becomes of them (FIL-04)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from buhbot.models import AuditEntry, Message, User
from buhbot.services.audit import Change, record
from templates_app.filing import fate_by_name, tidy_name
from templates_app.models import FileEvent, ReceivedFile
from templates_app.models.files import MAX_NOTE
from templates_app.selectors import SPOKEN

Copy = ReceivedFile.Copy
State = ReceivedFile.State
Why = ReceivedFile.Why
OF_THE_COPY = ("copy", "why", "bucket", "storage_key", "sha256", "copied_at")


class NoteMissing(ValueError):
    """Who returns a file says what is wrong with it."""


@transaction.atomic(savepoint=False)
def receive_file(
    message: Message, *, size_bytes: int | None, mime_type: str, now: datetime
) -> ReceivedFile | None:
    """Note the file of a client's logged message (FIL-01).

    Returns None where there is none, or it is noted already; an edit may bring another file.
    """
    is_file = message.sender == Message.Sender.CLIENT and message.kind in ReceivedFile.Kind.values
    if not is_file or not message.file_id or not message.file_unique_id:
        return None
    if message.files.filter(file_unique_id=message.file_unique_id).exists():
        return None
    file = _noted(message, size_bytes, mime_type[:100], now)
    _foresee(file, message.text)
    file.duplicate_of = _before(file)
    if file.duplicate_of is not None and _is_settled(file.duplicate_of):
        _share_copy(file, file.duplicate_of)
    file.save(force_insert=True)
    return file


def _noted(message: Message, size_bytes: int | None, mime_type: str, now: datetime) -> ReceivedFile:
    return ReceivedFile(
        chat=message.chat,
        message=message,
        kind=message.kind,
        name=tidy_name(message.file_name),
        mime_type=mime_type,
        size_bytes=size_bytes,
        telegram_file_id=message.file_id,
        file_unique_id=message.file_unique_id,
        media_group_id=message.media_group_id,
        sender_name=message.sender_name,
        received_at=message.edited_at or message.sent_at,
        registered_at=now,
        is_untold=message.kind not in SPOKEN,
        copy_after=now,
    )


def _foresee(file: ReceivedFile, caption: str) -> None:
    """Leave in Telegram what need not be fetched to know that it is not kept (FIL-02)."""
    fate = fate_by_name(file.kind, file.name, file.mime_type, caption, file.size_bytes)
    file.bucket = fate.bucket
    if fate.why:
        file.copy, file.why = Copy.LEFT, fate.why


def _before(file: ReceivedFile) -> ReceivedFile | None:
    """Return the first time that the same file came; of another client it is none of this one's business."""
    same = ReceivedFile.objects.filter(chat=file.chat, file_unique_id=file.file_unique_id)
    return same.order_by("pk").first()


def _is_settled(first: ReceivedFile) -> bool:
    """Whether the same content cannot fare better: what Telegram lost is here again, another caption allows more."""
    return first.copy != Copy.WAITING and first.why not in {Why.GONE, Why.TOO_LARGE}


def _share_copy(file: ReceivedFile, first: ReceivedFile) -> None:
    for field in OF_THE_COPY:
        setattr(file, field, getattr(first, field))


@transaction.atomic
def set_state(
    files: Collection[int], *, state: str, actor: User, now: datetime, note: str = ""
) -> list[ReceivedFile]:
    """Set the state of files and write down who did (FIL-04); return those that were in another one.

    The caller has made sure that the person may. Raises NoteMissing when returning without a word why.
    """
    said = " ".join(note.split())[:MAX_NOTE] if state == State.RETURNED else ""
    if state == State.RETURNED and not said:
        raise NoteMissing
    rows = ReceivedFile.objects.select_for_update(of=("self",)).select_related("chat").filter(pk__in=files)
    changed = [file for file in rows.order_by("pk") if (file.state, file.note) != (state, said)]
    for file in changed:
        before, file.state, file.note, file.state_at = str(file.get_state_display()), state, said, now
        file.save(update_fields=["state", "note", "state_at"])
        _audit(file, before, actor=actor, now=now)
    FileEvent.objects.bulk_create(
        FileEvent(file=file, state=state, note=said, actor=actor, at=now) for file in changed
    )
    return changed


def _audit(file: ReceivedFile, before: str, *, actor: User, now: datetime) -> None:
    change = Change(_("state"), before, str(file.get_state_display()))
    record(
        AuditEntry.Kind.DONE,
        actor=actor,
        about=file,
        name=f"{file} · {file.chat}",
        note=file.note,
        changes=[change],
        now=now,
    )


def try_again(file: ReceivedFile, *, now: datetime) -> None:
    """Let the copy that waits for its next try be made as soon as possible (FIL-02)."""
    ReceivedFile.objects.filter(pk=file.pk, copy=Copy.WAITING, copy_after__gt=now).update(copy_after=now)
