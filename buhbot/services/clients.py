"""What clients choose for themselves in the bot."""

from datetime import datetime

from django.db import transaction

from buhbot.models import Chat, SurveyOptOut


@transaction.atomic
def opt_out(telegram_id: int, *, name: str, now: datetime) -> bool:
    """Note that the person wants no surveys, and no broadcasts in private; False: that was known.

    A group is written to all the same: it is not one person's (CLI-09, SUR-11, STF-05).
    """
    private = Chat.objects.filter(telegram_id=telegram_id, kind=Chat.Kind.PRIVATE, takes_broadcasts=True)
    silenced = private.update(takes_broadcasts=False)
    _, is_new = SurveyOptOut.objects.get_or_create(
        telegram_id=telegram_id, defaults={"name": name[:255], "since": now}
    )
    return is_new or bool(silenced)
