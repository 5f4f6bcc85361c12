"""The webhook: check the secret, store the update, answer. It talks to nothing but Postgres (BOT-01, BOT-02)."""

import structlog
from django.conf import settings
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bot.receiving import NotAnUpdate, read_update
from bot.services.inbox import receive
from buhbot.acting import acts_for_itself
from buhbot.ops.metrics import DATABASE_ERRORS, MESSAGES_RECEIVED, WEBHOOK_SIGNATURE_FAILURES

log = structlog.get_logger(__name__)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (the header's name)


class TooLarge(Exception):
    """The body is larger than any update of Telegram's."""


@acts_for_itself
@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Take an update from Telegram: 200 once it is stored, 503 while Postgres is away (BOT-01, BOT-02)."""
    if not _is_telegram(request):
        WEBHOOK_SIGNATURE_FAILURES.inc()
        return HttpResponse(status=403)
    try:
        is_new = receive(read_update(_body(request)))
    except TooLarge:
        return HttpResponse(status=413)
    except (NotAnUpdate, DataError, OSError):
        return HttpResponse(status=400)
    except (OperationalError, InterfaceError):
        DATABASE_ERRORS.inc()
        log.warning("update refused: the database is away", exc_info=True)
        return HttpResponse(status=503)
    if is_new:
        MESSAGES_RECEIVED.inc()
    return HttpResponse()


def _is_telegram(request: HttpRequest) -> bool:
    secret = settings.TELEGRAM_WEBHOOK_SECRET
    return bool(secret or settings.DEBUG) and constant_time_compare(
        request.headers.get(SECRET_HEADER, ""), secret
    )


def _body(request: HttpRequest) -> bytes:
    """Read the body, but never more than an update may have. Raises TooLarge, and OSError when it breaks off."""
    limit = settings.WEBHOOK_MAX_BYTES
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length[:20]) > limit:
        raise TooLarge
    body = request.read(limit + 1)
    if len(body) > limit:
        raise TooLarge
    return body
