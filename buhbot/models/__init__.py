"""The tables of the ground floor, by topic."""

from buhbot.models.absences import Absence
from buhbot.models.calendars import Calendar, CalendarException, CalendarVersion, Tier
from buhbot.models.chats import Assignment, Chat
from buhbot.models.clients import SurveyOptOut
from buhbot.models.messages import Message, MessageRevision
from buhbot.models.people import Notice, Role, StaffLink, User
from buhbot.models.preferences import Preference

__all__ = [
    "Absence",
    "Assignment",
    "Calendar",
    "CalendarException",
    "CalendarVersion",
    "Chat",
    "Message",
    "MessageRevision",
    "Notice",
    "Preference",
    "Role",
    "StaffLink",
    "SurveyOptOut",
    "Tier",
    "User",
]
