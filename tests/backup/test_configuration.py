"""The configuration as JSON: stable, readable, brought back all or nothing (BAK-03)."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from buhbot.configuration import export_text
from buhbot.models import AuditEntry, Calendar, CalendarException, Preference, Tier
from buhbot.preferences import preferences
from sla.models import Policy
from templates_app.models import FaqItem, QuickButton, Service, Template

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.json"


def told() -> dict[str, Any]:
    Template.objects.create(title="Счёт", shortcut="счёт", text="Счёт готов.")
    FaqItem.objects.create(question="Когда аванс?", answer="25 числа.")
    Service.objects.create(name="Сверка", price="от 1 000 ₽", fields="ИНН")
    QuickButton.objects.create(label="📑 Сверка", wish="акт сверки")
    answer: dict[str, Any] = json.loads(export_text())
    return answer


def bring(file: Path, content: Any, **options: Any) -> None:
    file.write_text(json.dumps(content), "utf-8")
    call_command("import_config", str(file), yes=True, **options)


def test_bak_03_what_was_exported_changes_nothing(file: Path, capsys: Any) -> None:
    bring(file, told())
    assert capsys.readouterr().out == "Nothing differs.\n"


def test_bak_03_the_same_configuration_is_the_same_text(file: Path) -> None:
    told()
    first = export_text()
    Template.objects.all().delete()
    FaqItem.objects.all().delete()
    file.write_text(first, "utf-8")
    call_command("import_config", str(file), yes=True)
    assert export_text() == first
    assert "Счёт готов." in first


def test_bak_03_every_part_comes_back(file: Path) -> None:
    content = told()
    calendar = Calendar.objects.get(is_default=True)
    CalendarException.objects.create(calendar=calendar, date="2026-12-31", hours="09:00-13:00", note="Канун")
    content = json.loads(export_text())
    CalendarException.objects.all().delete()
    Template.objects.all().delete()
    FaqItem.objects.update(answer="Иначе")
    Service.objects.all().delete()
    QuickButton.objects.update(wish="?")
    Policy.objects.update(target_minutes=7)
    Tier.objects.update(name="?")
    bring(file, content)
    assert json.loads(export_text()) == content


def test_bak_03_settings_are_set_within_their_bounds(file: Path) -> None:
    content = told()
    content["settings"]["retention_years"] += 1
    bring(file, content)
    assert preferences().retention_years == content["settings"]["retention_years"]
    assert Preference.objects.count() == 1


def test_bak_03_the_difference_is_shown_and_a_dry_run_changes_nothing(file: Path, capsys: Any) -> None:
    content = told()
    content["templates"][0]["text"] = "Готово."
    bring(file, content, dry_run=True)
    assert '~ templates: счёт\n    text: "Счёт готов." → "Готово."\n' in capsys.readouterr().out
    assert Template.objects.get().text == "Счёт готов."


def test_bak_03_without_a_yes_nothing_is_changed(file: Path, monkeypatch: Any) -> None:
    content = told()
    content["templates"][0]["text"] = "Готово."
    file.write_text(json.dumps(content), "utf-8")
    monkeypatch.setattr("builtins.input", lambda _question: "no")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("import_config", str(file))
    assert Template.objects.get().text == "Счёт готов."


def test_bak_03_what_the_file_does_not_name_stays(file: Path) -> None:
    told()
    bring(file, {"format": 1, "templates": []})
    assert Template.objects.count() == 1


def test_bak_03_personal_templates_are_nobody_elses(file: Path, django_user_model: Any) -> None:
    owner = django_user_model.objects.create_user("a@b.test", None, full_name="А")
    Template.objects.create(title="Моё", shortcut="моё", text="…", owner=owner)
    assert "моё" not in export_text()


def test_adm_10_each_change_is_in_the_audit_log(file: Path) -> None:
    content = told()
    content["templates"][0]["text"] = "Готово."
    bring(file, content)
    entry = AuditEntry.objects.get(source="command")
    assert (entry.object_name, entry.changes) == ("счёт", [["text", '"Счёт готов."', '"Готово."']])


def test_bak_03_the_mark_of_the_default_moves(file: Path) -> None:
    content = told()
    first = content["calendars"][0]
    content["calendars"].append({**first, "name": "Второй", "is_default": True})
    first["is_default"] = False
    bring(file, content)
    assert Calendar.objects.get(is_default=True).name == "Второй"


def changed(part: str, **fields: Any) -> Any:
    def change(content: dict[str, Any]) -> None:
        content[part][0].update(fields)

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (changed("templates", text=""), r"templates, entry 1 \(счёт\): text: "),
        (changed("templates", text=5), "text: a text is wanted, not 5"),
        (changed("templates", category="other"), r"entry 1 \(счёт\): category: "),
        (changed("templates", colour="red"), "colour is unknown"),
        (changed("templates", shortcut=""), "templates, entry 1: shortcut is missing"),
        (changed("policies", target_minutes=0), "policies, entry 1 .*target_minutes: "),
        (changed("policies", target_minutes=True), "target_minutes: a whole number is wanted, not true"),
        (changed("policies", tier="none"), 'tier: there is no "none"'),
        (changed("calendars", is_default=False), "calendars: one of them must have is_default true"),
        (changed("calendars", is_default="yes"), "is_default: true or false is wanted"),
        (changed("calendars", time_zone="Mars"), "time_zone: there is no zone «Mars»"),
        (changed("calendars", weekly={"1": "9-18"}), "weekly: hours of the days 1"),
        (lambda content: content["settings"].update(retention_years=999), "settings: retention_years: .* is wanted"),
        (lambda content: content["settings"].update(retention_years="5"), "a whole number is wanted"),
        (lambda content: content["settings"].update(nothing=1), "nothing is unknown"),
        (lambda content: content["templates"].append(content["templates"][0]), "stands in the file twice"),
        (lambda content: content.update(format=2), "format 1 is wanted"),
        (lambda content: content.update(people=[]), "people is unknown"),
        (lambda content: content.update(faq={}), "faq: a list is wanted"),
    ],
)  # fmt: skip
def test_bak_03_what_is_wrong_is_said_with_its_place_and_nothing_is_changed(
    file: Path, change: Any, words: str
) -> None:
    content = told()
    content["tiers"][0]["name"] = "Новый"
    before = export_text()
    change(content)
    with pytest.raises(CommandError, match=f"Nothing was changed. .*{words}"):
        bring(file, content)
    assert export_text() == before


def test_bak_03_what_is_no_json_is_said(file: Path) -> None:
    file.write_text("{", "utf-8")
    with pytest.raises(CommandError, match="This is no JSON"):
        call_command("import_config", str(file), yes=True)
