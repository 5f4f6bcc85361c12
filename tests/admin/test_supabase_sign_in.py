"""Accounts of Supabase Auth at the same door: whom it vouches for, and what it cannot do (SEC-06)."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from buhbot.models import AuditEntry, Role, User
from buhbot.supabase import client, tokens
from tests.admin.firm import Browser, Firm
from tests.admin.test_sign_in import PASSWORD as LOCAL_PASSWORD
from tests.admin.test_sign_in import enter, is_in, known, with_factor
from tests.supabase_auth import EMAIL, KEY, LEGACY_SECRET, PASSWORD, SUBJECT, Project, project


@pytest.fixture
def supabase(firm: Firm, settings: Any) -> Iterator[Project]:
    with project() as server:
        settings.SUPABASE_URL, settings.SUPABASE_PUBLISHABLE_KEY = server.url, KEY
        tokens.forget_keys()
        client.wake()
        yield server
    client.wake()


def enters(password: str = PASSWORD) -> tuple[bool, str]:
    answer = enter(browser := Browser(), EMAIL, password)
    return is_in(browser), answer.content.decode()


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "HS256"])
def test_sec_06_the_first_sign_in_makes_the_person(supabase: Project, settings: Any, algorithm: str) -> None:
    supabase.algorithm, settings.SUPABASE_JWT_SECRET = algorithm, LEGACY_SECRET
    assert enters()[0]
    person = User.objects.get(email=EMAIL)
    assert (person.role, person.supabase_id, person.has_usable_password()) == (Role.MANAGER, SUBJECT, False)
    assert AuditEntry.objects.filter(note="Первый вход через Supabase.", actor=person).exists()
    assert supabase.asked[0] == ("/auth/v1/token?grant_type=password", KEY)


def test_sec_06_the_role_counts_at_the_first_sign_in_only(supabase: Project) -> None:
    enters()
    supabase.claims = {"app_metadata": {"role": "admin"}, "email": "changed@firm.test"}
    assert enters()[0]
    assert User.objects.get(supabase_id=SUBJECT).role == Role.MANAGER


@pytest.mark.parametrize("given", [None, {}, {"role": "owner"}, {"role": ["admin"]}, "admin", {"role": ""}])
def test_sec_06_without_a_known_role_there_is_no_access(supabase: Project, given: Any) -> None:
    supabase.claims = {"app_metadata": given}  # user_metadata says admin, which anybody may write
    is_inside, page = enters()
    assert not is_inside
    assert "не назначена роль" in page
    assert not User.objects.filter(email=EMAIL).exists()


def test_sec_06_a_person_of_the_same_address_and_role_is_tied(supabase: Project) -> None:
    person = User.objects.create_user(EMAIL, None, full_name="Ольга", role=Role.MANAGER)
    assert enters()[0]
    assert User.objects.get(supabase_id=SUBJECT) == person


def test_sec_06_an_address_alone_takes_nobodys_account_over(supabase: Project) -> None:
    User.objects.create_user(EMAIL, None, full_name="Ольга", role=Role.ADMIN)
    assert not enters()[0]
    assert User.objects.get(email=EMAIL).supabase_id is None


def test_sec_06_whoever_was_switched_off_here_stays_out(supabase: Project) -> None:
    enters()
    User.objects.filter(email=EMAIL).update(is_active=False)
    is_inside, page = enters()
    assert (is_inside, "Учётная запись отключена" in page) == (False, True)


def test_sec_06_a_wrong_password_is_refused_and_counted(supabase: Project) -> None:
    for _ in range(5):
        assert "Неверная почта или пароль." in enters("wrong")[1]
    asked = len(supabase.asked)
    assert "Слишком много" in enters()[1]
    assert len(supabase.asked) == asked


def test_sec_06_the_second_factor_is_asked_for_too(supabase: Project, firm: Firm) -> None:
    person, _, _ = with_factor(firm, role=Role.MANAGER)
    User.objects.filter(pk=person.pk).update(email=EMAIL)
    is_inside, page = enters()
    assert (is_inside, "Ещё один шаг" in page) == (False, True)


def unsigned(supabase: Project) -> str:
    _, body, _ = supabase.access_token().split(".")
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).decode().rstrip("=")
    return f"{head}.{body}."


def signed_with_the_public_key(supabase: Project) -> str:
    """Algorithm confusion: what is public is taken for a shared secret."""
    _, body, _ = supabase.access_token().split(".")
    head = json.dumps({"alg": "HS256", "typ": "JWT", "kid": "kid-RS256"}).encode()
    signed = base64.urlsafe_b64encode(head).rstrip(b"=") + b"." + body.encode()
    secret = json.dumps(supabase.key_set()["keys"][1]).encode()
    mark = base64.urlsafe_b64encode(hmac.digest(secret, signed, "sha256")).rstrip(b"=")
    return (signed + b"." + mark).decode()


def of_a_stranger(supabase: Project) -> str:
    with project() as other:
        other.url = supabase.url
        return other.access_token()


FORGED: dict[str, Any] = {
    "none": unsigned,
    "confusion": signed_with_the_public_key,
    "another key": of_a_stranger,
    "expired": lambda it: it.access_token(exp=int(time.time()) - 60),
    "for another audience": lambda it: it.access_token(aud="anon"),
    "of another issuer": lambda it: it.access_token(iss="https://evil.test/auth/v1"),
    "without an end": lambda it: it.access_token(exp=None),
    "without an audience": lambda it: it.access_token(aud=None),
    "of a service": lambda it: it.access_token(role="service_role"),
    "of nobody": lambda it: it.access_token(is_anonymous=True),
    "without an address": lambda it: it.access_token(email=None),
    "tampered": lambda it: it.access_token()[:-6] + "AAAAAA",
    "garbage": lambda it: "not.a.token",
}


@pytest.mark.parametrize("how", FORGED)
def test_sec_06_a_token_that_proves_nothing_is_refused(supabase: Project, settings: Any, how: str) -> None:
    settings.SUPABASE_JWT_SECRET = LEGACY_SECRET
    supabase.token = FORGED[how](supabase)
    assert not enters()[0]
    assert not User.objects.filter(email=EMAIL).exists()


def test_sec_06_without_the_legacy_secret_its_tokens_are_refused(supabase: Project) -> None:
    supabase.algorithm = "HS256"
    assert not enters()[0]


def test_sec_06_the_keys_are_fetched_once(supabase: Project) -> None:
    enters()
    enters()
    assert [path for path, _ in supabase.asked].count("/auth/v1/.well-known/jwks.json") == 1


ILL: dict[str, dict[str, Any]] = {
    "500": {"status": 500},
    "429": {"status": 429},
    "garbage": {"body": b"<html>"},
    "a list": {"body": b"[]"},
    "too much": {"body": b"x" * 300_000},
    "slow": {"drip": 0.5},
}


@pytest.mark.parametrize("how", ILL)
def test_sec_06_an_ill_supabase_leaves_local_accounts_working(
    supabase: Project, firm: Firm, monkeypatch: Any, how: str
) -> None:
    monkeypatch.setattr(client, "TOTAL_SECONDS", 1.0)
    for name, value in ILL[how].items():
        setattr(supabase, name, value)
    began = time.monotonic()
    assert "Supabase: он сейчас не отвечает" in enters()[1]
    assert time.monotonic() - began < 3
    asked = len(supabase.asked)
    assert not enters()[0]
    assert len(supabase.asked) == asked  # it is left alone for a while
    enter(browser := Browser(), known(firm).email, LOCAL_PASSWORD)
    assert is_in(browser)


def test_sec_06_supabase_that_is_down_keeps_nobody_waiting(
    supabase: Project, settings: Any, firm: Firm
) -> None:
    settings.SUPABASE_URL = "http://127.0.0.1:9"
    assert not enters()[0]
    enter(browser := Browser(), known(firm).email)
    assert is_in(browser)


def test_sec_06_without_settings_nothing_is_asked(supabase: Project, settings: Any) -> None:
    settings.SUPABASE_URL = ""
    assert not enters()[0]
    assert supabase.asked == []
