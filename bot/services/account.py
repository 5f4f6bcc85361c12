"""Who the bot is in Telegram, as it last told us."""

from datetime import datetime

from django.db import transaction

from bot.models import BotAccount

THE_ROW = 1


@transaction.atomic
def store_account(
    telegram_id: int, *, username: str, name: str, reads_all_messages: bool, now: datetime
) -> BotAccount:
    """Keep who the bot is; another token's bot takes the place of the former one."""
    account, _ = BotAccount.objects.update_or_create(
        pk=THE_ROW,
        defaults={
            "telegram_id": telegram_id,
            "username": username[:64],
            "name": name[:128],
            "reads_all_messages": reads_all_messages,
            "checked_at": now,
        },
    )
    return account
