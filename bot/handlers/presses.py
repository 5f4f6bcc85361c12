"""What the handlers of buttons in clients' chats share: who pressed, and the answer where it happened."""

from django.db.models import Q
from telegram import CallbackQuery

from bot.models import OutgoingMessage
from bot.outbox import queue_button_answer
from buhbot.models import Chat, User

Audience = OutgoingMessage.Audience


def staff_who_pressed(query: CallbackQuery) -> User | None:
    """Return who of the firm pressed; None: a client."""
    return User.objects.filter(telegram_id=query.from_user.id, is_active=True).first()


def toast(query: CallbackQuery, text: str) -> None:
    """Answer the press where it happened; a chat that we do not know is none of ours."""
    staff = staff_who_pressed(query)
    if staff is not None:
        queue_button_answer(staff, audience=Audience.STAFF, query_id=query.id, text=text)
        return
    pressed_in = query.message.chat.id if query.message else 0
    chat = Chat.objects.filter(Q(telegram_id=pressed_in) | Q(former_telegram_id=pressed_in)).first()
    if chat is not None:
        audience = Audience.TEAM_CHAT if chat.is_team else Audience.CLIENT
        queue_button_answer(chat, audience=audience, query_id=query.id, text=text)
