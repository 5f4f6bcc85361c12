"""What is said of absences: to who is away, to who stands in, to managers of chats without anybody (STF-03)."""

from collections.abc import Sequence
from datetime import date

from django.utils.html import escape
from django.utils.translation import gettext as _

from bot.texts.words import admin_link, bold

SHOWN_CHATS = 10


def days(first: date, last: date) -> str:
    """Write the days, both included, as shortly as they can be read."""
    if first == last:
        return f"{first:%d.%m.%Y}"
    return (
        f"{first:%d.%m}–{last:%d.%m.%Y}" if first.year == last.year else f"{first:%d.%m.%Y}–{last:%d.%m.%Y}"
    )


def how_to() -> str:
    """Show how the command is written; dates may be written as people do, too."""
    example = "/absence 2026-12-01 2026-12-14 @name"
    return "\n".join(
        [
            _("Write the first and the last day, and who stands in:"),
            f"<code>{example}</code>",
            _(
                "Dates may be written as 01.12.2026 too; one date means one day. Without a name nobody stands in."
            ),
        ]
    )


def entered(when: str, substitute: str, chats: int) -> str:
    """Confirm an absence to who is away."""
    lines = [_("🌴 You are away: %(days)s.") % {"days": bold(when)}]
    if substitute:
        told = _("Stands in: %(name)s. Alerts of your chats go there, and answers count (chats: %(count)d).")
    else:
        told = _(
            "Nobody stands in (your chats: %(count)d). Where no other accountant is, managers get the alerts."
        )
    lines.append(told % {"name": bold(substitute), "count": chats})
    return "\n".join([*lines, _("/absence shows what is entered and cancels it.")])


def listed(lines: Sequence[tuple[str, str]]) -> str:
    """List present and coming absences: the days, and who stands in."""
    if not lines:
        return "\n".join([_("No absence is entered for you."), how_to()])
    rows = [
        f"• {bold(when)} · "
        + (_("stands in: %(name)s") % {"name": escape(name)} if name else _("nobody stands in"))
        for when, name in lines
    ]
    return "\n".join([_("🌴 You are away:"), *rows])


def cancel_button(when: str) -> str:
    return _("Cancel: %(days)s") % {"days": when}


def cancelled_toast() -> str:
    return _("Cancelled: you are back")


def over_toast() -> str:
    return _("This absence is over or was cancelled already")


def refusal_toast() -> str:
    return _("Only who is away can cancel it")


def not_for_observers() -> str:
    return _("You look after no chats, so that nothing need be entered when you are away.")


def bad_days() -> str:
    return "\n".join([_("I could not read the dates."), how_to()])


def days_reversed() -> str:
    return _(
        "The last day comes before the first one. Send the command again with the dates the other way round."
    )


def days_over() -> str:
    return _("These days are over. Enter an absence that ends today or later.")


def days_too_far() -> str:
    return _("The last day is more than four years ahead. Check the year.")


def overlaps(when: str) -> str:
    told = _("You are away on some of these days already: %(days)s.") % {"days": bold(when)}
    return f"{told}\n" + _("Cancel that first: /absence shows it with a button.")


def unknown_substitute(name: str) -> str:
    told = _("I know nobody of the firm as %(name)s.") % {"name": bold(name)}
    return f"{told}\n" + _("Write the Telegram name of a colleague who has linked the account: @name.")


def substitute_is_oneself() -> str:
    return _("You cannot stand in for yourself. Name a colleague, or nobody.")


def substitute_not_linked(name: str) -> str:
    return _(
        "The bot cannot write to %(name)s, so that alerts would be lost. Let the person press the link of the"
        " administrator or write to the bot first, or name somebody else."
    ) % {"name": bold(name)}


def you_stand_in(name: str, when: str, chats: Sequence[str]) -> str:
    """Tell the substitute whom and where they stand in for."""
    lines = [_("🔁 You stand in for %(name)s: %(days)s.") % {"name": bold(name), "days": bold(when)}]
    lines.append(_("Alerts about these chats come to you, and your answers there count:"))
    return "\n".join([*lines, *_shown(chats)])


def you_stand_in_no_more(name: str, when: str) -> str:
    return _("🔁 %(name)s: you do not stand in any more (%(days)s).") % {
        "name": escape(name),
        "days": escape(when),
    }


def nobody_there(name: str, when: str, chats: Sequence[str]) -> str:
    """Tell managers of chats whose accountants are all away (STF-03, principle 11)."""
    lines = [
        _("⚠️ %(name)s is away (%(days)s), and nobody stands in.")
        % {"name": bold(name), "days": escape(when)},
        _("No accountant is there for these chats; their alerts come to you:"),
        *_shown(chats),
        _("Name a substitute on the page of absences in Admin."),
    ]
    link = admin_link("buhbot/absence/")
    return "\n".join([*lines, escape(link)] if link else lines)


def _shown(chats: Sequence[str]) -> list[str]:
    rows = [f"• {escape(name)}" for name in chats[:SHOWN_CHATS]]
    more = len(chats) - SHOWN_CHATS
    return [*rows, _("and %(count)d more") % {"count": more}] if more > 0 else rows or ["—"]
