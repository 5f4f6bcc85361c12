"""Role × table × verb × own or foreign, with raw SQL against real Postgres, as those roles (SEC-03)."""

from typing import Any

import psycopg
import pytest

from tests.buhbot.conftest import Ask

SEES = {
    # table: rows that admin, manager, accountant, observer see of two chats; None: refused
    "buhbot_chat": (2, 2, 1, 2),
    "buhbot_message": (2, 2, 1, None),
    "buhbot_assignment": (2, 2, 1, None),
    "buhbot_user": (5, 5, 1, 1),
    "buhbot_stafflink": (0, None, None, None),
    "buhbot_absence": (2, 2, 1, None),
    "buhbot_preference": (0, 0, 0, 0),
    "buhbot_auditentry": (0, 0, 0, 0),
    "buhbot_chatlabel": (1, 1, 1, None),
    "buhbot_chat_labels": (2, 2, 1, None),
    "buhbot_segment": (1, 1, None, None),
    "buhbot_segment_chats": (2, 2, None, None),
    "buhbot_broadcast": (0, 0, None, None),
    "buhbot_broadcastdelivery": (0, 0, None, None),
    "sla_request": (2, 2, 1, None),
    "sla_requestevent": (2, 2, 1, None),
    "sla_alert": (2, 2, 1, None),
    "templates_app_receivedfile": (2, 2, 1, None),
    "templates_app_fileevent": (2, 2, 1, None),
    "bot_inboundupdate": (1, 1, None, None),
    "bot_outgoingmessage": (2, 2, 1, None),
    "bot_outgoingmessage_alerts": (2, 2, 1, None),
    "buhbot_membership": (None, None, None, None),
    "buhbot_chosenchat": (None, None, None, None),
    "bot_waitingorder": (None, None, None, None),
    "templates_app_service": (0, 0, 0, 0),
    "templates_app_serviceorder": (0, 0, None, None),
    "django_session": (None, None, None, None),
    "bot_senderlease": (0, 0, None, None),
    "buhbot_tier": (4, 4, 4, 4),
    "buhbot_signinattempts": (None, None, None, None),
    "buhbot_messagerevision": (0, 0, 0, None),
    "sla_chatpolicy": (0, 0, 0, None),
    "sla_correction": (0, 0, None, None),
    "sla_classification": (0, 0, 0, None),
    "templates_app_discardedcopy": (None, None, None, None),
    "django_migrations": (None, None, None, None),
    "sla_requestmeasure": (None, None, None, 2),
}
ROLES = ("admin", "manager", "accountant", "observer")

CLOSE = "UPDATE sla_request SET state = 'resolved', closed_at = now(), fires_at = NULL WHERE id = "
NOTE = "INSERT INTO sla_requestevent (request_id, kind, at, note) VALUES ({}, 'resolved', now(), '')"
ACT = (
    "INSERT INTO sla_requestevent (request_id, kind, at, note, actor_id)"
    " VALUES ({{own_request}}, 'resolved', now(), '', {})"
)
AWAY = (
    "INSERT INTO buhbot_absence (user_id, starts_at, ends_at, created_at)"
    " VALUES ({}, now(), now() + interval '1 day', now())"
)
ENDED = (
    "INSERT INTO buhbot_substitutionended (person_id, substitute_id, starts_at, ends_at)"
    " VALUES ({}, {{me}}, now(), now())"
)
ENTRY = (
    "INSERT INTO buhbot_auditentry (at, kind, source, actor_id, who, model, object_id, object_name, note, changes)"
    " VALUES (now(), '{}', 'admin', {}, '', '', '', '', '', '[]')"
)
TEMPLATE = (
    "INSERT INTO templates_app_template (title, shortcut, text, category, owner_id, changed_at)"
    " VALUES ('a', 'a', 'a', 'status', {}, now())"
)
FILE_EVENT = (
    "INSERT INTO templates_app_fileevent (file_id, state, note, actor_id, at)"
    " VALUES ({}, 'done', '', {}, now())"
)
WRITES: list[tuple[str, str, Any]] = [
    # role, statement, rows that it changes or reads; None: refused
    ("admin", CLOSE + "{foreign_request}", 1),
    ("manager", CLOSE + "{foreign_request}", 1),
    ("accountant", CLOSE + "{own_request}", 1),
    ("accountant", CLOSE + "{foreign_request}", 0),
    ("observer", CLOSE + "{own_request}", None),
    ("session", CLOSE + "{own_request}", None),
    ("accountant", "UPDATE sla_request SET chat_id = {foreign_chat} WHERE id = {own_request}", None),
    ("admin", "DELETE FROM sla_request WHERE id = {own_request}", None),
    ("manager", "DELETE FROM sla_request WHERE id = {own_request}", None),
    ("admin", "DELETE FROM templates_app_quickbutton WHERE id = 0", 0),
    ("manager", "UPDATE templates_app_quickbutton SET label = 'x' WHERE id = 0", 0),
    ("manager", "DELETE FROM templates_app_quickbutton WHERE id = 0", None),
    ("accountant", "UPDATE templates_app_quickbutton SET label = 'x' WHERE id = 0", None),
    ("observer", "UPDATE templates_app_service SET price = 'x'", None),
    ("accountant", "DELETE FROM templates_app_serviceorder", None),
    ("accountant", NOTE.format("{own_request}"), 1),
    ("accountant", NOTE.format("{foreign_request}"), None),
    ("accountant", ACT.format("{me}"), 1),
    ("accountant", ACT.format("{me} - 1"), None),  # in nobody else's name
    ("observer", NOTE.format("{own_request}"), None),
    ("admin", "UPDATE sla_requestevent SET note = 'x'", None),
    ("admin", "DELETE FROM sla_requestevent", None),
    ("manager", "UPDATE sla_requestevent SET note = 'x'", None),
    ("manager", "DELETE FROM sla_requestevent", None),
    ("accountant", "DELETE FROM sla_requestevent WHERE id = {own_event}", None),
    ("admin", "UPDATE buhbot_message SET text = 'x' WHERE id = {own_message}", None),
    ("manager", "DELETE FROM buhbot_message WHERE id = {own_message}", None),
    ("accountant", "UPDATE buhbot_message SET text = 'x' WHERE id = {own_message}", None),
    ("admin", "UPDATE buhbot_chat SET client_name = 'x' WHERE id = {foreign_chat}", 1),
    ("manager", "UPDATE buhbot_chat SET client_name = 'x' WHERE id = {foreign_chat}", 1),
    ("accountant", "UPDATE buhbot_chat SET client_name = 'x' WHERE id = {own_chat}", None),
    ("observer", "UPDATE buhbot_chat SET client_name = 'x' WHERE id = {own_chat}", None),
    ("manager", "UPDATE buhbot_segment SET name = 'x'", 1),
    ("manager", "DELETE FROM buhbot_segment_chats", 2),
    ("manager", "UPDATE buhbot_broadcast SET state = 'stopped'", 0),
    ("admin", "UPDATE buhbot_broadcastdelivery SET state = 'sent'", None),
    ("manager", "DELETE FROM buhbot_broadcastdelivery", None),
    ("accountant", "UPDATE buhbot_broadcast SET text = 'x'", None),
    ("accountant", "UPDATE buhbot_chatlabel SET name = 'x'", None),
    ("accountant", "DELETE FROM buhbot_chat_labels", None),
    ("observer", "INSERT INTO buhbot_segment (name) VALUES ('x')", None),
    ("admin", "DELETE FROM buhbot_chat WHERE id = {own_chat}", None),
    ("manager", "UPDATE buhbot_assignment SET is_primary = false WHERE chat_id = {own_chat}", 1),
    ("accountant", "DELETE FROM buhbot_assignment WHERE chat_id = {own_chat}", None),
    ("accountant", "INSERT INTO buhbot_assignment (chat_id, user_id, duty, is_primary)"
                   " VALUES ({foreign_chat}, {me}, 'accountant', false)", None),
    ("admin", "UPDATE buhbot_user SET role = 'observer' WHERE id = {me}", 1),
    ("admin", "DELETE FROM buhbot_user WHERE id = {me}", None),
    ("manager", "UPDATE buhbot_user SET role = 'admin' WHERE id = {me}", None),
    ("accountant", "UPDATE buhbot_user SET role = 'admin' WHERE id = {me}", None),
    ("session", "UPDATE buhbot_user SET role = 'admin'", None),
    ("session", "UPDATE buhbot_user SET last_login = now()", 5),
    ("session", "SELECT 1 FROM buhbot_chat", None),
    ("session", "SELECT 1 FROM buhbot_message", None),
    ("admin", "UPDATE sla_policy SET name = name WHERE is_default", 1),
    ("manager", "UPDATE sla_policy SET name = name WHERE is_default", 1),
    ("manager", "DELETE FROM sla_policy", None),
    ("accountant", "UPDATE sla_policy SET name = name", None),
    ("manager", "UPDATE buhbot_preference SET value = '1'", None),
    ("manager", "INSERT INTO auth_group (name) VALUES ('mine')", None),
    ("admin", "UPDATE buhbot_calendarversion SET name = 'x'", None),
    ("manager", "UPDATE buhbot_calendarversion SET name = 'x'", None),
    ("admin", "UPDATE sla_alert SET told_at = now()", None),
    ("manager", "UPDATE bot_inboundupdate SET state = 'pending'", None),
    ("admin", "UPDATE bot_inboundupdate SET state = 'pending'", 1),
    ("admin", "DELETE FROM bot_inboundupdate", None),
    ("observer", "INSERT INTO django_admin_log (action_time, user_id, object_repr, action_flag, change_message)"
                 " VALUES (now(), {me}, '', 1, '')", 1),
    ("accountant", "INSERT INTO django_admin_log (action_time, user_id, object_repr, action_flag, change_message)"
                   " VALUES (now(), {me} - 1, '', 1, '')", None),
    *((role, ENTRY.format("done", "{me}"), 1) for role in ROLES),
    *((role, ENTRY.format("done", "NULL"), None) for role in ROLES),  # in one's own name only
    *((role, "UPDATE buhbot_auditentry SET note = 'x'", None) for role in ("session", *ROLES)),
    *((role, "DELETE FROM buhbot_auditentry", None) for role in ("session", *ROLES)),
    ("session", ENTRY.format("sign_in_failed", "NULL"), 1),
    ("session", ENTRY.format("changed", "NULL"), None),
    ("accountant", "SELECT note FROM buhbot_auditentry", None),
    ("accountant", AWAY.format("{me}"), 1),
    ("accountant", AWAY.format("{me} - 1"), None),
    ("manager", AWAY.format("{me} - 1"), 1),
    ("observer", AWAY.format("{me}"), None),
    ("accountant", ENDED.format("{me}"), 1),
    ("accountant", ENDED.format("{me} - 1"), None),
    ("manager", ENDED.format("{me} - 1"), 1),
    ("observer", ENDED.format("{me}"), None),
    ("accountant", "UPDATE buhbot_user SET wants_digest = false", 1),
    ("accountant", "UPDATE buhbot_user SET wants_breaches = false", 1),
    ("manager", "SELECT count(*) FROM sla_invitation", [(0,)]),
    ("accountant", "SELECT id FROM sla_invitation", None),
    ("observer", "SELECT id FROM sla_invitation", None),
    ("admin", "SELECT id FROM bot_diagnosis", None),
    ("admin", "SELECT id FROM buhbot_surveyoptout", []),
    ("accountant", "SELECT id FROM buhbot_surveyoptout", None),
    ("observer", "SELECT id FROM buhbot_surveyoptout", None),
    ("manager", "UPDATE buhbot_surveyoptout SET name = ''", None),
    *(
        (role, f"SELECT count(*) FROM feedback_{table}", [(0,)] if role in ("admin", "manager") else None)
        for role in ROLES
        for table in ("survey", "survey_chats", "delivery", "vote", "voteevent", "followup", "publishedtally")
    ),
    *((role, "SELECT 1 FROM feedback_commentquestion", None) for role in ROLES),
    *(
        (role, statement, [] if role in ("accountant", "observer") else None)
        for role in ROLES
        for statement in ("SELECT survey_id FROM published_feedback()", "SELECT published_comments(1, false)")
    ),
    ("manager", "DELETE FROM feedback_publishedtally", None),
    *(
        (role, statement, None)
        for role in ROLES
        for statement in (
            "UPDATE feedback_vote SET rating = 5",
            "UPDATE feedback_voteevent SET rating = 5",
            "DELETE FROM feedback_vote",
            "DELETE FROM feedback_voteevent",
            "UPDATE feedback_delivery SET accountant_id = NULL",
            "UPDATE feedback_followup SET rating = 5",
            "DELETE FROM feedback_followup",
            "UPDATE feedback_followup SET due_at = now()",
            "UPDATE feedback_followup SET reminded_at = now()",
            "UPDATE feedback_vote SET comment = ''",
            "INSERT INTO feedback_voteevent (vote_id, kind, rating, comment, at) VALUES (1, 'given', 5, '', now())",
        )
    ),
    ("service", "UPDATE feedback_voteevent SET rating = 5", None),
    ("service", "DELETE FROM feedback_voteevent", None),
    ("manager", "UPDATE feedback_survey SET title = ''", 0),
    ("manager", "UPDATE feedback_followup SET reason = 'x'", 0),
    ("accountant", "UPDATE feedback_survey SET title = ''", None),
    ("accountant", "UPDATE feedback_followup SET reason = 'x'", None),
    ("observer", "UPDATE feedback_followup SET reason = 'x'", None),
    ("accountant", "UPDATE buhbot_user SET locked_notices = '{{}}'", None),
    ("manager", "UPDATE buhbot_user SET locked_notices = '{{breaches}}' WHERE id <> {me}", 4),
    ("manager", "UPDATE buhbot_user SET role = 'admin' WHERE id = {me}", None),
    ("observer", "UPDATE buhbot_user SET wants_digest = false", None),
    ("accountant", "DELETE FROM sla_requestmessage", None),
    ("observer", "SELECT colleagues()", None),
    ("observer", "SELECT stands_in_for({me}, now())", None),
    ("accountant", "SELECT payload FROM bot_outgoingmessage", None),  # a list names others' clients
    ("accountant", "SELECT id FROM bot_outgoingmessage WHERE state = 'none'", []),
    ("admin", "DELETE FROM bot_outgoingmessage_alerts", None),
    ("admin", TEMPLATE.format("NULL"), 1),
    ("manager", TEMPLATE.format("NULL"), 1),
    ("manager", TEMPLATE.format("{me}"), 1),
    ("accountant", TEMPLATE.format("{me}"), 1),
    ("accountant", TEMPLATE.format("NULL"), None),
    ("accountant", TEMPLATE.format("{me} - 1"), None),
    ("observer", TEMPLATE.format("{me}"), None),
    ("accountant", "UPDATE templates_app_faqitem SET answer = 'x'", None),
    ("manager", "DELETE FROM templates_app_faqitem", None),
    ("accountant", "SELECT 1 FROM templates_app_unansweredquestion", None),  # names others' clients
    ("observer", "SELECT 1 FROM templates_app_faqanswer", None),
    ("accountant", "UPDATE templates_app_receivedfile SET state = 'done'", 1),
    ("accountant", "UPDATE templates_app_receivedfile SET state = 'done' WHERE id = {foreign_file}", 0),
    ("accountant", "UPDATE templates_app_receivedfile SET storage_key = 'x'", None),
    ("accountant", "UPDATE templates_app_receivedfile SET chat_id = {foreign_chat}", None),
    ("manager", "UPDATE templates_app_receivedfile SET state = 'done'", 2),
    ("admin", "UPDATE templates_app_receivedfile SET storage_key = 'x'", None),
    ("admin", "DELETE FROM templates_app_receivedfile", None),
    ("observer", "SELECT name FROM templates_app_receivedfile", None),
    ("accountant", FILE_EVENT.format("{own_file}", "{me}"), 1),
    ("accountant", FILE_EVENT.format("{own_file}", "{me} - 1"), None),
    ("accountant", FILE_EVENT.format("{foreign_file}", "{me}"), None),
    ("manager", FILE_EVENT.format("{foreign_file}", "{me}"), 1),
    ("admin", "UPDATE templates_app_fileevent SET note = 'x'", None),
    ("manager", "DELETE FROM templates_app_fileevent", None),
    # Of sign-in: a stolen session reads no secret, makes no second factor, takes over no account (SEC-05, SEC-06)
    *((role, "SELECT secret FROM buhbot_secondfactor", None) for role in ROLES),
    *((role, "SELECT code_hash FROM buhbot_backupcode", None) for role in ROLES),
    *((role, "UPDATE buhbot_secondfactor SET user_id = {me}", None) for role in ROLES),
    *((role, "UPDATE buhbot_user SET supabase_id = NULL WHERE id <> {me}", None) for role in ROLES[1:]),
    ("admin", "SELECT user_id FROM buhbot_secondfactor", []),
    ("admin", "DELETE FROM buhbot_secondfactor WHERE user_id = {me}", 0),
    ("manager", "DELETE FROM buhbot_secondfactor", None),
    ("session", "SELECT secret FROM buhbot_secondfactor", []),
    ("session", "DELETE FROM buhbot_signinattempts", 0),
    ("session", "UPDATE buhbot_user SET role = 'admin'", None),
    ("session", "SELECT text FROM buhbot_message", None),
    ("admin", "SELECT receive_update(2, 1, '{{}}')", None),
    ("accountant", "SELECT health()", None),
]  # fmt: skip


@pytest.mark.parametrize("table", SEES)
@pytest.mark.parametrize("role", ROLES)
def test_sec_03_who_sees_which_rows(ask: Ask, role: str, table: str) -> None:
    expected = SEES[table][ROLES.index(role)]
    if expected is None:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(role, f"SELECT count(*) FROM {table}")
    else:
        assert ask(role, f"SELECT count(*) FROM {table}") == [(expected,)]


@pytest.mark.parametrize(("role", "sql", "expected"), WRITES)
def test_sec_03_who_writes_which_rows(ask: Ask, role: str, sql: str, expected: Any) -> None:
    if expected is None:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(role, sql)
    else:
        assert ask(role, sql) == expected
