"""The pages of calendars, chats, messages, requests, alerts, policies and corrections in Admin.

`bot/admin/` finishes those that show deliveries.
"""

from sla.admin import calendars, chats, corrections, messages, policies

__all__ = ["calendars", "chats", "corrections", "messages", "policies"]
