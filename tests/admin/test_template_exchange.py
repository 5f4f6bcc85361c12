"""Templates as a CSV file in Admin: what would change, the change, the export (TPL-04)."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from buhbot.models import AuditEntry, Role
from templates_app.models import Template
from tests.admin.firm import Firm
from tests.admin.visits import told

IMPORT = "admin:templates_app_template_import_view"
HEAD = "Короткое имя;Название;Категория;Чей;Текст\n"


def upload(firm: Firm, role: str, content: str | bytes) -> Any:
    raw = content if isinstance(content, bytes) else content.encode()
    return firm.browser(role).post(reverse(IMPORT), {"file": SimpleUploadedFile("t.csv", raw)})


def take_over(firm: Firm, role: str, table: str) -> Any:
    return firm.browser(role).post(reverse(IMPORT), {"table": table, "apply": "1"}, follow=True)


def kinds(answer: Any) -> list[tuple[int, str]]:
    return [(line["number"], str(line["kind"])) for line in answer.context["lines"]]


def reasons(answer: Any) -> str:
    return " ".join(line["told"] for line in answer.context["lines"])


@pytest.fixture
def firms(firm: Firm) -> Template:
    return Template.objects.create(title="Счёт", shortcut="счет", text="Готово", category="status")


def test_tpl_04_a_dry_run_lists_what_would_change_and_writes_nothing(firm: Firm, firms: Template) -> None:
    table = HEAD + "счет;Счёт;;;Новый текст\nакт;Акт;напоминание;;Акт готов\nдва слова;Х;;;у\n"
    shown = upload(firm, Role.MANAGER, table)
    assert kinds(shown) == [(2, "изменится"), (3, "новый"), (4, "отклонено")]
    assert "текст" in reasons(shown)
    assert [one.text for one in Template.objects.all()] == ["Готово"]


def test_tpl_04_what_was_shown_is_taken_over(firm: Firm, firms: Template) -> None:
    table = upload(firm, Role.MANAGER, HEAD + "счет;Счёт;;;Новый\nакт;Акт;напоминание;;Акт готов").context[
        "table"
    ]
    done = take_over(firm, Role.MANAGER, table)
    assert "добавлено: 1, изменено: 1" in told(done)
    found: Any = Template.objects.order_by("shortcut").values_list("shortcut", "text", "category", "owner")
    assert list(found) == [("акт", "Акт готов", "reminder", None), ("счет", "Новый", "status", None)]
    assert kinds(upload(firm, Role.MANAGER, table)) == []  # running twice changes nothing


def test_adm_10_each_template_that_came_or_changed_is_written_down(firm: Firm, firms: Template) -> None:
    take_over(firm, Role.MANAGER, HEAD + "счет;Счёт;напоминание;;Новый\nакт;Акт;;;Готов\nб;Б;чужая;;т")
    entries = AuditEntry.objects.filter(model="templates_app.template").order_by("pk")
    changes = [["категория", "о ходе дела", "напоминание"], ["текст", "Готово", "Новый"]]
    assert [(one.kind, one.object_name, one.changes) for one in entries] == [
        ("changed", str(firms), changes),
        ("added", str(Template.objects.get(shortcut="акт")), []),
    ]
    assert {one.actor for one in entries} == {firm.people[Role.MANAGER]}


def test_a_forged_second_step_is_refused_with_a_sentence(firm: Firm) -> None:
    assert "UTF-8" in told(take_over(firm, Role.ADMIN, HEAD + "акт;Акт;;;\0"))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("а;Счёт;;;т", "уже есть у другого"),
        ("а;А;;;{{inn}}", "{{client_name}}"),
        ("а;А;чужая;;т", "«чужая»"),
        ("а;А;;nobody@firm.test;т", "nobody@firm.test"),
        ("счет;Счёт;;;т\nСЧЁТ;Ещё;;;т", "дважды"),
        ("а;;;;т", "название: "),
        (f"а;{'А' * 101};;;т", "100"),
        (f"а;А;;;{'т' * 2001}", "2000"),
    ],
)
def test_tpl_04_a_bad_line_is_refused_with_its_reason(
    firm: Firm, firms: Template, line: str, reason: str
) -> None:
    shown = upload(firm, Role.ADMIN, HEAD + line)
    assert kinds(shown)[-1][1] == "отклонено"
    assert reason in reasons(shown)


def test_tpl_04_accountants_bring_their_own_only(firm: Firm) -> None:
    anna = firm.people[Role.ACCOUNTANT]
    table = f"Короткое имя;Название;Чей;Текст\nа;А;;т\nб;Б;{anna.email};т\nв;В;admin603@firm.test;т\n"
    assert [kind for _number, kind in kinds(upload(firm, Role.ACCOUNTANT, table))] == [
        "отклонено",
        "новый",
        "отклонено",
    ]
    take_over(firm, Role.ACCOUNTANT, "shortcut,title,text\nа,А,т")
    assert Template.objects.get().owner == anna


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD.encode("utf-16"), "UTF-8 или Windows-1251"),
        ("Имя;Текст\nа;б", "не названы столбцы"),
        (b"a" * 1_900_001, "слишком большой"),
        ("", "Выберите файл"),
        (HEAD + 'акт;Акт;;;"' + "а" * 140_000, "кавычка"),
    ],
)
def test_tpl_04_what_cannot_be_read_is_refused_with_a_sentence(
    firm: Firm, content: str | bytes, said: str
) -> None:
    assert said in told(upload(firm, Role.ADMIN, content))


def test_tpl_04_windows_1251_is_read(firm: Firm) -> None:
    assert kinds(upload(firm, Role.ADMIN, (HEAD + "акт;Акт;;;Готово").encode("cp1251"))) == [(2, "новый")]


def test_tpl_04_the_export_is_read_again_and_runs_nothing(firm: Firm, firms: Template) -> None:
    firms.text = "=HYPERLINK(1)"
    firms.save()
    firm.template_of("other")
    answer = firm.browser(Role.ACCOUNTANT).get(reverse("admin:templates_app_template_export_view"))
    table = answer.content.decode()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert ";'=HYPERLINK(1)" in table
    assert "отправлен" not in table  # a personal one of somebody else
    assert kinds(upload(firm, Role.ADMIN, table)) == []


def test_tpl_04_observers_export_and_do_not_import(firm: Firm, firms: Template) -> None:
    observer = firm.browser(Role.OBSERVER)
    assert observer.get(reverse(IMPORT)).status_code == 403
    assert "Готово" in observer.get(reverse("admin:templates_app_template_export_view")).content.decode()
