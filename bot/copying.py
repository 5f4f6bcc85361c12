"""Copy a client's file from Telegram to the object storage, one at a time, outside any transaction (FIL-02)."""

from datetime import datetime

import structlog
from django.db import transaction
from telegram.error import TelegramError

from bot.notices import files_of, refresh_notices
from bot.receipts import refresh_receipt
from bot.telegram_reads import FileGone, FileTooBig, fetch_file
from templates_app.filing import TELEGRAM_LIMIT
from templates_app.models import ReceivedFile
from templates_app.services.copying import claim_copy, keep, leave, postpone

log = structlog.get_logger(__name__)
Why = ReceivedFile.Why
GONE_AFTER = 8  # tries within an hour: «wrong file_id or the file is temporarily unavailable» may mean either


def copy_next(now: datetime) -> bool:
    """Copy the file that has waited longest; return whether there was one."""
    file = claim_copy(now)
    if file is None:
        return False
    try:
        is_news = _copy(file, now)
    except Exception as error:  # one file of many; what fails is tried again
        log.warning("a file is not copied yet", file=file.pk, exc_info=not isinstance(error, TelegramError))
        postpone(file, f"{type(error).__name__}: {error}", now=now)
        return True
    if is_news:
        _retell(file)
    return True


@transaction.atomic
def _retell(file: ReceivedFile) -> None:
    """Let the receipt and the notices say what is known now: the file came before, or is not kept."""
    refresh_receipt(file)
    refresh_notices(files_of(file))


def _copy(file: ReceivedFile, now: datetime) -> bool:
    try:
        content = fetch_file(file.telegram_file_id, limit=TELEGRAM_LIMIT)
    except FileTooBig:
        return leave(file, Why.TELEGRAM_LIMIT)
    except FileGone:
        if file.copy_attempts < GONE_AFTER:
            raise
        return leave(file, Why.GONE)
    return keep(file, content, now=now)
