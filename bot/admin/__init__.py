"""The journals of Telegram in Admin, and the pages of lower rooms that show what was sent or who the bot is."""

from bot.admin import broadcasts, chats, invitations, journals, requests, staff

__all__ = ["broadcasts", "chats", "invitations", "journals", "requests", "staff"]
