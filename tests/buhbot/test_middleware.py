"""Who acts during a request, what stays of it, and what a person sees while the database is away."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from buhbot.models import Preference, Role, User


@pytest.fixture
def as_web_login(committed: None, settings: Any) -> Iterator[None]:
    """This process logs in as the web process does: `buhbot_web`, without rights of its own."""
    settings.ROOT_URLCONF = "tests.buhbot.pages"
    login = connection.settings_dict["USER"]
    yield
    connection.close()
    connection.settings_dict["USER"] = login


@pytest.fixture
def client(as_web_login: None) -> Client:
    return Client(raise_request_exception=False)


def signed_in(client: Client, role: str) -> User:
    person = User.objects.create_user(f"{role}@firm.test", None, full_name=role, role=role)
    client.force_login(person)
    connection.close()
    connection.settings_dict["USER"] = "buhbot_web"
    return person


@pytest.mark.parametrize("role", Role.values)
def test_sec_02_a_request_acts_as_the_role_of_the_person(client: Client, role: str) -> None:
    person = signed_in(client, role)
    assert client.get("/who").json() == {"role": f"buhbot_{role}", "person": str(person.pk)}


def test_sec_02_signing_in_needs_no_other_rights(client: Client) -> None:
    person = User.objects.create_user(
        "m@firm.test", "long-enough-for-tests", full_name="M", role=Role.MANAGER
    )
    connection.close()
    connection.settings_dict["USER"] = "buhbot_web"
    answer = client.post("/admin/login/", {"username": "M@firm.test", "password": "long-enough-for-tests"})
    assert answer.status_code == 302, answer.content.decode()
    assert client.get("/who").json() == {"role": "buhbot_manager", "person": str(person.pk)}


def test_sec_02_nobody_acts_as_the_sign_in_machinery(client: Client) -> None:
    connection.close()
    connection.settings_dict["USER"] = "buhbot_web"
    assert client.get("/who").json() == {"role": "buhbot_session", "person": ""}


def test_sec_02_nothing_is_left_on_the_connection(client: Client) -> None:
    signed_in(client, Role.MANAGER)
    client.get("/who")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('app.user_id', true)")
        assert cursor.fetchone() == ("buhbot_web", "")


def test_sec_02_a_view_that_forgets_the_role_is_refused(client: Client) -> None:
    signed_in(client, Role.ADMIN)
    client.raise_request_exception = True
    with pytest.raises(ProgrammingError, match="permission denied"):
        client.get("/forgetful")


def test_sec_02_the_service_login_steps_down_to_the_role_too(client: Client) -> None:
    person = User.objects.create_user("m@firm.test", None, full_name="M", role=Role.MANAGER)
    client.force_login(person)
    assert client.get("/who").json()["role"] == "buhbot_manager"


def test_a_person_who_was_switched_off_is_nobody(client: Client) -> None:
    person = User.objects.create_user("m@firm.test", None, full_name="M", role=Role.MANAGER)
    client.force_login(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get("/who").json()["role"] == "buhbot_session"


@pytest.mark.parametrize("end", ["error", "not-found", "status-500", "away"])
def test_what_a_failed_view_wrote_is_taken_back(client: Client, end: str) -> None:
    client.force_login(User.objects.create_user("a@firm.test", None, full_name="A", role=Role.ADMIN))
    client.get(f"/write?end={end}")
    assert not Preference.objects.exists()


def test_what_a_good_view_wrote_stays(client: Client) -> None:
    client.force_login(User.objects.create_user("a@firm.test", None, full_name="A", role=Role.ADMIN))
    assert client.get("/write?end=well").status_code == 200
    assert Preference.objects.get().key == "well"


def test_sec_02_a_request_tells_who_acts_in_two_statements(client: Client) -> None:
    """The rest is one query for the session, one for the person, and the view's own."""
    signed_in(client, Role.MANAGER)
    with CaptureQueriesContext(connection) as queries:
        client.get("/who")
    told = [query for query in queries if "set_config" in query["sql"]]
    assert (len(told), len(queries)) == (2, 7)  # BEGIN and COMMIT are counted here


@pytest.mark.parametrize("address", ["/health/live", "/no-such-page", "/static/no-such-file.css"])
def test_what_needs_nobody_asks_the_database_nothing(client: Client, address: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert len(queries) == 0


def test_bak_06_people_read_in_russian_that_the_database_is_away(client: Client) -> None:
    connection.close()
    port, connection.settings_dict["PORT"] = connection.settings_dict["PORT"], 9
    try:
        answer = client.get("/who", headers={"accept": "text/html"})
    finally:
        connection.settings_dict["PORT"] = port
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert '<html lang="ru">' in answer.content.decode()


@pytest.mark.parametrize("end", ["away", "away-at-commit"])
def test_bak_06_losing_the_database_on_the_way_answers_the_same(client: Client, end: str) -> None:
    client.force_login(User.objects.create_user("a@firm.test", None, full_name="A", role=Role.ADMIN))
    answer = client.get(f"/write?end={end}", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")


def test_mon_06_the_id_of_a_request_comes_back(client: Client) -> None:
    assert (
        client.get("/health/live", headers={"X-Request-ID": "from-nginx-1"})["X-Request-ID"] == "from-nginx-1"
    )


@pytest.mark.parametrize("hostile", ["", "a b", "x" * 65, "имя"])
def test_mon_06_a_hostile_or_missing_id_is_replaced(client: Client, hostile: str) -> None:
    assert len(client.get("/health/live", headers={"X-Request-ID": hostile})["X-Request-ID"]) == 32


def test_mon_06_a_request_is_one_line_without_the_query(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="buhbot.requests")
    client.get("/who?search=ООО+Ромашка", headers={"X-Request-ID": "r1"})
    line: Any
    (line,) = [record.msg for record in caplog.records if record.name == "buhbot.requests"]
    assert (line["event"], line["path"], line["status"], line["request_id"]) == ("request", "/who", 200, "r1")
    assert "Ромашка" not in json.dumps(line, ensure_ascii=False)
