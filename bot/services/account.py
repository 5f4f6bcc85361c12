"""Who the bot is in Telegram, as it last told us."""

from datetime import datetime

from django.db import transaction

from bot.models import BotAccount


@transaction.atomic
def store_account(
    telegram_id: int, *, username: str, name: str, reads_all_messages: bool, now: datetime
) -> BotAccount:
    """Keep who the bot is; another token's bot takes the place of the former one."""
    BotAccount.objects.exclude(telegram_id=telegram_id).delete()
    account, _ = BotAccount.objects.update_or_create(
        telegram_id=telegram_id,
        defaults={
            "username": username[:64],
            "name": name[:128],
            "reads_all_messages": reads_all_messages,
            "checked_at": now,
        },
    )
    return account
