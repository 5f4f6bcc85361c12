"""Who may do what with which table: every table's grants and row policies, for every database role (SEC-01, SEC-03).

`manage.py apply_access` makes the database match this page after each migrate. Verbs: r read, c create, u change,
d delete. `rows` is a condition on the row; without one the role sees all of them; `columns` limits an update, `reads`
a read. A pair of entries gives different verbs different rows. RLS is on for every table.
"""

from dataclasses import dataclass

OWN_CHATS = "(SELECT own_chats())"
ME = "(SELECT acting_user_id())"
ALL_ROWS = "true"


@dataclass(frozen=True, slots=True)
class Access:
    """The verbs of one role on one table, on the rows that the condition names."""

    verbs: str
    rows: str = ALL_ROWS
    columns: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


Given = str | Access | tuple[Access, ...]
FILE_COLUMNS = ("state", "note", "state_at", "copy_after")  # what became of it, and another try of the copy
FOLLOW_UP_COLUMNS = ("closed_at", "closed_by_id", "reason", "notices_outdated")
OWN_ENTRIES = Access("c", f"actor_id = {ME}")
OF_WHOM_IS_RESET = Access("rd", reads=("id", "user_id"))
WANTS = ("wants_warnings", "wants_breaches", "wants_digest", "wants_assignments")
OWN_NOTICES = Access("u", f"id = {ME}", columns=WANTS)
ALL_NOTICES = Access("u", columns=(*WANTS, "locked_notices"))


def _table(
    service: Given = "rcud",
    *,
    session: Given = "",
    admin: Given = "",
    manager: Given = "",
    accountant: Given = "",
    observer: Given = "",
) -> dict[str, tuple[Access, ...]]:
    roles = {
        "buhbot_service": service,
        "buhbot_session": session,
        "buhbot_admin": admin,
        "buhbot_manager": manager,
        "buhbot_accountant": accountant,
        "buhbot_observer": observer,
    }
    return {role: _accesses(given) for role, given in roles.items() if given}


def _accesses(given: Given) -> tuple[Access, ...]:
    if isinstance(given, str):
        return (Access(given),)
    return given if isinstance(given, tuple) else (given,)


def _seen_by_all(service: str = "rcud") -> dict[str, tuple[Access, ...]]:
    return _table(service, admin="r", manager="r", accountant="r", observer="r")


def _of_own_chats(column: str = "chat_id") -> Access:
    return Access("r", f"{column} IN {OWN_CHATS}")


def _of_visible(column: str, table: str) -> Access:
    """Rows that hang on a row of another table which the same role may read."""
    return Access("r", f"{column} IN (SELECT id FROM {table})")


TABLES: dict[str, dict[str, tuple[Access, ...]]] = {
    # Django's own
    "django_migrations": _table("r"),
    "django_content_type": _seen_by_all(),
    "django_session": _table(
        # the purge: only sessions that have ended, whose keys open nothing any more
        Access("rd", "expire_date < now()", reads=("session_key", "expire_date")),
        session="rcud",
    ),
    "django_admin_log": _table(
        "rc",
        admin="rc",
        manager="rc",
        accountant=Access("rc", f"user_id = {ME}"),
        observer=Access("rc", f"user_id = {ME}"),
    ),
    "auth_permission": _seen_by_all(),
    "auth_group": _table(admin="rcud", manager="r", accountant="r", observer="r"),
    "auth_group_permissions": _table(admin="rcud", manager="r", accountant="r", observer="r"),
    # People
    "buhbot_user": _table(
        # "c": whom Supabase Auth vouches for, at the first sign-in (SEC-06)
        session=Access("rcu", columns=("password", "last_login", "supabase_id")),
        admin="rcu",
        manager=(Access("r"), ALL_NOTICES),
        accountant=(
            Access("r", f"id = {ME} OR id IN (SELECT user_id FROM buhbot_assignment)"),
            OWN_NOTICES,
        ),
        observer=Access("r", f"id = {ME}"),
    ),
    "buhbot_user_groups": _table(admin="rcud", manager="r", accountant="r", observer="r"),
    "buhbot_user_user_permissions": _table(admin="rcud", manager="r", accountant="r", observer="r"),
    "buhbot_stafflink": _table(admin="rcud"),
    # Of sign-in: nobody else reads them; an administrator takes a second factor away (SEC-05)
    "buhbot_secondfactor": _table("rd", session="rcud", admin=OF_WHOM_IS_RESET),
    "buhbot_backupcode": _table("rd", session="rcd", admin=OF_WHOM_IS_RESET),
    "buhbot_signinattempts": _table("", session="rcud"),
    "buhbot_surveyoptout": _table(admin="rd", manager="rd"),  # taken back at the person's request (SUR-11)
    "buhbot_membership": _table(),
    "buhbot_chosenchat": _table(),
    "buhbot_absence": _table(
        admin="rcud",
        manager="rcud",
        accountant=(
            Access("r", f"user_id = {ME} OR substitute_id = {ME}"),
            Access("cud", f"user_id = {ME}"),
        ),
    ),
    "buhbot_substitutionended": _table(
        admin="rc", manager="rc", accountant=Access("rc", f"person_id = {ME}")
    ),
    # Calendars and settings
    "buhbot_calendar": _table(admin="rcud", manager="rcu", accountant="r", observer="r"),
    "buhbot_calendarexception": _table(admin="rcud", manager="rcud", accountant="r", observer="r"),
    "buhbot_calendarversion": _table("rc", admin="rcd", manager="rc", accountant="r", observer="r"),
    "buhbot_tier": _table(admin="rcud", manager="rcu", accountant="r", observer="r"),
    "buhbot_preference": _table(session="r", admin="rcud", manager="r", accountant="r", observer="r"),
    "buhbot_backup": _table("rc", admin="r", manager="r"),
    "buhbot_auditentry": _table(  # added to, never changed; in one's own name only
        "rc",
        session=Access("rc", "kind IN ('signed_in', 'signed_out', 'sign_in_failed')", reads=("id",)),
        admin=(Access("r"), OWN_ENTRIES),
        manager=(Access("r"), OWN_ENTRIES),
        accountant=Access("rc", f"actor_id = {ME}", reads=("id",)),
        observer=Access("rc", f"actor_id = {ME}", reads=("id",)),
    ),
    # Chats and what was said in them
    "buhbot_chat": _table(admin="rcu", manager="rcu", accountant=_of_own_chats("id"), observer="r"),
    "buhbot_assignment": _table(admin="rcud", manager="rcud", accountant=_of_own_chats(), observer=""),
    "buhbot_chatlabel": _table(admin="rcud", manager="rcud", accountant="r"),
    "buhbot_chat_labels": _table(admin="rcud", manager="rcud", accountant=_of_own_chats()),
    **{
        f"buhbot_segment{part}": _table(admin="rcud", manager="rcud")
        for part in ("", "_tiers", "_accountants", "_labels", "_chats")
    },
    "buhbot_broadcast": _table(admin="rcud", manager="rcud"),
    "buhbot_broadcast_chats": _table(admin="rcud", manager="rcud"),
    "buhbot_broadcastdelivery": _table(admin="r", manager="r"),  # the bot makes and ends them
    "buhbot_message": _table(  # who wrote it: a person is made staff, or put on a chat, afterwards (ADM-04, TIM-04)
        admin=Access("ru", columns=("sender", "staff_id")),
        manager=Access("ru", columns=("sender", "staff_id")),
        accountant=_of_own_chats(),
    ),
    "buhbot_messagerevision": _table(
        "rc", admin="r", manager="r", accountant=_of_visible("message_id", "buhbot_message")
    ),
    # Requests
    "sla_policy": _table(admin="rcud", manager="rcu", accountant="r", observer="r"),
    "sla_chatpolicy": _table(admin="rcud", manager="rcud", accountant=_of_own_chats(), observer=""),
    "sla_invitation": _table(admin="rcud", manager="rcud"),
    "sla_request": _table(
        admin="rcu", manager="rcu", accountant=Access("ru", f"chat_id IN {OWN_CHATS}"), observer=""
    ),
    "sla_requestmeasure": _table("r", observer="r"),  # a view without texts and people, for figures
    "sla_requestmessage": _table(
        admin="rcd", manager="rcd", accountant=_of_visible("request_id", "sla_request")
    ),
    "sla_requestevent": _table(
        "rc",
        admin="rc",
        manager="rc",
        accountant=(
            _of_visible("request_id", "sla_request"),
            Access(
                "c",
                f"request_id IN (SELECT id FROM sla_request) AND (actor_id IS NULL OR actor_id = {ME})",
            ),
        ),
    ),
    "sla_alert": _table(
        admin=Access("rcu", columns=("withdrawn_at",)),  # whoever assigns a request has the accountant told
        manager=Access("rcu", columns=("withdrawn_at",)),
        accountant=_of_visible("request_id", "sla_request"),
    ),
    "sla_classification": _table(
        admin="rcu", manager="rcu", accountant=_of_visible("message_id", "buhbot_message")
    ),
    "sla_correction": _table(admin="rc", manager="rc"),
    "sla_trainedmodel": _table(admin="r", manager="r"),
    "sla_tick": _table("rcu", admin="r", manager="r"),
    # Replies
    "templates_app_template": _table(
        admin="rcud",
        manager=(Access("rcu"), Access("d", "owner_id IS NOT NULL")),
        accountant=(
            Access("r", f"owner_id IS NULL OR owner_id = {ME}"),
            Access("cud", f"owner_id = {ME}"),
        ),
        observer=Access("r", "owner_id IS NULL"),
    ),
    "templates_app_faqitem": _table(admin="rcud", manager="rcu", accountant="r", observer="r"),
    "templates_app_faqanswer": _table(admin="rd", manager="r"),
    "templates_app_unansweredquestion": _table(admin="r", manager="r"),
    "templates_app_service": _table(admin="rcud", manager="rcu", accountant="r", observer="r"),
    "templates_app_quickbutton": _table(admin="rcud", manager="rcu", accountant="r", observer="r"),
    "templates_app_serviceorder": _table(admin="rd", manager="r"),
    "templates_app_discardedcopy": _table(),
    "templates_app_receivedfile": _table(
        admin=Access("ru", columns=FILE_COLUMNS),
        manager=Access("ru", columns=FILE_COLUMNS),
        accountant=Access("ru", f"chat_id IN {OWN_CHATS}", columns=FILE_COLUMNS),
    ),
    "templates_app_fileevent": _table(
        (Access("rc"), Access("u", columns=("told_at",))),
        admin=(Access("r"), OWN_ENTRIES),
        manager=(Access("r"), OWN_ENTRIES),
        accountant=(
            _of_visible("file_id", "templates_app_receivedfile"),
            Access("c", f"actor_id = {ME} AND file_id IN (SELECT id FROM templates_app_receivedfile)"),
        ),
    ),
    # Surveys: accountants and observers read aggregates only, through functions (FBK-03, FBK-04)
    "feedback_survey": _table(admin="rcud", manager="rcud"),
    "feedback_survey_chats": _table(admin="rcud", manager="rcud"),
    "feedback_delivery": _table(admin="r", manager="r"),
    "feedback_vote": _table(admin="r", manager="r"),
    "feedback_voteevent": _table("rc", admin="r", manager="r"),
    "feedback_commentquestion": _table(),
    "feedback_publishedtally": _table("rc", admin="r", manager="r"),
    "feedback_followup": _table(
        admin=Access("ru", columns=FOLLOW_UP_COLUMNS), manager=Access("ru", columns=FOLLOW_UP_COLUMNS)
    ),
    # Telegram in and out
    "bot_inboundupdate": _table(admin="ru", manager="r"),
    "bot_outgoingmessage": _table(
        admin="rcu",
        manager="rc",
        accountant=Access(  # not what a list says of others' clients
            "r",
            "id IN (SELECT outgoingmessage_id FROM bot_outgoingmessage_alerts)",
            reads=("id", "method", "state", "recipient_id", "chat_id", "created_at", "sent_at", "error"),
        ),
    ),
    "bot_outgoingmessage_alerts": _table(
        admin="r", manager="r", accountant=_of_visible("alert_id", "sla_alert")
    ),
    "bot_diagnosis": _table(),
    "bot_waitingorder": _table(),
    "bot_senderlease": _table(admin="r", manager="r"),
    "bot_botaccount": _table(admin="r", manager="r", accountant="r"),
}

# Functions that a role may call; everybody else is refused.
SERVING = ("buhbot_admin", "buhbot_manager", "buhbot_accountant")
EVERY_PERSON = (*SERVING, "buhbot_observer")
ERASING = ("buhbot_service", "buhbot_admin")
AGGREGATES_ONLY = ("buhbot_accountant", "buhbot_observer")  # FBK-03
FUNCTIONS: dict[str, tuple[str, ...]] = {
    "receive_update(bigint, bigint, jsonb)": ("buhbot_web", "buhbot_service"),
    "health()": ("buhbot_web", "buhbot_service"),
    "metrics()": ("buhbot_web", "buhbot_service"),
    "backup_metrics()": ("buhbot_web", "buhbot_service"),
    "storage_metrics()": ("buhbot_web", "buhbot_service"),
    "acting_user_id()": ("buhbot_service", *EVERY_PERSON),
    "own_chats()": ("buhbot_service", *EVERY_PERSON),
    "stands_in_for(bigint, timestamp with time zone)": ("buhbot_service", *SERVING),
    "colleagues()": ("buhbot_service", *SERVING),
    "published_feedback()": AGGREGATES_ONLY,
    "published_comments(bigint, boolean)": AGGREGATES_ONLY,
    # What is too old (SEC-14): the functions look at the age once more.
    "purge_messages(bigint[])": ("buhbot_service",),
    "purge_audit_entries(bigint[])": ("buhbot_service",),
    "purge_admin_log(integer[])": ("buhbot_service",),
    "purge_requests(bigint[])": ("buhbot_service",),
    "purge_files(bigint[])": ("buhbot_service",),
    "purge_surveys(bigint[])": ("buhbot_service",),
    # One client, at the client's request (SEC-14).
    "plain_words(text)": ERASING,
    "erase_person(bigint, text, text, text[])": ERASING,
    "erase_requests(bigint, text, text[])": ERASING,
    "erase_files(bigint, text, text[])": ERASING,
    "erase_feedback(bigint, text, text[])": ERASING,
    "erase_private(bigint)": ERASING,
    "erase_traffic(bigint, text, text, text[])": ERASING,
}
