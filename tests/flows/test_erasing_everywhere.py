"""The erasure reaches every table there is, those of tomorrow too (SEC-14)."""

from collections.abc import Iterator

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, CharField, JSONField, TextField
from django.utils.module_loading import import_string

from buhbot.erasing import erase_client
from buhbot.retention import KEPT
from tests.environment import DATABASE, database_url
from tests.flows.test_erasing import NOW, SAID_OF_US, TRACES, WHO, live, votes
from tests.flows.world import build

KEYS = "names other rows by their keys only"
STAFF = "about people of the firm"
FIRM = "words of the firm, to all"
# Tables in which a client leaves no trace, and why. One that is missing here needs a trace in `live`, so that the
# search of the whole database proves that its part of the erasure works.
NO_TRACE: dict[str, str] = {
    "bot_diagnosis": STAFF,
    "bot_outgoingmessage_alerts": KEYS,
    "buhbot_absence": STAFF,
    "buhbot_broadcast": FIRM,
    "buhbot_broadcast_chats": KEYS,
    "buhbot_broadcastdelivery": "about a chat, not a person",
    "buhbot_stafflink": STAFF,
    "django_session": STAFF,
    "feedback_delivery": "about a chat, not a person",
    "feedback_survey": FIRM,
    "feedback_survey_chats": KEYS,
    "sla_alert": KEYS,
    "sla_classification": "the class of a message without its text",
    "sla_invitation": "about a group to be, by the firm's own name for it",
    "sla_requestmessage": KEYS,
    "feedback_publishedtally": "figures of many",
    "templates_app_faqanswer": KEYS,
    "templates_app_unansweredquestion": KEYS,
}
# Of what is kept without a term, what is of clients.
OF_CLIENTS = {"buhbot_surveyoptout", "buhbot_membership", "buhbot_chosenchat"}
# Tables of which whole rows go: one trace is enough.
GOES_WHOLE = {
    "bot_inboundupdate",
    "bot_waitingorder",
    "buhbot_surveyoptout",
    "feedback_commentquestion",
    "sla_correction",
    "templates_app_receivedfile",
}
TELEGRAMS = "a number of Telegram's, of no person"
# Columns of the other tables that could hold words or numbers of people, and why no client is in them.
NO_TRACE_COLUMNS: dict[str, str] = {
    "bot_outgoingmessage.dedupe_key": KEYS,
    "bot_outgoingmessage.subject": KEYS,
    "bot_outgoingmessage.telegram_message_id": TELEGRAMS,
    "buhbot_auditentry.model": "the name of a table",
    "buhbot_auditentry.object_id": KEYS,
    "buhbot_chat.former_telegram_id": "of groups only",
    "buhbot_message.media_group_id": TELEGRAMS,
    "buhbot_message.reply_to_message_id": TELEGRAMS,
    "buhbot_message.telegram_message_id": TELEGRAMS,
    "buhbot_message.topic_id": TELEGRAMS,
    "django_admin_log.object_id": KEYS,
    "feedback_vote.comment_message_id": TELEGRAMS,
    "sla_request.on_duty": STAFF,
    "sla_request.paused_seconds": "a duration",
    "sla_request.policy_name": FIRM,
    "sla_request.response_seconds": "a duration",
    "sla_request.topic_id": TELEGRAMS,
    "sla_request.wish": "the name of a button or a service",
    "templates_app_serviceorder.fields": FIRM,
    "templates_app_serviceorder.topic_id": TELEGRAMS,
}
WORDY = (CharField, TextField, JSONField, ArrayField, BigIntegerField)


@pytest.fixture
def server(committed: None, no_flood: None) -> Iterator[psycopg.Connection]:
    """The database as its superuser sees it: every table, every row."""
    with psycopg.connect(database_url(DATABASE), autocommit=True) as connection:
        connection.execute("SET search_path = buhbot")
        yield connection


def tables(server: psycopg.Connection) -> set[str]:
    return {name for (name,) in server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'buhbot'")}


def traced(server: psycopg.Connection) -> dict[str, list[str]]:
    """Search every column of every table, of whatever type, as text; what was found where."""
    hits: dict[str, list[str]] = {}
    for table in sorted(tables(server)):
        for trace in (*TRACES, SAID_OF_US):
            sql = f'SELECT EXISTS (SELECT FROM "{table}" AS row WHERE strpos(row::text, %s) > 0)'
            if server.execute(sql.encode(), [trace]).fetchone() == (True,):
                hits.setdefault(table, []).append(trace)
    return hits


def speaking_columns() -> list[tuple[str, str]]:
    """Name the columns in which words or numbers of a client can be, in tables of which no whole rows go."""
    passed_by = (KEPT.keys() - OF_CLIENTS) | NO_TRACE.keys() | GOES_WHOLE
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return [
        (model._meta.db_table, str(field.column))
        for model in models
        for field in model._meta.local_concrete_fields
        if model._meta.db_table not in passed_by
        and isinstance(field, WORDY)
        and not (field.choices or field.primary_key)
    ]


def untraced(server: psycopg.Connection) -> list[str]:
    """Name the columns in which no trace is found."""
    sql = 'SELECT EXISTS (SELECT FROM "{}", unnest(%s::text[]) AS trace WHERE strpos("{}"::text, trace) > 0)'
    traces = [*TRACES, SAID_OF_US]
    return [
        f"{table}.{column}"
        for table, column in speaking_columns()
        if server.execute(sql.format(table, column).encode(), [traces]).fetchone() != (True,)
    ]


def test_sec_14_every_table_is_traced_and_none_keeps_a_trace(server: psycopg.Connection) -> None:
    world = build()
    live(world)
    votes(world)
    before = set(traced(server))
    unsure = tables(server) - before - (KEPT.keys() - OF_CLIENTS) - NO_TRACE.keys()
    assert sorted(unsure) == [], (
        "let live() leave a trace of the client here, or say in NO_TRACE why there is none"
    )
    assert before & NO_TRACE.keys() == set()
    erase_client(WHO, actor=world.admin, now=NOW)
    assert traced(server) == {}


def test_sec_14_every_column_that_could_name_a_client_is_traced(server: psycopg.Connection) -> None:
    world = build()
    live(world)
    votes(world)
    bare = set(untraced(server))
    assert sorted(bare ^ NO_TRACE_COLUMNS.keys()) == [], (
        "let live() leave a trace of the client here, or say in NO_TRACE_COLUMNS why there is none"
    )


def test_sec_14_every_room_with_data_of_its_own_erases_and_purges() -> None:
    """A room whose tables are all kept as settings of the firm would be named here."""
    rooms = {
        config.name
        for config in apps.get_app_configs()
        if any(model._meta.managed for model in config.get_models()) and not config.name.startswith("django.")
    }
    assert {path.partition(".")[0] for path in settings.ERASING} == rooms
    assert {path.partition(".")[0] for path in settings.PURGING} == rooms
    assert all(callable(import_string(path)) for path in settings.ERASING)
