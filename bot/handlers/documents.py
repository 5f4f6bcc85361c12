"""Document status: a client's last files with their states (CLI-02)."""

from django.utils import timezone
from telegram import Update

from bot.handlers.choosing import for_chosen_chat
from bot.handlers.places import for_clients, place_of
from bot.handlers.presses import toast
from bot.texts import documents as texts
from buhbot.models import Chat
from templates_app.selectors import last_files

PRESS = r"^menu_files:"


def tell_files(update: Update, chat: Chat) -> None:
    """Tell of the client's last files."""
    if update.callback_query is not None:
        toast(update.callback_query, "")
    place = place_of(update, chat)
    files = last_files(chat, reader=place.person_id if place.is_private else None)
    place.say(texts.statuses(str(chat), files, now=timezone.now()))


on_button = for_chosen_chat(tell_files)
on_press = for_clients(tell_files)
