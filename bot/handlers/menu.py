"""Clients in private: `/start`, `/menu` with a keyboard that stays, `/privacy`, `/stop` (CLI-01, CLI-09)."""

from collections.abc import Callable

from django.conf import settings
from django.utils import timezone
from telegram import Message, Update
from telegram.ext import filters

from bot.handlers import choosing, contact, documents, ordering, services, staff
from bot.keyboards import Menu
from bot.models import OutgoingMessage
from bot.outbox import queue_message
from bot.texts import choosing as choosing_texts
from bot.texts import menu as texts
from bot.texts import ordering as order_texts
from bot.texts import private as private_texts
from buhbot import retention
from buhbot.models import Chat
from buhbot.preferences import preferences
from buhbot.rules import IncomingChat
from buhbot.services.chats import register_chat
from buhbot.services.clients import opt_out_of_mailings

Audience = OutgoingMessage.Audience
Handler = Callable[[Update], None]


def on_start(update: Update) -> None:
    """Greet a client with the menu; staff, and who brings a token, are linked or greeted as such (STF-01)."""
    if _is_staff(update) or _has_words(update):
        staff.on_start(update)
    else:
        _answer(update, texts.greeting())


def on_menu(update: Update) -> None:
    """Show a client what the bot can do; staff get what /help says."""
    if _is_staff(update):
        staff.on_help(update)
    else:
        _answer(update, texts.menu())


def on_privacy(update: Update) -> None:
    """Say what is stored of clients; staff may read it too."""
    _answer(
        update,
        texts.privacy(
            years=preferences().retention_years,
            inbox_days=retention.INBOX_DAYS,
            outbox_days=retention.OUTBOX_DAYS,
            backup_weeks=retention.BACKUP_WEEKS,
            has_language_model=bool(settings.LLM_BASE_URL),
        ),
    )


def on_stop(update: Update) -> None:
    """Send the person no more surveys, and no broadcasts in private (SUR-11, STF-05)."""
    person = update.effective_user
    if person is None:
        return
    if _is_staff(update):
        _answer(update, texts.no_surveys_for_staff())
        return
    _private_chat(update)
    if opt_out_of_mailings(person.id, name=person.full_name, now=timezone.now()):
        text = texts.stopped()
    else:
        text = texts.stopped_already()
    _answer(update, text)


def on_contact(update: Update) -> None:
    """Have the client's accountant told that they are asked for (CLI-03)."""
    if _is_staff(update):
        staff.on_help(update)
    else:
        contact.on_button(update)


def on_chat(update: Update) -> None:
    """Say which chat a client means in private, and let them choose another; staff have no such choice (CLI-05)."""
    if _is_staff(update):
        staff.on_help(update)
    else:
        choosing.on_which_chat(update)


# The buttons of the keyboard, and what they do: only what the bot can do already.
BUTTONS: tuple[tuple[tuple[Callable[[], str], Handler], ...], ...] = (
    ((order_texts.files_button, documents.on_button), (private_texts.contact_button, on_contact)),
    ((order_texts.services_button, services.on_button), (order_texts.quick_button, ordering.on_button)),
    ((choosing_texts.chat_button, on_chat), (texts.privacy_button, on_privacy)),
)


class _IsButton(filters.MessageFilter):
    """The text is that of a button of the keyboard, as Telegram sends it when pressed."""

    def filter(self, message: Message) -> bool:
        return message.text in {label() for row in BUTTONS for label, _ in row}


IS_BUTTON = _IsButton()


def on_button(update: Update) -> None:
    """Do what the pressed button of the keyboard says."""
    text = update.message.text if update.message else None
    for row in BUTTONS:
        for label, handler in row:
            if label() == text:
                (staff.on_help if _is_staff(update) and handler is not on_privacy else handler)(update)


def keyboard() -> Menu:
    """Return the keyboard of a client."""
    return tuple(tuple(label() for label, _ in row) for row in BUTTONS)


def _is_staff(update: Update) -> bool:
    return update.effective_user is not None and staff.staff_behind(update.effective_user) is not None


def _has_words(update: Update) -> bool:
    return update.message is not None and len((update.message.text or "").split()) > 1


def _answer(update: Update, text: str) -> None:
    message, person = update.message, update.effective_user
    if message is None or person is None:
        return
    known = staff.staff_behind(person)
    if known is not None:
        queue_message(known, audience=Audience.STAFF, text=text)
        return
    queue_message(_private_chat(update), audience=Audience.CLIENT, text=text, menu=keyboard())


def _private_chat(update: Update) -> Chat:
    person = update.effective_user
    name, username = (person.full_name, person.username or "") if person else ("", "")
    telegram_id = update.effective_chat.id if update.effective_chat else 0
    chat, _is_new = register_chat(
        IncomingChat(telegram_id, Chat.Kind.PRIVATE, name, username), now=timezone.now()
    )
    return chat
