"""How long data is kept (SEC-14): what `/privacy` says and what the purge obeys.

Messages, files, votes, requests and the audit log follow a setting of the firm; what the bot itself needs to remember
goes sooner. What a room keeps of people is purged by its own `services/purging.py` (setting PURGING).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

DEFAULT_YEARS, LEAST_YEARS, MOST_YEARS = 3, 1, 10
INBOX_DAYS = 14  # updates that were processed; links and questions that have done their work
OUTBOX_DAYS = 90  # messages that were sent; invitations, used or not
BACKUP_WEEKS = 4  # backups: 7 daily and 4 weekly ones (BAK-01)


@dataclass(frozen=True, slots=True)
class Terms:
    """The instants before which rows are too old."""

    people: datetime
    inbox: datetime
    outbox: datetime
    now: datetime


def terms(now: datetime, *, years: int) -> Terms:
    """Return what is too old now, when data of people is kept for so many years."""
    return Terms(
        people=_years_before(now, years),
        inbox=now - timedelta(days=INBOX_DAYS),
        outbox=now - timedelta(days=OUTBOX_DAYS),
        now=now,
    )


def _years_before(now: datetime, years: int) -> datetime:
    try:
        return now.replace(year=now.year - years)
    except ValueError:  # the 29th of February
        return now.replace(year=now.year - years, day=28)


# Tables that no purge empties, and why (a test compares both with the catalogue).
ITSELF = "goes by itself once it has done its work"
SETTING = "a setting of the firm, about no client"
STAFF = "who works in the firm; people are switched off, never deleted (RBAC-04)"
DUTY = "who looks after a chat now"
KEPT: dict[str, str] = {
    "django_migrations": "Django's own: what was migrated",
    "django_content_type": "Django's own: names of tables",
    "auth_permission": "Django's own: names of rights",
    "auth_group": SETTING,
    "auth_group_permissions": SETTING,
    "buhbot_user": STAFF,
    "buhbot_user_groups": STAFF,
    "buhbot_user_user_permissions": STAFF,
    "buhbot_secondfactor": STAFF,
    "buhbot_backupcode": STAFF,
    "buhbot_signinattempts": ITSELF,
    "buhbot_substitutionended": ITSELF,
    "buhbot_surveyoptout": "a wish of the client that holds until it is taken back or the client is erased",
    "buhbot_membership": "who is in which chat now, as long as the chat and the client are known",
    "buhbot_chosenchat": "a choice of the client that holds until another one is made or the client is erased",
    "buhbot_calendar": SETTING,
    "buhbot_calendarexception": SETTING,
    "buhbot_calendarversion": "the hours by which requests were measured",
    "buhbot_tier": SETTING,
    "buhbot_backup": "a line a day about an archive, about no client",
    "buhbot_preference": SETTING,
    "buhbot_chatlabel": SETTING,
    "buhbot_chat_labels": SETTING,
    "buhbot_segment": SETTING,
    "buhbot_segment_tiers": SETTING,
    "buhbot_segment_labels": SETTING,
    "buhbot_segment_accountants": SETTING,
    "buhbot_segment_chats": SETTING,
    "buhbot_assignment": DUTY,
    "sla_policy": SETTING,
    "sla_chatpolicy": SETTING,
    "sla_trainedmodel": "numbers without texts; the last three are kept",
    "sla_tick": "one row: the pulse",
    "templates_app_template": "texts of the firm",
    "templates_app_faqitem": "texts of the firm",
    "templates_app_service": SETTING,
    "templates_app_quickbutton": SETTING,
    "templates_app_discardedcopy": ITSELF,
    "bot_senderlease": "one row: who sends",
    "bot_botaccount": "one row: who the bot is",
}
