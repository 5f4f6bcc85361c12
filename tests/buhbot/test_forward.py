"""Migrations take a database of an earlier state along, with a row in every table (DB-03)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.management import call_command
from django.db import connections, models
from django.db.migrations.executor import MigrationExecutor

from buhbot.ops.database import as_owner
from tests.environment import SUPERUSER_URL

SCRATCH = "buhbot_forward"
ROOMS = ("buhbot", "sla", "bot", "feedback", "templates_app")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FIRST = {"buhbot": "0001", "sla": "0001", "bot": "0001"}
HALFWAY = {"buhbot": "0023", "sla": "0015", "bot": "0011", "templates_app": "0003", "feedback": "0001"}
SAMPLES: dict[type[Any], Any] = {
    models.DateTimeField: NOW,
    models.DateField: NOW.date(),
    models.TimeField: NOW.time(),
    models.EmailField: "a@firm.test",
    models.BooleanField: False,
    models.IntegerField: 1,
    models.FloatField: 0.5,
    models.DecimalField: 1,
    models.JSONField: {},
    models.CharField: "x",
    models.TextField: "x",
    models.BinaryField: b"x",
    models.GenericIPAddressField: "127.0.0.1",
    ArrayField: [],
}
NEEDED = {("outgoingmessage", "chat")}  # what a rule of the database wants, though the column may be empty


@pytest.fixture
def scratch(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """An empty database behind the owner's connection."""
    owner = connections["owner"]
    usual = owner.settings_dict["NAME"]
    with psycopg.connect(SUPERUSER_URL, autocommit=True) as server, django_db_blocker.unblock():
        server.execute(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {SCRATCH}")
        owner.close()
        owner.settings_dict["NAME"] = SCRATCH
        try:
            yield
        finally:
            owner.close()
            owner.settings_dict["NAME"] = usual
            server.execute(f"DROP DATABASE {SCRATCH} WITH (FORCE)")


def earlier_models() -> list[Any]:
    """The models as they were at the migrations that are applied."""
    loader = MigrationExecutor(connections["owner"]).loader
    state = loader.project_state(list(loader.applied_migrations))
    return [
        model
        for model in state.apps.get_models(include_auto_created=True)
        if model._meta.app_label in ROOMS and model._meta.managed and not model._meta.proxy
    ]


def some_row(model: Any) -> Any:
    """Give any row of the table; make one, and those that it points to, where there is none."""
    rows = model.objects.using("owner")
    found = rows.first()
    if found is not None:
        return found
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    values = {field.name: sample(field, place) for place, field in enumerate(fields) if wants_value(field)}
    return rows.create(**values)


def wants_value(field: Any) -> bool:
    is_needed = (field.model._meta.model_name, field.name) in NEEDED
    return is_needed or not (field.null or field.generated or field.has_default())


def sample(field: Any, place: int) -> Any:
    """Give a value of the field's kind; of two moments the later field holds the later one."""
    if field.is_relation:
        return some_row(field.related_model)
    if field.choices:
        return field.choices[0][0]
    if field.blank and isinstance(field, models.CharField | models.TextField):
        return ""
    value = next(value for kind, value in SAMPLES.items() if isinstance(field, kind))
    return value + timedelta(days=place) if isinstance(field, models.DateField) else value


def keys(table: str, column: str) -> set[Any]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return {key for (key,) in cursor.fetchall()}


def tables() -> set[str]:
    with connections["owner"].cursor() as cursor:
        return set(connections["owner"].introspection.table_names(cursor))


@pytest.mark.parametrize("state", [FIRST, HALFWAY], ids=["the first", "halfway"])
def test_db_03_every_row_of_an_earlier_state_is_taken_along(scratch: None, state: dict[str, str]) -> None:
    for room, name in state.items():
        call_command("migrate", room, name, verbosity=0)
    owner = connections["owner"]
    with as_owner(owner):
        before = {}
        for model in earlier_models():
            some_row(model)
        for model in earlier_models():
            table, column = model._meta.db_table, model._meta.pk.column
            before[table] = (column, keys(table, column))
            assert before[table][1], table
    call_command("migrate", verbosity=0)
    with as_owner(owner):
        lost = {
            table: kept - keys(table, column) for table, (column, kept) in before.items() if table in tables()
        }
        assert {table for table, rows in lost.items() if rows} == set()
        assert set(before) - tables() == set()
        for room in ROOMS:
            for today in apps.get_app_config(room).get_models():
                list(today._default_manager.using("owner").all()[:5])
