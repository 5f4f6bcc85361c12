"""The journals of Telegram in Admin, and the pages of lower rooms that show what was sent or who the bot is."""

from bot.admin import chats, invitations, journals, requests, staff

__all__ = ["chats", "invitations", "journals", "requests", "staff"]
