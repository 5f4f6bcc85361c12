"""What clients read in private: the greeting, the menu, what is stored of them, the end of surveys (CLI-01, CLI-09)."""

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bot.texts.commands import COMMANDS
from bot.texts.words import bold


def greeting() -> str:
    return "\n\n".join(
        [
            _("Hello! This is the bot of your accountants. It sees to it that your questions are answered."),
            menu(),
        ]
    )


def menu() -> str:
    """Say what the bot can do for a client."""
    lines = [f"/{command.name} — {escape(command.description)}" for command in COMMANDS["all_private_chats"]]
    return "\n".join([bold(_("What I can do for you")), *lines])


def privacy_button() -> str:
    return _("🔒 My data")


def privacy(
    *, years: int, inbox_days: int, outbox_days: int, backup_weeks: int, has_language_model: bool
) -> str:
    """Say what is stored, why, how long, who sees it, and how it is erased (CLI-09, SEC-14)."""
    parts = [
        bold(_("🔒 What we store of you")),
        _(
            "What: messages of the chats with our firm, your name and number in Telegram, the files you send, your"
            " answers to surveys."
        ),
        _("Why: so that no question stays without an answer, and to make our service better."),
        _kept(years, inbox_days, outbox_days),
        _("Who sees it: the staff of the firm who look after your chat, and their managers."),
    ]
    if has_language_model:
        parts.append(
            _(
                "Doubtful messages are judged by a language model; phone numbers, tax ids, cards, accounts and e-mails"
                " are hidden from it."
            )
        )
    parts += [
        _("Erasing: write to your accountant that you want your data erased; an administrator does it."),
        _not_erased(backup_weeks),
        _("/stop — no more surveys and broadcasts."),
    ]
    return "\n\n".join(parts)


def _kept(years: int, inbox_days: int, outbox_days: int) -> str:
    kept = ngettext("%(count)d year", "%(count)d years", years) % {"count": years}
    technical = max(inbox_days, outbox_days)
    records = ngettext("%(count)d day", "%(count)d days", technical) % {"count": technical}
    return _(
        "How long: %(kept)s; technical records at most %(records)s, those of failures until they are"
        " dealt with. Open requests stay until they are answered."
    ) % {
        "kept": kept,
        "records": records,
    }


def _not_erased(backup_weeks: int) -> str:
    weeks = ngettext("%(count)d week", "%(count)d weeks", backup_weeks) % {"count": backup_weeks}
    return _(
        "Not erased by us: what stands in the chats of Telegram itself; delete it there. Backups hold what was erased"
        " for %(weeks)s more."
    ) % {"weeks": weeks}


def stopped() -> str:
    return _(
        "Done: I send you no more surveys, and no broadcasts to this chat. If you change your mind, tell your"
        " accountant."
    )


def stopped_already() -> str:
    return _(
        "I send you neither surveys nor broadcasts already. If you change your mind, tell your accountant."
    )


def no_surveys_for_staff() -> str:
    return _("Surveys and broadcasts are for clients; you get none.")
