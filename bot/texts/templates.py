"""What staff are told of templates, always in private (TPL-02)."""

from collections.abc import Sequence

from django.utils.html import escape
from django.utils.translation import gettext as _

from bot.texts.words import bold

Named = Sequence[tuple[str, str]]  # shortcuts and titles
SHOWN_TEXT = 100


def listed(found: Named, words: str) -> str:
    """List templates by shortcut and title."""
    if not found:
        return _("No template fits «%(words)s».") % {"words": escape(words)} if words else _no_templates()
    lines = [bold(_("Templates")), *_lines(found), "", _("Send one in the client's chat: /template shortcut")]
    return "\n".join(lines)


def _no_templates() -> str:
    return _("There are no templates yet. They are written in Admin, under «Replies».")


def _lines(found: Named) -> list[str]:
    return [f"<code>/template {escape(shortcut)}</code> — {escape(title)}" for shortcut, title in found]


def unknown(words: str, near: Named) -> str:
    """Say that there is no such shortcut, and which are near; plain text, escaped where it is put in."""
    lines = [_("There is no template «%(words)s».") % {"words": words}]
    if near:
        lines += [_("Near it:"), *(f"/template {shortcut} — {title}" for shortcut, title in near)]
    return "\n".join(lines)


def empty() -> str:
    return _("Nothing is left of the template: its variables have no value in this chat.")


def not_accepted() -> str:
    return _("Your answers do not count in this chat, so nothing was sent there.")


def not_sent(chat: str, is_open_again: bool) -> str:
    """Tell who asked for a template that Telegram did not take it (CLI-10)."""
    lines = [_("⚠️ Your template could not be sent to the chat %(chat)s.") % {"chat": bold(chat)}]
    if is_open_again:
        lines.append(_("The request is open again, please answer the client."))
    return "\n".join(lines)


def suggestion(text: str) -> str:
    """The line under the title of a template that is offered while typing."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_TEXT else f"{line[: SHOWN_TEXT - 1].rstrip()}…"
