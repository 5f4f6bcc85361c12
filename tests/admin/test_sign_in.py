"""Signing in through the pages, as a person does: password, lock-out, code, one-time links (SEC-05)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from buhbot.acting import as_session
from buhbot.models import AuditEntry, BackupCode, Preference, Role, SecondFactor, SignInAttempts, User
from buhbot.one_time_codes import STEP_SECONDS, code_at
from buhbot.tasks import mail_link
from tests.admin.firm import Browser, Firm

PASSWORD = "long-enough-for-tests"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def known(firm: Firm, role: str = Role.ADMIN) -> User:
    person = firm.people[role]
    person.set_password(PASSWORD)
    person.save()
    return person


def enter(browser: Browser, email: str, password: str = PASSWORD, **extra: Any) -> Any:
    data = {"username": email, "password": password}
    return browser.post(reverse("admin:login"), data, follow=True, **extra)


def is_in(browser: Browser) -> bool:
    return bool(browser.get(reverse("admin:index")).status_code == 200)


def sign_in(firm: Firm, role: str, password: str = PASSWORD) -> Any:
    return enter(Browser(), known(firm, role).email.upper(), password)


@pytest.mark.parametrize("role", Role.values)
def test_sec_05_signing_in_leads_home_whatever_the_case_of_the_address(firm: Firm, role: str) -> None:
    answer = sign_in(firm, role)
    assert answer.redirect_chain == [(reverse("admin:index"), 302)]
    assert firm.people[role].full_name in answer.content.decode()


def test_sec_05_passwords_are_kept_as_argon2(firm: Firm) -> None:
    assert known(firm).password.startswith("argon2$argon2id$")


def test_sec_05_a_wrong_password_is_refused_in_words(firm: Firm) -> None:
    assert "Неверная почта или пароль." in sign_in(firm, Role.MANAGER, "wrong").content.decode()


def test_a_person_who_was_switched_off_stays_out(firm: Firm) -> None:  # RBAC-04
    firm.people[Role.MANAGER].is_active = False
    assert sign_in(firm, Role.MANAGER).redirect_chain == []


def test_sec_05_signing_in_leads_to_no_other_site(firm: Firm) -> None:
    data = {"username": known(firm).email, "password": PASSWORD, "next": "https://evil.test/"}
    assert Browser().post(reverse("admin:login"), data)["Location"] == reverse("admin:index")


def test_sec_05_the_session_lasts_12_hours_and_its_cookie_is_guarded(firm: Firm) -> None:
    browser = Browser()
    with time_machine.travel(NOW, tick=False):
        enter(browser, known(firm).email)
    cookie = browser.cookies["sessionid"]
    assert (cookie["max-age"], cookie["secure"], cookie["httponly"], cookie["samesite"]) == (
        12 * 60 * 60, True, True, "Lax",
    )  # fmt: skip


def test_sec_05_work_does_not_make_the_session_last_longer(firm: Firm) -> None:
    person, browser = known(firm), Browser()
    chat = reverse("admin:buhbot_chat_monitor", args=[firm.own.chat.pk])
    with time_machine.travel(NOW, tick=False) as clock:
        enter(browser, person.email)
        clock.move_to(NOW + timedelta(hours=11))
        browser.post(chat, {"on": ""})
        assert browser.session["_messages"]  # written anew
        clock.move_to(NOW + timedelta(hours=11, minutes=59))
        assert is_in(browser)
        clock.move_to(NOW + timedelta(hours=12, seconds=1))
        assert not is_in(browser)


# Lock-out


def fail(browser: Browser, email: str, times: int, **extra: Any) -> Any:
    for _ in range(times):
        answer = enter(browser, email, "wrong", **extra)
    return answer


def test_sec_05_five_failures_lock_the_account_for_15_minutes(firm: Firm) -> None:
    email, browser = known(firm).email, Browser()
    with time_machine.travel(NOW, tick=False) as clock:
        assert "Слишком много" not in fail(browser, email, 5).content.decode()
        assert "Слишком много попыток" in enter(browser, email).content.decode()
        clock.move_to(NOW + timedelta(minutes=14, seconds=59))
        enter(browser, email)
        assert not is_in(browser)
        clock.move_to(NOW + timedelta(minutes=15))
        enter(browser, email)
        assert is_in(browser)


def test_sec_05_the_count_is_of_one_account_from_one_address(firm: Firm) -> None:
    admin, manager = known(firm), known(firm, Role.MANAGER)
    fail(Browser(), admin.email, 6, REMOTE_ADDR="203.0.113.9")
    for email, address in ((admin.email, "203.0.113.10"), (manager.email, "203.0.113.9")):
        browser = Browser()
        enter(browser, email, REMOTE_ADDR=address)
        assert is_in(browser), (email, address)


def test_sec_05_case_spaces_and_a_neighbouring_v6_address_are_no_way_around(firm: Firm) -> None:
    email = known(firm).email
    for number, written in enumerate((email, email.upper(), f" {email}", email.title(), f"{email} ")):
        enter(Browser(), written, "wrong", REMOTE_ADDR=f"2001:db8::{number}")
    browser = Browser()
    enter(browser, email, REMOTE_ADDR="2001:db8::ffff")
    assert not is_in(browser)


def test_sec_05_an_invented_forwarded_address_is_no_way_around(firm: Firm) -> None:
    email, browser = known(firm).email, Browser()
    for number in range(6):
        headers = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"}  # nginx adds the last one
        enter(browser, email, "wrong", REMOTE_ADDR="127.0.0.1", headers=headers)
    enter(browser, email, REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "203.0.113.9"})
    assert not is_in(browser)


def test_sec_05_a_good_sign_in_begins_the_count_anew(firm: Firm) -> None:
    email, browser = known(firm).email, Browser()
    for _ in range(2):
        fail(browser, email, 4)
        enter(browser, email)
    assert is_in(browser)
    with as_session():
        assert not SignInAttempts.objects.exists()


def test_sec_05_what_was_typed_is_not_kept_with_the_count(firm: Firm) -> None:
    fail(Browser(), "hunter2-as-a-name", 1)
    with as_session():
        assert re.fullmatch("[0-9a-f]{64}", SignInAttempts.objects.get().key)
    assert AuditEntry.objects.latest("pk").who == "•••"


# The second factor


def with_factor(firm: Firm, at: datetime = NOW, role: str = Role.ADMIN) -> tuple[User, str, list[str]]:
    """Set a second factor up through the page; return the person, the secret and the backup codes."""
    person, browser = known(firm, role), firm.browser(role)
    address = reverse("admin:second_factor")
    with time_machine.travel(at, tick=False):
        page = browser.post(address, {"action": "begin"}).content.decode()
        secret = page.split('<code class="key">')[1].split("<")[0]
        shown = browser.post(address, {"action": "confirm", "code": code(secret, at)}).content.decode()
    return person, secret, re.findall(r"<li><code>([\w-]+)</code>", shown)


def code(secret: str, at: datetime) -> str:
    return code_at(secret, int(at.timestamp()) // STEP_SECONDS)


LATER = NOW + timedelta(minutes=5)


def second_step(browser: Browser, typed: str, at: datetime = LATER) -> Any:
    with time_machine.travel(at, tick=False):
        return browser.post(reverse("admin:second_step"), {"code": typed}, follow=True)


def first_step(person: User, at: datetime = LATER) -> Browser:
    browser = Browser()
    with time_machine.travel(at, tick=False):
        enter(browser, person.email)
        assert not is_in(browser)
    return browser


def test_sec_05_a_code_is_asked_for_after_the_password(firm: Firm) -> None:
    person, secret, _ = with_factor(firm)
    browser = first_step(person)
    second_step(browser, f" {code(secret, LATER)[:3]} {code(secret, LATER)[3:]} ")
    with time_machine.travel(LATER, tick=False):
        assert is_in(browser)


@pytest.mark.parametrize("typed", ["000000", "", "x" * 30, "١٢٣٤٥٦", "\0", "abcde-fghjk"])
def test_sec_05_a_wrong_code_lets_nobody_in(firm: Firm, typed: str) -> None:
    browser = first_step(with_factor(firm)[0])
    assert second_step(browser, typed).status_code == 200
    with time_machine.travel(LATER, tick=False):
        assert not is_in(browser)


def test_sec_05_a_code_is_good_once(firm: Firm) -> None:
    person, secret, _ = with_factor(firm)
    second_step(first_step(person), code(secret, LATER))
    assert "уже использован" in second_step(first_step(person), code(secret, LATER)).content.decode()


def test_sec_05_five_wrong_codes_lock_the_person_whatever_the_address(firm: Firm) -> None:
    person, secret, _ = with_factor(firm)
    for _ in range(5):
        second_step(first_step(person), "000000")
    assert "Слишком много" in second_step(first_step(person), code(secret, LATER)).content.decode()


def test_sec_05_a_backup_code_is_good_once_and_kept_as_a_hash(firm: Firm) -> None:
    person, _, codes = with_factor(firm)
    assert len(set(codes)) == 10
    assert not BackupCode.objects.filter(code_hash__in=codes).exists()
    browser = first_step(person)
    second_step(browser, codes[3].upper())
    with time_machine.travel(LATER, tick=False):
        assert is_in(browser)
    assert "уже использован" in second_step(first_step(person), codes[3]).content.decode()
    assert BackupCode.objects.filter(user=person).count() == 9


def test_sec_05_the_second_step_waits_ten_minutes(firm: Firm) -> None:
    person, secret, _ = with_factor(firm)
    late = LATER + timedelta(minutes=11)
    answer = second_step(first_step(person), code(secret, late), at=late)
    assert answer.redirect_chain == [(reverse("admin:login"), 302)]


def test_sec_05_the_secret_is_not_kept_in_clear(firm: Firm) -> None:
    _, secret, _ = with_factor(firm)
    assert secret not in SecondFactor.objects.get().secret


def test_sec_05_nothing_is_on_before_a_first_code_was_right(firm: Firm) -> None:
    browser = firm.browser(Role.MANAGER)
    browser.post(reverse("admin:second_factor"), {"action": "begin"})
    answer = browser.post(reverse("admin:second_factor"), {"action": "confirm", "code": "000000"})
    assert "Неверный код" in answer.content.decode()
    enter(other := Browser(), known(firm, Role.MANAGER).email)
    assert is_in(other)


def test_sec_05_it_is_switched_off_with_a_code_only(firm: Firm) -> None:
    person, secret, _ = with_factor(firm)
    browser, address = firm.browser(Role.ADMIN), reverse("admin:second_factor")
    with time_machine.travel(LATER, tick=False):
        browser.post(address, {"action": "remove", "code": "000000"})
        assert SecondFactor.objects.exists()
        browser.post(address, {"action": "remove", "code": code(secret, LATER)})
    assert not SecondFactor.objects.filter(user=person).exists()
    assert not BackupCode.objects.exists()


def test_sec_05_new_backup_codes_end_the_old_ones(firm: Firm) -> None:
    person, _, codes = with_factor(firm)
    browser = firm.browser(Role.ADMIN)
    with time_machine.travel(LATER, tick=False):
        browser.post(reverse("admin:second_factor"), {"action": "renew", "code": codes[0]})
    assert BackupCode.objects.filter(user=person).count() == 10
    assert "уже использован" in second_step(first_step(person), codes[1]).content.decode()


def test_sec_05_administrators_must_have_one_where_the_setting_says_so(firm: Firm) -> None:
    Preference.objects.create(key="admins_need_second_factor", value=True)
    browser = Browser()
    answer = enter(browser, known(firm).email)
    assert answer.redirect_chain[-1][0] == reverse("admin:second_factor")
    assert "нужен второй фактор" in answer.content.decode()
    for name in ("index", "buhbot_user_changelist", "password_change", "sla_reports"):
        assert browser.get(reverse(f"admin:{name}")).status_code == 302, name
    enter(manager := Browser(), known(firm, Role.MANAGER).email)
    assert is_in(manager)


def test_sec_05_the_setting_ends_sessions_without_a_code_too(firm: Firm) -> None:
    person, secret, _ = with_factor(firm)
    enter(before := Browser(), known(firm, Role.MANAGER).email)
    Preference.objects.create(key="admins_need_second_factor", value=True)
    User.objects.filter(role=Role.MANAGER).update(role=Role.ADMIN)
    assert not is_in(before)
    second_step(browser := first_step(person), code(secret, LATER))
    with time_machine.travel(LATER, tick=False):
        assert is_in(browser)


def test_sec_05_an_administrator_takes_a_lost_factor_away(firm: Firm) -> None:
    person, _, _ = with_factor(firm, role=Role.MANAGER)
    firm.browser(Role.ADMIN).post(reverse("admin:buhbot_user_reset_factor", args=[person.pk]))
    enter(browser := Browser(), person.email)
    assert is_in(browser)
    assert AuditEntry.objects.filter(note="Второй фактор снят.", object_id=person.pk).exists()


def test_sec_05_the_last_administrator_is_let_in_by_a_command(firm: Firm) -> None:
    person, _, _ = with_factor(firm)
    call_command("reset_second_factor", person.email, database="default")
    assert not SecondFactor.objects.exists()
    assert not BackupCode.objects.exists()


# One-time links


def made_link(firm: Firm, person: User) -> str:
    page = firm.browser(Role.ADMIN).post(reverse("admin:buhbot_user_password_link", args=[person.pk]))
    return str(page.content.decode()).split('value="https://buhbot.test')[1].split('"')[0]


def set_password(browser: Browser, link: str, password: str = "another-long-one") -> Any:
    form = browser.get(link, follow=True)
    if not form.redirect_chain:
        return form
    data = {"new_password1": password, "new_password2": password}
    return browser.post(form.redirect_chain[-1][0], data, follow=True)


def test_sec_05_a_link_of_an_administrator_sets_a_password_once(firm: Firm) -> None:
    person = firm.people[Role.ACCOUNTANT]
    link = made_link(firm, person)
    assert "Пароль задан" in set_password(Browser(), link).content.decode()
    enter(browser := Browser(), person.email, "another-long-one")
    assert is_in(browser)
    assert "больше не действует" in set_password(Browser(), link).content.decode()


def test_sec_05_a_link_ends_after_a_day_and_with_the_account(firm: Firm) -> None:
    person = firm.people[Role.ACCOUNTANT]
    with time_machine.travel(NOW, tick=False):
        link = made_link(firm, person)
    with time_machine.travel(NOW + timedelta(hours=24, seconds=1), tick=False):
        assert "больше не действует" in set_password(Browser(), link).content.decode()
    link = made_link(firm, person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert "больше не действует" in set_password(Browser(), link).content.decode()


def test_sec_05_a_weak_password_is_refused_by_the_link_too(firm: Firm) -> None:
    link = made_link(firm, firm.people[Role.ACCOUNTANT])
    assert "Пароль задан" not in set_password(Browser(), link, "short").content.decode()


def test_sec_05_a_password_does_not_replace_the_code(firm: Firm) -> None:
    person, _, _ = with_factor(firm, role=Role.MANAGER)
    set_password(browser := Browser(), made_link(firm, person))
    enter(browser, person.email, "another-long-one")
    assert not is_in(browser)


def asked_by_mail(settings: Any, monkeypatch: Any, email: str, times: int = 1) -> Any:
    settings.EMAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://localhost", "buhbot@firm.test"
    monkeypatch.setattr(mail_link, "delay", mail_link)  # the worker, at once
    for _ in range(times):
        answer = Browser().post(reverse("admin:password_ask"), {"email": email}, follow=True)
    return answer


def test_sec_05_where_mail_is_set_a_link_comes_by_it(firm: Firm, settings: Any, monkeypatch: Any) -> None:
    person = known(firm, Role.MANAGER)
    asked_by_mail(settings, monkeypatch, person.email.upper())
    (letter,) = mail.outbox
    assert letter.to == [person.email]
    link = re.findall(r"https://buhbot.test(/\S+)", str(letter.body))[0]
    assert "Пароль задан" in set_password(Browser(), link).content.decode()


def test_sec_05_nobody_learns_who_has_an_account(firm: Firm, settings: Any, monkeypatch: Any) -> None:
    known_one = asked_by_mail(settings, monkeypatch, known(firm).email)
    unknown = asked_by_mail(settings, monkeypatch, "nobody@firm.test")
    told = [re.findall(r'role="status">(.*?)<', answer.content.decode()) for answer in (known_one, unknown)]
    assert told[0] == told[1] != []
    assert len(mail.outbox) == 1


def test_sec_05_mail_is_not_asked_for_without_end(firm: Firm, settings: Any, monkeypatch: Any) -> None:
    answer = asked_by_mail(settings, monkeypatch, known(firm).email, times=6)
    assert "Слишком много попыток" in answer.content.decode()
    assert len(mail.outbox) == 5


def test_sec_05_without_a_server_for_mail_there_is_no_such_page(firm: Firm) -> None:
    assert Browser().get(reverse("admin:password_ask")).status_code == 404
    assert reverse("admin:password_ask") + '"' not in Browser().get(reverse("admin:login")).content.decode()


def test_a_session_cookie_that_no_text_of_postgres_can_hold_is_nobodys(db: None) -> None:  # SEC-05
    answer = Client().get("/admin/login/", headers={"Cookie": r'sessionid="abcdefgh\000"'})
    assert answer.status_code == 200
