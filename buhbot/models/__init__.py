"""The tables of the ground floor, by topic."""

from buhbot.models.absences import Absence, SubstitutionEnded
from buhbot.models.audit import AuditEntry
from buhbot.models.calendars import Calendar, CalendarException, CalendarVersion, Tier
from buhbot.models.chats import Assignment, Chat
from buhbot.models.clients import SurveyOptOut
from buhbot.models.messages import Message, MessageRevision
from buhbot.models.people import Notice, Role, StaffLink, User
from buhbot.models.preferences import Preference
from buhbot.models.signing import BackupCode, SecondFactor, SignInAttempts

__all__ = [
    "Absence",
    "Assignment",
    "AuditEntry",
    "BackupCode",
    "Calendar",
    "CalendarException",
    "CalendarVersion",
    "Chat",
    "Message",
    "MessageRevision",
    "Notice",
    "Preference",
    "Role",
    "SecondFactor",
    "SignInAttempts",
    "StaffLink",
    "SubstitutionEnded",
    "SurveyOptOut",
    "Tier",
    "User",
]
