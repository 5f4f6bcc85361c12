"""What clients choose for themselves in the bot."""

from datetime import datetime

from buhbot.models import SurveyOptOut


def opt_out_of_surveys(telegram_id: int, *, name: str, now: datetime) -> bool:
    """Note that the person wants no surveys; False: that was known (CLI-09, SUR-11)."""
    _, is_new = SurveyOptOut.objects.get_or_create(
        telegram_id=telegram_id, defaults={"name": name[:255], "since": now}
    )
    return is_new
