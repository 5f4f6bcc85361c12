"""Delete copies that no row names any more from the object storage, which may be away for a while (SEC-14).

A copy is deleted only while no file has the same bucket and key. The storage is never called inside a transaction.
"""

from datetime import datetime, timedelta

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import QuerySet

from templates_app.models import DiscardedCopy, ReceivedFile

LEASE = timedelta(minutes=5)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)


def discard_next(now: datetime) -> bool:
    """Delete the copy that has waited longest; False: none is to be deleted now.

    A storage that is away is tried again later: after a minute, then twice as long each time, up to six hours.
    """
    copy = _claim(now)
    if copy is None:
        return False
    if _is_named(copy):
        copy.delete()
    elif not _is_being_copied(copy, now):
        _delete(copy, now)
    return True


@transaction.atomic
def _claim(now: datetime) -> DiscardedCopy | None:
    waiting = DiscardedCopy.objects.select_for_update(skip_locked=True).filter(try_after__lte=now)
    copy = waiting.order_by("try_after", "pk").first()
    if copy is not None:
        copy.try_after = now + LEASE
        copy.attempts += 1
        copy.save(update_fields=["try_after", "attempts"])
    return copy


def _delete(copy: DiscardedCopy, now: datetime) -> None:
    try:
        storages[copy.bucket].delete(copy.storage_key)
    except Exception as error:  # noqa: BLE001 (one copy of many: whatever the storage raises, it is tried again)
        wait = min(FIRST_WAIT * 2 ** min(copy.attempts - 1, 10), LONGEST_WAIT)
        copy.try_after, copy.error = now + wait, f"{type(error).__name__}: {error}"[:500]
        copy.save(update_fields=["try_after", "error"])
        return
    _heal(copy, now)


@transaction.atomic
def _heal(copy: DiscardedCopy, now: datetime) -> None:
    """Forget the copy; files that came to name it at this very moment are copied from Telegram once more."""
    _naming(copy).update(copy=ReceivedFile.Copy.WAITING, copy_after=now)
    copy.delete()


def _is_named(copy: DiscardedCopy) -> bool:
    return _naming(copy).exists()


def _naming(copy: DiscardedCopy) -> QuerySet[ReceivedFile]:
    stored = ReceivedFile.objects.filter(copy=ReceivedFile.Copy.STORED).exclude(storage_key="")
    return stored.filter(bucket=copy.bucket, storage_key=copy.storage_key)


def _is_being_copied(copy: DiscardedCopy, now: datetime) -> bool:
    """Whether a file of the same chat is on its way into the storage: it may be the same content."""
    chat = copy.storage_key.partition("/")[0]
    on_the_way = ReceivedFile.objects.filter(copy=ReceivedFile.Copy.WAITING, lease_until__gt=now)
    return chat.isdecimal() and on_the_way.filter(chat=int(chat)).exists()
