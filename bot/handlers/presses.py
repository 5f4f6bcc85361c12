"""What the handlers of buttons share: who pressed and on what, and the answer where it happened."""

from django.db.models import Q
from telegram import CallbackQuery

from bot.models import OutgoingMessage
from bot.outbox import queue_button_answer
from buhbot.models import Chat, User

Audience = OutgoingMessage.Audience


def known_chat(telegram_id: int) -> Chat | None:
    """Return the chat of Telegram's id, or the one that the group of the id became."""
    rows = Chat.objects.filter(Q(telegram_id=telegram_id) | Q(former_telegram_id=telegram_id))
    return rows.order_by("pk").first()


def toast(query: CallbackQuery, text: str, *, url: str = "") -> None:
    """Answer the press where it happened, unless that is done; a chat that we do not know is none of ours.

    `url`, a link to the bot itself, is opened.
    """
    if not query.id:
        return
    staff = staff_who_pressed(query)
    if staff is not None:
        queue_button_answer(staff, audience=Audience.STAFF, query_id=query.id, text=text)
        return
    chat = known_chat(query.message.chat.id) if query.message else None
    if chat is not None:
        audience = Audience.TEAM_CHAT if chat.is_team else Audience.CLIENT
        queue_button_answer(chat, audience=audience, query_id=query.id, text=text, url=url)


def staff_who_pressed(query: CallbackQuery) -> User | None:
    """Return who of the firm pressed; None: a client."""
    return User.objects.filter(telegram_id=query.from_user.id, is_active=True).first()


def message_pressed(query: CallbackQuery, said_in: Chat) -> OutgoingMessage | None:
    """Return our message under which the button stands."""
    if query.message is None:
        return None
    sent = OutgoingMessage.objects.filter(chat=said_in, method=OutgoingMessage.Method.SEND)
    return sent.filter(telegram_message_id=query.message.message_id).order_by("-pk").first()
