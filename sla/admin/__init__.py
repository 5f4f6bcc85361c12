"""The pages of calendars, chats, requests, alerts and policies in Admin.

`bot/admin/` finishes those that show deliveries.
"""

from sla.admin import calendars, chats, policies

__all__ = ["calendars", "chats", "policies"]
