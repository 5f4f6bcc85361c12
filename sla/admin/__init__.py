"""The pages of chats, requests, alerts and policies in Admin. `bot/admin/` finishes those that show deliveries."""

from sla.admin import chats, policies

__all__ = ["chats", "policies"]
