"""The copy of a file in object storage: claimed with a lease, kept, tried again (FIL-02).

Many may copy at once; a file is claimed by one of them. The key of a copy is made of its content, so that a second
upload after a crash changes nothing. The storage is never called inside a transaction.
"""

import hashlib
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Q

from templates_app.filing import fate_by_content, storage_key
from templates_app.models import ReceivedFile
from templates_app.sniffing import sniff

Copy = ReceivedFile.Copy
LEASE = timedelta(minutes=5)
MOST_AT_ONCE = 2  # the workers are wanted for timers too
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)


@transaction.atomic
def claim_copy(now: datetime) -> ReceivedFile | None:
    """Lease the file whose copy has waited longest; None: there is none, or enough are being copied."""
    waiting = ReceivedFile.objects.filter(copy=Copy.WAITING)
    if waiting.filter(lease_until__gt=now).count() >= MOST_AT_ONCE:
        return None
    free = waiting.filter(Q(lease_until=None) | Q(lease_until__lte=now), copy_after__lte=now)
    rows = free.select_for_update(skip_locked=True, of=("self",)).select_related("chat", "message")
    file = rows.order_by("copy_after", "pk").first()
    if file is not None:
        file.lease_until = now + LEASE
        file.copy_attempts += 1
        file.save(update_fields=["lease_until", "copy_attempts"])
    return file


def keep(file: ReceivedFile, content: bytes, *, now: datetime) -> bool:
    """Put the content of a claimed file where it belongs, or say why not; return whether this is news of it.

    Raises whatever the storage raises; call `postpone` then.
    """
    found = sniff(content, file.name)
    fate = fate_by_content(found, file.name, file.message.text, len(content))
    file.size_bytes, file.sha256 = len(content), hashlib.sha256(content).hexdigest()
    file.bucket = fate.bucket
    if found is None or fate.why:
        return leave(file, fate.why)
    file.mime_type = found.mime_type
    file.storage_key = storage_key(file.chat_id, file.sha256)
    if not _stored_before(file):
        copy = ContentFile(content)
        copy.content_type = found.mime_type  # type: ignore[attr-defined] # what the bucket's limits go by (DB-02)
        storages[file.bucket].save(file.storage_key, copy)
    return _store(file, now)


def _stored_before(file: ReceivedFile) -> bool:
    same = ReceivedFile.objects.filter(copy=Copy.STORED, bucket=file.bucket, storage_key=file.storage_key)
    return same.exists()


@transaction.atomic
def _store(file: ReceivedFile, now: datetime) -> bool:
    """Note where the copy is, and whether the client sent the same before (FIL-01)."""
    same = ReceivedFile.objects.filter(chat=file.chat_id, sha256=file.sha256, pk__lt=file.pk)
    before = file.duplicate_of_id
    file.duplicate_of = file.duplicate_of or same.order_by("pk").first()
    file.copy, file.copied_at, file.copy_error = Copy.STORED, now, ""
    is_ours = _write(
        file, "mime_type", "size_bytes", "sha256", "bucket", "storage_key", "duplicate_of", "copied_at"
    )
    if is_ours:  # one that came later may have been copied sooner
        later = ReceivedFile.objects.filter(chat=file.chat_id, sha256=file.sha256, pk__gt=file.pk)
        later.filter(duplicate_of=None).update(duplicate_of=file)
    return is_ours and file.duplicate_of_id != before


@transaction.atomic
def leave(file: ReceivedFile, why: str) -> bool:
    """Leave a claimed file in Telegram for good; return whether it was still ours to say."""
    file.copy, file.why, file.copy_error = Copy.LEFT, why, ""
    return _write(file, "why", "bucket", "size_bytes", "sha256")


@transaction.atomic
def postpone(file: ReceivedFile, error: str, *, now: datetime) -> None:
    """Try a claimed file again later: after 30 s, then twice as long each time, up to an hour, for ever."""
    wait = min(FIRST_WAIT * 2 ** min(file.copy_attempts - 1, 10), LONGEST_WAIT)
    file.copy, file.copy_after, file.copy_error = Copy.WAITING, now + wait, error[:500]
    _write(file, "copy_after")


def _write(file: ReceivedFile, *fields: str) -> bool:
    """Write the outcome if the lease is still ours, and give the lease back."""
    ours = ReceivedFile.objects.filter(pk=file.pk, copy=Copy.WAITING, lease_until=file.lease_until)
    values = {name: getattr(file, name) for name in ("copy", "copy_error", *fields)}
    return bool(ours.update(lease_until=None, **values))
