"""What the bot says around an automatic answer (FAQ-03, ANS-05)."""

from django.utils.html import escape
from django.utils.translation import gettext as _


def answer(text: str) -> str:
    """The answer as it was written in Admin, with a word on what it is."""
    note = _("This is an automatic answer. The accountant sees your question too.")
    return f"{escape(text)}\n\n<i>{note}</i>"


def helped_button() -> str:
    return _("👍 It helped")


def accountant_button() -> str:
    return _("I need an accountant")


def helped_toast() -> str:
    return _("Glad to hear it!")


def goes_on_toast() -> str:
    return _("Glad to hear it! Your other question stays with the accountant.")


def accountant_toast() -> str:
    return _("The accountant will answer you here")


def for_clients_toast() -> str:
    return _("These buttons are for the client")


def pressed_already_toast() -> str:
    return _("You have told us already, thank you")
