"""What administrators are told of updates that could not be processed (BOT-04)."""

from django.utils.translation import gettext as _

from bot.texts.words import admin_link, bold


def update_parked(update_id: int) -> str:
    """Say that an update was given up, and where it can be processed again."""
    told = _("The bot failed three times on update %(update)s and went on without it.") % {
        "update": bold(update_id)
    }
    return f"{told}\n{_where()}"


def many_updates_parked(count: int) -> str:
    """Say that updates fail in numbers, which has one cause as a rule."""
    told = _("%(count)s updates failed within an hour; further ones are not told one by one.") % {
        "count": bold(count)
    }
    return f"{told}\n{_where()}"


def _where() -> str:
    link = admin_link("bot/inboundupdate/?state__exact=failed")
    return _("The reason is shown in Admin, where it can be processed again.") + (f"\n{link}" if link else "")
