"""Templates from a table, in the database (TPL-04)."""

from datetime import UTC, datetime

import pytest

from buhbot.models import Role
from templates_app.models import Template
from templates_app.services.exchange import apply_import, plan_import
from templates_app.tables import Row
from tests.flows.world import staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_tpl_04_a_title_may_pass_from_one_template_to_another() -> None:
    second, first = [Template.objects.create(shortcut=word, title=word, text="Да") for word in ("б", "а")]
    rows = [Row(2, "а", "прежнее", "Да"), Row(3, "б", "а", "Да")]
    apply_import(plan_import(rows, actor=staff("Ирина", Role.ADMIN)), now=TEN)
    titles = Template.objects.values_list("title", flat=True)
    assert (titles.get(pk=first.pk), titles.get(pk=second.pk)) == ("прежнее", "а")
