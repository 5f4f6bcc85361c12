"""The tables of the ground floor, by topic."""

from buhbot.models.absences import Absence, SubstitutionEnded
from buhbot.models.audit import AuditEntry
from buhbot.models.backups import Backup
from buhbot.models.broadcasts import Broadcast, BroadcastDelivery
from buhbot.models.calendars import Calendar, CalendarException, CalendarVersion, Tier
from buhbot.models.chats import Assignment, Chat
from buhbot.models.clients import ChosenChat, Membership, SurveyOptOut
from buhbot.models.deliveries import Delivery, NotArrived
from buhbot.models.labels import ChatLabel
from buhbot.models.messages import Message, MessageRevision
from buhbot.models.people import Notice, Role, StaffLink, User
from buhbot.models.preferences import Preference
from buhbot.models.segments import Addressed, LeftOut, Segment
from buhbot.models.signing import BackupCode, SecondFactor, SignInAttempts

__all__ = [
    "Absence",
    "Addressed",
    "Assignment",
    "AuditEntry",
    "BackupCode",
    "Backup",
    "Broadcast",
    "BroadcastDelivery",
    "Calendar",
    "CalendarException",
    "CalendarVersion",
    "Chat",
    "ChosenChat",
    "ChatLabel",
    "Delivery",
    "LeftOut",
    "Membership",
    "Message",
    "MessageRevision",
    "NotArrived",
    "Notice",
    "Preference",
    "Role",
    "SecondFactor",
    "SignInAttempts",
    "Segment",
    "StaffLink",
    "SubstitutionEnded",
    "SurveyOptOut",
    "Tier",
    "User",
]
