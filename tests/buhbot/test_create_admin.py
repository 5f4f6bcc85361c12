"""The command that makes an administrator."""

import io

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from buhbot.models import Role, User

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"


def create(**changes: str) -> None:
    options = {"email": "Olga@Firm.ru", "name": "Ольга", "password": PASSWORD, "database": "default"}
    call_command("create_admin", **options | changes)


def test_an_administrator_may_sign_in() -> None:
    create()
    admin = authenticate(username="olga@firm.ru", password=PASSWORD)
    assert isinstance(admin, User)
    assert (admin.role, admin.full_name) == (Role.ADMIN, "Ольга")


def test_the_password_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_PASSWORD", PASSWORD)
    create(password="")
    assert authenticate(username="olga@firm.ru", password=PASSWORD)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"email": "olga"}, "must be an address"),
        ({"name": " "}, "--name must not be empty"),
        ({"password": "12345"}, "too weak"),
        ({"password": "olga@firm.ru"}, "too weak"),
    ],
)
def test_a_wrong_option_is_named(changes: dict[str, str], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        create(**changes)
    assert not User.objects.exists()


def test_an_address_is_taken_once_whatever_its_case() -> None:
    create()
    with pytest.raises(CommandError, match="staff member already"):
        create(email="OLGA@firm.ru")


def test_without_a_terminal_the_password_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADMIN_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match="ADMIN_PASSWORD"):
        create(password="")
