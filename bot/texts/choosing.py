"""What clients read about the chat that they mean in private (CLI-05)."""

from django.utils.translation import gettext as _

from bot.texts.words import bold
from buhbot.models import Chat


def chat_button() -> str:
    return _("🏢 My chat")


def title_of(chat: Chat) -> str:
    """Name a chat as its members know it."""
    return chat.title or str(chat)


def which_chat() -> str:
    return _("Which of your chats is this about? I remember your choice; /chat changes it.")


def went_to(chat: Chat) -> str:
    """Say where what a client assigned to no chat has gone (CLI-10)."""
    told = _(
        "You did not say which chat this is about, so I passed it on to the accountant of the chat %(title)s. For what"
        " you write next, /chat chooses one."
    )
    return told % {"title": bold(title_of(chat))}


def choose_another(chat: Chat) -> str:
    """Say which chat is chosen; buttons with all of them follow."""
    return _("What you write here is about the chat %(title)s. Choose another one if you like.") % {
        "title": bold(title_of(chat))
    }


def only_chat(chat: Chat) -> str:
    return _("What you write here is about the chat %(title)s.") % {"title": bold(title_of(chat))}


def chosen(chat: Chat) -> str:
    return _("What you write here is about the chat %(title)s. /chat changes it.") % {
        "title": bold(title_of(chat))
    }


def chosen_toast(chat: Chat) -> str:
    return _("Chosen: %(title)s") % {"title": title_of(chat)}


def not_yours_toast() -> str:
    return _("You are not in this chat any more. Send /chat to choose anew.")


def no_chat() -> str:
    return _(
        "I do not know yet which chat of our firm you are in. Write a word in your group with the accountants, then"
        " come back here. If you have no such group, ask your accountant to add you."
    )
