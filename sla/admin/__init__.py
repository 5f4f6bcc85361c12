"""The pages of absences, calendars, chats, requests, alerts and policies in Admin.

`bot/admin/` finishes those that show deliveries.
"""

from sla.admin import absences, calendars, chats, policies

__all__ = ["absences", "calendars", "chats", "policies"]
