"""Files of clients in Admin: who sees them, who may download, what becomes of them (FIL-02, FIL-03, FIL-04)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from buhbot.models import AuditEntry, Message, Role
from config.environment import buckets
from templates_app.models import FileEvent, ReceivedFile
from templates_app.services.copying import claim_copy
from tests.admin.firm import Firm
from tests.admin.test_words import english
from tests.admin.visits import NOW, counted, page, press, told
from tests.object_storage import BUCKETS

LIST = "templates_app_receivedfile_changelist"
CHANGE = "templates_app_receivedfile_change"
DOWNLOAD = "templates_app_receivedfile_download"
AGAIN = "templates_app_receivedfile_again"


@pytest.fixture
def own(firm: Firm, settings: Any, tmp_path: Path) -> ReceivedFile:
    """A file of the accountant's own chat, copied into a folder."""
    settings.STORAGES = django_settings.STORAGES | buckets(BUCKETS, folder=str(tmp_path), endpoint_url="")
    file = firm.file_of(firm.own.message)
    storages["documents"].save("1/abc", ContentFile(b"%PDF-1.4"))
    return file


def download(firm: Firm, role: str, file: ReceivedFile) -> Any:
    return firm.browser(role).get(reverse(f"admin:{DOWNLOAD}", args=[file.pk]))


def save(firm: Firm, role: str, file: ReceivedFile, **data: str) -> Any:
    return press(firm, role, CHANGE, file.pk, **data)


def test_rbac_02_accountants_see_files_of_own_chats_and_observers_none(firm: Firm, own: ReceivedFile) -> None:
    firm.file_of(firm.foreign.message)
    assert "Ромашка" in page(firm, Role.ACCOUNTANT, LIST)
    assert "Вектор" not in page(firm, Role.ACCOUNTANT, LIST)
    assert "Вектор" in page(firm, Role.MANAGER, LIST)
    assert firm.browser(Role.OBSERVER).get(reverse(f"admin:{LIST}")).status_code == 403


@pytest.mark.parametrize(
    ("role", "status"), [(Role.ADMIN, 302), (Role.MANAGER, 302), (Role.ACCOUNTANT, 302), (Role.OBSERVER, 403)]
)
def test_fil_03_who_may_see_a_file_may_download_it(
    firm: Firm, own: ReceivedFile, role: str, status: int
) -> None:
    assert download(firm, role, own).status_code == status


def test_fil_03_a_foreign_file_cannot_be_downloaded(firm: Firm, own: ReceivedFile, client: Any) -> None:
    foreign = firm.file_of(firm.foreign.message)
    assert download(firm, Role.ACCOUNTANT, foreign).status_code == 404
    assert client.get(reverse(f"admin:{DOWNLOAD}", args=[own.pk])).url.startswith("/admin/login/")


def test_fil_03_the_download_is_the_file_under_its_name(firm: Firm, own: ReceivedFile) -> None:
    answer = firm.browser(Role.ACCOUNTANT).get(download(firm, Role.ACCOUNTANT, own).url)
    assert b"".join(answer) == b"%PDF-1.4"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%D0%B0%D0%BA%D1%82.pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_fil_02_a_file_without_a_copy_says_why(firm: Firm, own: ReceivedFile) -> None:
    foreign = firm.file_of(firm.foreign.message)
    ReceivedFile.objects.filter(pk=foreign.pk).update(copy="left", why="telegram_limit")
    shown = page(firm, Role.MANAGER, CHANGE, foreign.pk)
    assert "больше 20" in shown
    assert "откройте файл в чате клиента" in shown
    assert download(firm, Role.MANAGER, foreign).status_code == 404


def test_fil_02_a_copy_that_fails_is_seen_and_can_be_tried_at_once(firm: Firm) -> None:
    file = firm.file_of(firm.own.message)
    later = NOW + timedelta(hours=1)
    ReceivedFile.objects.update(
        copy="waiting", copy_error="EndpointConnectionError: away <b>", copy_attempts=7, copy_after=later
    )
    assert "не выходит, пробуем снова" in page(firm, Role.ADMIN, LIST, copy="failing")
    assert "away &lt;b&gt;" in page(firm, Role.ACCOUNTANT, CHANGE, file.pk)
    assert claim_copy(NOW) is None
    assert "скопируется" in told(press(firm, Role.ACCOUNTANT, AGAIN, file.pk))
    assert AuditEntry.objects.get(model="templates_app.receivedfile").actor == firm.people[Role.ACCOUNTANT]
    assert claim_copy(NOW) == file


def test_fil_04_the_state_is_set_and_written_down(firm: Firm, own: ReceivedFile) -> None:
    save(firm, Role.ACCOUNTANT, own, state="returned", note="Нет <подписи>")
    own.refresh_from_db()
    assert (own.state, own.note, own.state_at) == ("returned", "Нет <подписи>", NOW)
    (event,) = FileEvent.objects.all()
    assert (event.actor, event.at, event.told_at) == (firm.people[Role.ACCOUNTANT], NOW, None)
    (entry,) = AuditEntry.objects.filter(model="templates_app.receivedfile")
    assert (entry.actor, entry.source, entry.changes) == (
        event.actor,
        "admin",
        [["состояние", "получен", "возвращён"]],
    )
    shown = page(firm, Role.MANAGER, CHANGE, own.pk)
    assert "Анна, Нет &lt;подписи&gt;" in shown


def test_fil_04_a_return_without_a_note_is_refused(firm: Firm, own: ReceivedFile) -> None:
    answer = save(firm, Role.MANAGER, own, state="returned", note=" ")
    assert "прочтёт клиент" in answer.content.decode()
    assert not FileEvent.objects.exists()


def test_fil_04_saving_without_a_change_tells_nobody(firm: Firm, own: ReceivedFile) -> None:
    save(firm, Role.MANAGER, own, state="received", note="")
    assert not FileEvent.objects.exists()


def test_fil_04_many_files_are_done_at_once(firm: Firm, own: ReceivedFile) -> None:
    foreign = firm.file_of(firm.foreign.message)
    data = {"action": "finish", "_selected_action": [own.pk, foreign.pk]}
    with time_machine.travel(NOW, tick=False):
        firm.browser(Role.ACCOUNTANT).post(reverse(f"admin:{LIST}"), data)
    states = dict(ReceivedFile.objects.values_list("pk", "state"))
    assert states == {own.pk: "done", foreign.pk: "received"}


def test_sec_10_a_hostile_name_is_shown_harmlessly(firm: Firm, own: ReceivedFile) -> None:
    ReceivedFile.objects.update(name="<img src=x onerror=alert(1)>\"'.pdf")
    for shown in (page(firm, Role.ADMIN, LIST), page(firm, Role.ADMIN, CHANGE, own.pk)):
        assert "<img src=x" not in shown
    assert (
        "%3Cimg" in download(firm, Role.ADMIN, own).url or download(firm, Role.ADMIN, own).status_code == 302
    )


def test_fil_03_the_pages_speak_russian(firm: Firm, own: ReceivedFile) -> None:
    ReceivedFile.objects.update(name="акт", duplicate_of=own)
    save(firm, Role.ADMIN, own, state="in_work", note="")
    assert english(page(firm, Role.ADMIN, LIST)) == english(page(firm, Role.ADMIN, CHANGE, own.pk)) == []


def many_files(firm: Firm) -> None:
    said = [
        Message(
            chat=firm.own.chat, telegram_chat_id=1, telegram_message_id=number, sender="client", sent_at=NOW
        )
        for number in range(5000)
    ]
    times = {"received_at": NOW, "registered_at": NOW, "copy_after": NOW}
    ReceivedFile.objects.bulk_create(
        ReceivedFile(chat=firm.own.chat, message=message, kind="document", file_unique_id="u", **times)
        for message in Message.objects.bulk_create(said)
    )


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ACCOUNTANT])
def test_adm_12_the_list_is_quick_with_many_files(firm: Firm, own: ReceivedFile, role: str) -> None:
    many_files(firm)
    browser = firm.browser(role)
    for name, args in ((LIST, []), (CHANGE, [own.pk])):
        browser.get(reverse(f"admin:{name}", args=args))  # types of content are read once
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse(f"admin:{name}", args=args)).status_code == 200
        assert counted(queries) <= 12
