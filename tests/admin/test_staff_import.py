"""Many staff at once: a list with a dry run, and links to print (STF-04)."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from bot.models import BotAccount
from buhbot.models import AuditEntry, Role, StaffLink, User
from buhbot.services.people import link_staff
from tests.admin.firm import Firm
from tests.admin.test_words import english
from tests.admin.visits import page

LIST = "Имя;Почта;Роль\nНина;nina@firm.test;бухгалтер\n<b>Олег</b>;oleg@firm.test;менеджер\nЯ;bad;бухгалтер"


def post(firm: Firm, view: str = "buhbot_user_import", role: str = Role.ADMIN, **data: Any) -> Any:
    return firm.browser(role).post(reverse(f"admin:{view}"), data)


def test_stf_04_a_dry_run_shows_what_would_happen_and_changes_nothing(firm: Firm) -> None:
    before = User.objects.count()
    shown = post(firm, text=LIST).content.decode()
    for part in ("Нина", "будет добавлен", "это не адрес почты", "Добавить 2 сотрудников", "&lt;b&gt;Олег"):
        assert part in shown
    assert User.objects.count() == before


def test_stf_04_a_file_will_do(firm: Firm) -> None:
    file = SimpleUploadedFile("staff.csv", LIST.encode("cp1251"))
    assert "Нина" in post(firm, file=file).content.decode()


def test_stf_04_the_people_are_added_without_passwords(firm: Firm) -> None:
    shown = post(firm, text=LIST, add="1").content.decode()
    assert "Добавлено 2 сотрудника" in shown
    nina = User.objects.get(email="nina@firm.test")
    assert (nina.full_name, nina.role, nina.has_usable_password()) == ("Нина", "accountant", False)
    assert not User.objects.filter(email="bad").exists()


def test_adm_10_each_person_of_a_list_is_written_down(firm: Firm) -> None:
    post(firm, text=LIST, add="1")
    found = AuditEntry.objects.get(kind="added", object_name="Нина")
    assert found.actor == firm.people[Role.ADMIN]
    assert [after for _name, _before, after in found.changes] == ["nina@firm.test", "Бухгалтер"]


def test_stf_04_an_account_that_is_there_is_left_as_it_is(firm: Firm) -> None:
    admin = firm.people[Role.ADMIN]
    shown = post(firm, text=f"Другое имя;{admin.email.upper()};наблюдатель", add="1").content.decode()
    assert "учётная запись уже есть" in shown
    admin.refresh_from_db()
    assert (admin.full_name, admin.role) == ("Ирина", "admin")


@pytest.mark.parametrize("text", ["", "   "])
def test_stf_04_an_empty_list_is_asked_for_again(firm: Firm, text: str) -> None:
    assert "Выберите файл" in post(firm, text=text).content.decode()


def test_stf_04_links_are_printed_with_qr_codes_and_work(firm: Firm) -> None:
    BotAccount.objects.create(telegram_id=1, username="firm_bot", checked_at=timezone.now())
    people = [firm.people[Role.OBSERVER], firm.people[Role.ADMIN]]  # one of them is linked already
    shown = post(firm, "buhbot_user_links", person=[user.pk for user in people]).content.decode()
    assert shown.count("bb-qr") == 1
    token = shown.split("https://t.me/firm_bot?start=")[1].split("<")[0]
    assert StaffLink.objects.get().user == people[0]
    assert link_staff(token, telegram_id=990, username="", now=timezone.now()) == people[0]


def test_stf_04_the_list_of_staff_leads_there(firm: Firm) -> None:
    assert reverse("admin:buhbot_user_import") in page(firm, Role.ADMIN, "buhbot_user_changelist")
    assert reverse("admin:buhbot_user_import") not in page(firm, Role.MANAGER, "buhbot_user_changelist")


def test_stf_04_the_action_prints_links_of_the_chosen(firm: Firm) -> None:
    chosen = [firm.people[Role.OBSERVER].pk]
    shown = post(
        firm, "buhbot_user_changelist", action="print_links", _selected_action=chosen
    ).content.decode()
    assert "/start " in shown
    assert StaffLink.objects.count() == 1


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ACCOUNTANT, Role.OBSERVER])
@pytest.mark.parametrize("view", ["buhbot_user_import", "buhbot_user_links"])
def test_stf_04_others_may_not(firm: Firm, view: str, role: str) -> None:
    assert post(firm, view, role, text=LIST, add="1", person=["1"]).status_code == 403
    assert not User.objects.filter(email="nina@firm.test").exists()


def test_the_pages_show_no_english_word(firm: Firm) -> None:
    pages = [
        page(firm, Role.ADMIN, "buhbot_user_import"),
        post(firm, text=LIST).content.decode(),
        post(firm, text=LIST, add="1").content.decode(),
        post(firm, "buhbot_user_links", person=[firm.people[Role.OBSERVER].pk]).content.decode(),
    ]
    allowed = {"nina", "oleg", "bad", "CSV", "anna", "example", "com", "start", "textarea"}
    assert [word for shown in pages for word in english(shown) if word not in allowed] == []
