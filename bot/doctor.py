"""The doctor's look at Telegram: token, webhook, commands (BOT-08)."""

from collections.abc import Iterator
from datetime import datetime
from io import StringIO

from django.core.management import CommandError, call_command

from buhbot.ops.doctor import Finding, verdict


def telegram(_now: datetime) -> Iterator[Finding]:
    """Telegram knows the token, and has the webhook and the commands that we want: `set_webhook --check`."""
    trouble = ""
    try:
        call_command("set_webhook", check=True, stdout=StringIO())
    except CommandError as error:
        trouble = "; ".join(str(error).splitlines())
    hint = "Compare TELEGRAM_BOT_TOKEN with @BotFather's, then: manage.py set_webhook"
    yield verdict("telegram", trouble, fine="token, webhook and commands are as they should be", hint=hint)


CHECKS = (telegram,)
