"""The erasure reaches every table there is, those of tomorrow too (SEC-14)."""

from collections.abc import Iterator

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
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
    "templates_app_faqanswer": KEYS,
    "templates_app_unansweredquestion": KEYS,
}


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


def test_sec_14_every_table_is_traced_and_none_keeps_a_trace(server: psycopg.Connection) -> None:
    world = build()
    live(world)
    votes(world)
    before = set(traced(server))
    unsure = tables(server) - before - KEPT.keys() - NO_TRACE.keys()
    assert sorted(unsure) == [], (
        "let live() leave a trace of the client here, or say in NO_TRACE why there is none"
    )
    assert before & NO_TRACE.keys() == set()
    erase_client(WHO, actor=world.admin, now=NOW)
    assert traced(server) == {}


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
