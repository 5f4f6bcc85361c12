"""Copy a client's file from Telegram to the object storage, one at a time, outside any transaction (FIL-02)."""

from datetime import datetime

import structlog
from telegram.error import TelegramError

from bot.receipts import refresh_receipt
from bot.telegram_reads import FileGone, FileTooBig, fetch_file
from templates_app.filing import TELEGRAM_LIMIT
from templates_app.models import ReceivedFile
from templates_app.services.copying import claim_copy, keep, leave, postpone

log = structlog.get_logger(__name__)
Why = ReceivedFile.Why


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
        refresh_receipt(file)
    return True


def _copy(file: ReceivedFile, now: datetime) -> bool:
    try:
        content = fetch_file(file.telegram_file_id, limit=TELEGRAM_LIMIT)
    except FileTooBig:
        return leave(file, Why.TELEGRAM_LIMIT)
    except FileGone:
        return leave(file, Why.GONE)
    return keep(file, content, now=now)
