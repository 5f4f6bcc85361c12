"""The pages of absences, calendars, chats, messages, requests, alerts, policies and corrections in Admin.

`bot/admin/` finishes those that show deliveries.
"""

from sla.admin import absences, calendars, corrections, messages, policies

__all__ = ["absences", "calendars", "corrections", "messages", "policies"]
