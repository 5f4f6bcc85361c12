"""The switches of what a person is told of, and the notice of new chats (STF-06)."""

from collections.abc import Sequence

from django.utils.html import escape
from django.utils.translation import gettext as _

from bot.texts.words import bold
from buhbot.models import Notice, User

SHOWN_CHATS = 20


def switches(user: User) -> str:
    """Say what the person is told of now."""
    lines = [bold(_("What I tell you of in private:")), *(_switch(user, notice) for notice in Notice)]
    if user.locked_notices:
        lines += ["", _("🔒 Only a manager changes this.")]
    return "\n".join(
        [*lines, "", _("When nobody wants to hear of a missed target, managers hear of it even so.")]
    )


def _switch(user: User, notice: Notice) -> str:
    sign = "✅" if user.wants(notice) else "🔕"
    return f"{sign} {escape(notice.label)}" + (" 🔒" if notice in user.locked_notices else "")


def button(notice: Notice, *, wants: bool) -> str:
    """Name the button that switches it to the other side."""
    return (_("🔕 Off: %(what)s") if wants else _("✅ On: %(what)s")) % {"what": notice.label}


def audited(notice: Notice, *, wants: bool) -> str:
    """Name, for the audit log, which switch was turned which way."""
    return (_("Notices on: %(what)s") if wants else _("Notices off: %(what)s")) % {"what": notice.label}


def switched_toast() -> str:
    return _("Done")


def locked_toast() -> str:
    return _("Only a manager changes this")


def foreign_toast() -> str:
    return _("These are not your switches")


def nothing_for_observers() -> str:
    return _("I tell observers of nothing in private.")


def locked() -> str:
    return _("Only a manager can change this. /notify shows what I tell you of.")


def new_chats(accountant: Sequence[str], manager: Sequence[str]) -> str:
    """Tell a person of the chats that they look after from now on."""
    parts = []
    if accountant:
        parts += [bold(_("📌 You are the accountant of:")), *_shown(accountant)]
    if manager:
        parts += [bold(_("📌 You are the manager of:")), *_shown(manager)]
    return "\n".join([*parts, _("/chats lists all of your chats.")])


def _shown(chats: Sequence[str]) -> list[str]:
    rows = [f"• {escape(name)}" for name in chats[:SHOWN_CHATS]]
    more = len(chats) - SHOWN_CHATS
    return [*rows, _("and %(count)d more") % {"count": more}] if more > 0 else rows
