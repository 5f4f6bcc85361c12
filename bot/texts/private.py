"""What staff and clients read of conversations through the bot in private, and of calls (CLI-03, CLI-10)."""

from django.utils.html import escape
from django.utils.translation import gettext as _

from bot.rules import shorten
from bot.texts.words import bold
from buhbot.models import Chat, Message

MOST_TEXT, MOST_CAPTION = 3500, 700  # so that the lines around it are never cut (OUT-07)


def copy(message: Message, *, number: int | None, answered: str, is_below: bool) -> str:
    """What an accountant reads of a client's private message; `answered` says by whom and when, once it is (CLI-10).

    `is_below`: it stands below the file itself, whose kind needs no word.
    """
    said = shorten(escape(message.text), limit=MOST_TEXT if message.kind == "text" else MOST_CAPTION)
    body = said or ("" if is_below else f"[{escape(message.get_kind_display())}]")
    edited = " " + _italic(_("(edited)")) if message.edited_at else ""
    parts = [_headline(message, number), (body + edited).strip(), answered or _hint()]
    return "\n\n".join(filter(None, parts))


def _headline(message: Message, number: int | None) -> str:
    chat = message.chat
    title = chat.title if chat.title != str(chat) else ""
    parts = [bold(chat), escape(title), escape(message.sender_name), f"№ {number}" if number else ""]
    return "💬 " + " · ".join(filter(None, parts))


def _hint() -> str:
    return _italic(_("Written to me in private. Reply to this message, and I pass your answer on."))


def _italic(text: str) -> str:
    return f"<i>{escape(text)}</i>"


def answered(name: str, at: str) -> str:
    return _("✅ Answered at %(at)s by %(name)s.") % {"at": at, "name": bold(name)}


def not_answerable() -> str:
    return _(
        "I cannot pass this on: reply to a message that begins with 💬, those are what clients write to me in private."
        " /help — what I can do."
    )


def no_command() -> str:
    return _("I pass no commands on to clients. Write the answer as text, or /template with a shortcut.")


def not_sendable() -> str:
    return _("I cannot pass this kind of message on. Send a text, a file or a voice message.")


def not_yours() -> str:
    return _("You do not look after this chat any more, so nothing was sent to the client.")


def not_watched() -> str:
    return _("The chat is not monitored any more, so nothing was sent to the client. Write in the group.")


def sent_but_no_answer() -> str:
    return _(
        "Passed on. It is no answer that counts: the request stays open until a text, a file or a voice message."
    )


def file_stays() -> str:
    return _("The client keeps the file that was sent first. Send the new one as another reply.")


def not_delivered(client: str, is_open_again: bool) -> str:
    """Tell who answered that the client did not get it (CLI-10)."""
    lines = [
        _("⚠️ Your answer to %(client)s was not delivered: the bot cannot write to this person in private.")
        % {"client": bold(client)}
    ]
    if is_open_again:
        lines.append(_("The request is open again, please answer the client in the group."))
    return "\n".join(lines)


def contact_button() -> str:
    return _("📞 Contact the accountant")


def wish() -> str:
    """Mark the request of a call."""
    return _("Contact the accountant")


def called(chat: Chat, number: int | None) -> str:
    """Say that the accountant has been told."""
    title = bold(chat.title or str(chat))
    if number is None:
        return _("The accountant of the chat %(title)s is told and will write to you.") % {"title": title}
    return _("The accountant of the chat %(title)s is told and will write to you. Request № %(number)d.") % {
        "title": title,
        "number": number,
    }


def called_already() -> str:
    return _("The accountant was told a moment ago and will write to you soon. Write here what it is about.")
