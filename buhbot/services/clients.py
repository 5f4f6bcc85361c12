"""What clients choose for themselves in the bot."""

from datetime import datetime

from django.db import transaction

from buhbot.models import Chat, SurveyOptOut


def opt_out_of_surveys(telegram_id: int, *, name: str, now: datetime) -> bool:
    """Note that the person wants no surveys; False: that was known (CLI-09, SUR-11)."""
    _, is_new = SurveyOptOut.objects.get_or_create(
        telegram_id=telegram_id, defaults={"name": name[:255], "since": now}
    )
    return is_new


@transaction.atomic
def opt_out_of_mailings(telegram_id: int, *, name: str, now: datetime) -> bool:
    """Note that the person wants no surveys, and no broadcasts in private; False: that was known.

    Groups are written to all the same: they are not one person's (CLI-09, STF-05).
    """
    private = Chat.objects.filter(telegram_id=telegram_id, kind=Chat.Kind.PRIVATE, takes_broadcasts=True)
    is_silenced = bool(private.update(takes_broadcasts=False))
    return opt_out_of_surveys(telegram_id, name=name, now=now) or is_silenced
