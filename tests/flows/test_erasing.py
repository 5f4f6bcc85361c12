"""One client is erased at the client's request: nothing of them is found afterwards, and the figures stay (SEC-14)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection

from bot.models import InboundUpdate, OutgoingMessage
from buhbot.erasing import CannotErase, Counts, erase_client, rehearse
from buhbot.models import AuditEntry, Chat, Message, MessageRevision, SurveyOptOut
from feedback.models import CommentQuestion, FollowUp, Vote, VoteEvent
from sla import figures, llm
from sla.figures import Period
from sla.models import Classification, Correction, Request, RequestEvent
from templates_app.models import DiscardedCopy, ReceivedFile
from templates_app.services.discarding import discard_next
from templates_app.services.files import set_state
from tests.flows import telegram
from tests.flows.surveying import start_survey, vote
from tests.flows.test_retention import storage  # noqa: F401 (a fixture)
from tests.flows.world import World, minutes

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ASKED = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
WHO = 734501992
NAME, USERNAME, PHONE = "Аделаида Занудина", "zanudina77", "79161234567"
ZANUDINA = {
    "id": WHO,
    "is_bot": False,
    "first_name": "Аделаида",
    "last_name": "Занудина",
    "username": USERNAME,
}
QUESTION = "Когда же будет готов «акт» сверки за третий квартал?"
EARLIER = "Скажите, пожалуйста, что там с нашим договором?"
SAID_OF_US = "Отвечаете вы слишком медленно, однако вежливо"
TRACES = (NAME, "Занудина", USERNAME, PHONE, str(WHO), "акт» сверки", "нашим договором", "платёжка-секрет")


def says(world: World, text: str, at: datetime, **fields: Any) -> dict[str, Any]:
    message = telegram.message(telegram.group(world.chat.telegram_id), ZANUDINA, at, text, **fields)
    world.receive(message=message)
    return message


def live(world: World) -> Request:
    """Let the client leave traces wherever clients do; what was asked is answered in the end."""
    document = {"file_id": "dz", "file_unique_id": "udz", "file_name": "платёжка-секрет.pdf", "file_size": 9}
    private = telegram.private(WHO, NAME) | {"username": USERNAME}
    world.receive(message=telegram.message(private, ZANUDINA, ASKED, "/privacy"))
    world.receive(message=telegram.message(private, ZANUDINA, ASKED, "/stop"))
    asked = says(world, EARLIER, ASKED)
    world.edits(asked, QUESTION, ASKED + minutes(1))
    says(world, "", ASKED + minutes(2), document=document)
    says(world, "", ASKED + minutes(3), contact={"phone_number": PHONE, "first_name": NAME, "user_id": WHO})
    world.passes(ASKED + minutes(61))
    world.passes(ASKED + minutes(91))
    world.all_sent()
    world.says(world.accountant, f"{NAME}, добрый день! Акт высылаю.", ASKED + minutes(95))
    world.passes(ASKED + minutes(96))
    request = world.request()
    _journals(world, request)
    return request


def _journals(world: World, request: Request) -> None:
    """What people of the firm do, and what the journals say of it."""
    file = ReceivedFile.objects.get()
    ReceivedFile.objects.filter(pk=file.pk).update(
        copy="stored", bucket="documents", storage_key="5/abc", sha256="abc"
    )
    set_state([file.pk], state="returned", note=f"{NAME}, не читается", actor=world.accountant, now=NOW)
    Correction.objects.create(
        message=request.opened_by, text=QUESTION, label="REQUEST", origin="admin", made_at=NOW
    )
    RequestEvent.objects.create(request=request, kind="acknowledged", at=NOW, note=f"{NAME} звонила")
    LogEntry.objects.create(
        user=world.manager, action_flag=CHANGE, object_id=str(request.opened_by_id), object_repr=QUESTION[:60],
        content_type=ContentType.objects.get_for_model(Message), change_message=f"«{QUESTION[:40]}»",
    )  # fmt: skip
    AuditEntry.objects.create(
        at=NOW, kind="done", source="admin", object_name=f"чат {NAME}", changes=[["имя", "", NAME]]
    )


def votes(world: World) -> Vote:
    """What the client said of the firm, and what was done about it."""
    given = vote(start_survey(NOW), 2, WHO)
    Vote.objects.filter(pk=given.pk).update(name=NAME, comment=SAID_OF_US, commented_at=NOW)
    VoteEvent.objects.create(vote=given, kind="commented", comment=SAID_OF_US, at=NOW)
    CommentQuestion.objects.create(vote=given, telegram_id=WHO, channel="chat", asked_at=NOW)
    FollowUp.objects.create(
        vote=given, rating=2, opened_at=NOW, due_at=NOW, closed_at=NOW, closed_by=world.manager,
        reason=f"Позвонил, {NAME} довольна",
    )  # fmt: skip
    given.refresh_from_db()
    return given


def found(needle: str) -> dict[str, int]:
    """Search the whole database, every column of every table, as text."""
    hits = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'buhbot'")
        tables = [name for (name,) in cursor.fetchall()]
    for table in tables:
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [f"buhbot.{table}"])
            if not cursor.fetchone()[0]:
                continue
            cursor.execute(f"SELECT count(*) FROM {table} AS row WHERE strpos(row::text, %s) > 0", [needle])
            if count := cursor.fetchone()[0]:
                hits[table] = count
    return hits


def by_name(counts: Counts) -> dict[str, int]:
    return {str(name): count for name, count in counts}


def test_sec_14_nothing_of_an_erased_client_is_found_in_the_whole_database(world: World) -> None:
    live(world)
    assert all(found(trace) for trace in TRACES)
    erase_client(WHO, actor=world.admin, now=NOW)
    assert {trace: hits for trace in TRACES if (hits := found(trace))} == {}


def test_sec_14_requests_times_and_counts_stay(world: World) -> None:
    request = live(world)
    period = Period(ASKED - minutes(60), NOW)
    before = figures.score(Request.objects.all(), period, now=NOW)
    count = Message.objects.count()
    erase_client(WHO, actor=world.admin, now=NOW)
    request.refresh_from_db()
    assert (request.state, request.text) == ("answered", "")
    assert figures.score(Request.objects.all(), period, now=NOW) == before
    assert Message.objects.count() == count
    assert Classification.objects.exists()


def test_fbk_05_ratings_stay_of_nobody(world: World) -> None:
    live(world)
    given = votes(world)
    gone = by_name(erase_client(WHO, actor=world.admin, now=NOW))
    assert (gone["Оценки, из которых уйдёт имя"], gone["Комментарии к оценкам"]) == (1, 1)
    given.refresh_from_db()
    assert (given.rating, given.name, given.comment, given.telegram_id) == (2, "", "", -given.pk)
    assert VoteEvent.objects.get(vote=given).comment == ""
    assert not CommentQuestion.objects.exists()
    assert FollowUp.objects.get().reason == "Позвонил, … довольна"


def test_fbk_05_who_was_erased_may_vote_again(world: World) -> None:
    live(world)
    given = votes(world)
    erase_client(WHO, actor=world.admin, now=NOW)
    again = Vote.objects.create(
        delivery=given.delivery, telegram_id=WHO, rating=5, voted_at=NOW, changed_at=NOW
    )
    assert Vote.objects.count() == 2
    erase_client(WHO, actor=world.admin, now=NOW)
    again.refresh_from_db()
    assert again.telegram_id < 0


def test_sec_14_the_rehearsal_says_what_would_go_and_changes_nothing(world: World) -> None:
    live(world)
    before = {trace: found(trace) for trace in TRACES}
    foreseen = by_name(rehearse(WHO, now=NOW))
    assert {trace: found(trace) for trace in TRACES} == before
    assert by_name(erase_client(WHO, actor=world.admin, now=NOW)) == foreseen
    assert foreseen["Файлы вместе с копиями в хранилище"] == 1
    assert by_name(rehearse(WHO, now=NOW)).keys() == foreseen.keys()
    assert sum(by_name(rehearse(WHO, now=NOW)).values()) == 0


def test_sec_14_the_audit_log_says_that_and_by_whom_without_a_name(world: World) -> None:
    live(world)
    erase_client(WHO, actor=world.admin, now=NOW)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.actor, entry.kind, entry.object_name, entry.changes) == (world.admin, "done", "", [])
    assert "стёрт" in entry.note


def test_sec_14_who_writes_again_is_a_new_person(world: World) -> None:
    live(world)
    erase_client(WHO, actor=world.admin, now=NOW)
    says(world, "Здравствуйте, где счёт?", NOW)
    world.receive(message=telegram.message(telegram.private(WHO, NAME), ZANUDINA, NOW, "/privacy"))
    assert world.failed() == []
    assert Message.objects.filter(sender_id=WHO).count() == 1
    assert Chat.objects.filter(kind="private").count() == 2
    assert not SurveyOptOut.objects.exists()


def test_sec_14_a_late_edit_of_an_erased_message_is_not_kept(world: World) -> None:
    said = says(world, EARLIER, ASKED)
    world.says(world.accountant, "Готово", ASKED + minutes(5))
    erase_client(WHO, actor=world.admin, now=NOW)
    world.edits(said, QUESTION, NOW)
    assert not MessageRevision.objects.exists()
    assert Message.objects.get(sender="client").text == ""


def test_sec_14_what_others_wrote_stays(world: World) -> None:
    says(world, EARLIER, ASKED)
    world.client_says("И счёт пришлите, пожалуйста", ASKED + minutes(1))
    world.says(world.accountant, "Готово, высылаю", ASKED + minutes(5))
    erase_client(WHO, actor=world.admin, now=NOW)
    texts = [*Message.objects.order_by("pk").values_list("text", flat=True)]
    assert texts == ["", "И счёт пришлите, пожалуйста", "Готово, высылаю"]


def test_sec_14_a_name_that_others_have_too_goes_only_where_the_client_was(world: World) -> None:
    anna = telegram.person(WHO, "Анна")  # as the accountant
    group = telegram.group(world.chat.telegram_id)
    world.receive(message=telegram.message(group, anna, ASKED, "Анна, где акт сверки за март?"))
    world.passes(ASKED + minutes(61))
    world.says(world.accountant, "Анна, высылаю", ASKED + minutes(62))
    elsewhere = Chat.objects.create(
        telegram_id=-77, kind="group", title="Другой", tier=world.chat.tier, registered_at=ASKED
    )
    OutgoingMessage.objects.create(chat=elsewhere, audience="client", payload={"text": "Анна в отпуске"})
    erase_client(WHO, actor=world.admin, now=NOW)
    assert Message.objects.get(sender="staff").text == "…, высылаю"
    assert world.texts_to(elsewhere) == ["Анна в отпуске"]
    assert AuditEntry.objects.exclude(who="").exists()
    world.accountant.refresh_from_db()
    assert world.accountant.full_name == "Анна"


def test_sec_14_an_open_request_is_to_be_closed_first(world: World) -> None:
    says(world, QUESTION, ASKED)
    with pytest.raises(CannotErase, match=f"№\u00a0{world.request().pk}"):
        erase_client(WHO, actor=world.admin, now=NOW)
    assert found("Занудина")


def test_sec_14_what_the_bot_has_not_read_yet_is_waited_for(world: World) -> None:
    says(world, "Спасибо", ASKED)
    message = telegram.message(telegram.group(world.chat.telegram_id), ZANUDINA, ASKED, QUESTION)
    world.post(telegram.update(message=message))
    with pytest.raises(CannotErase, match="минуту"):
        erase_client(WHO, actor=world.admin, now=NOW)


def test_sec_14_staff_are_not_erased(world: World) -> None:
    with pytest.raises(CannotErase):
        erase_client(world.accountant.telegram_id or 0, actor=world.admin, now=NOW)


def test_sec_14_what_was_not_sent_yet_of_the_client_is_not_sent(world: World) -> None:
    request = live(world)
    row = OutgoingMessage.objects.filter(recipient=world.manager, alerts__request=request).first()
    assert row is not None
    OutgoingMessage.objects.filter(pk=row.pk).update(state="queued")
    erase_client(WHO, actor=world.admin, now=NOW)
    row.refresh_from_db()
    assert (row.state, row.payload) == ("cancelled", {"text": "…"})


def test_sec_14_the_files_leave_the_storage(world: World, storage: Path) -> None:  # noqa: F811
    live(world)
    copy = storage / "5/abc"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"content")
    erase_client(WHO, actor=world.admin, now=NOW)
    assert DiscardedCopy.objects.count() == 1
    assert discard_next(datetime(2100, 1, 1, tzinfo=UTC))
    assert not copy.exists()


def test_sec_14_answers_of_the_language_model_are_forgotten(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    says(world, QUESTION, ASKED)
    world.says(world.accountant, "Готово", ASKED + minutes(5))
    Classification.objects.update(source="llm")
    (key,) = llm.keys(QUESTION, asked="")
    llm.guard.note_answer(key, ("REQUEST", 0.9))
    with django_capture_on_commit_callbacks(execute=True):
        erase_client(WHO, actor=world.admin, now=NOW)
    assert cache.get(key) is None


def test_sec_14_failed_updates_of_the_client_go_too(world: World) -> None:
    says(world, "Спасибо", ASKED)
    InboundUpdate.objects.update(state="failed")
    InboundUpdate.objects.create(update_id=1, lane=2, payload={"a": 1}, state="failed")
    erase_client(WHO, actor=world.admin, now=NOW)
    assert InboundUpdate.objects.get().lane == 2


def test_sec_14_the_command_shows_asks_and_erases(world: World, capsys: Any, monkeypatch: Any) -> None:
    live(world)
    call_command("erase_client", str(WHO), "--dry-run")
    assert NAME in capsys.readouterr().out
    monkeypatch.setattr("builtins.input", lambda _prompt: "нет")
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("erase_client", str(WHO))
    monkeypatch.setattr("builtins.input", lambda _prompt: str(WHO))
    call_command("erase_client", str(WHO))
    assert found(NAME) == {}
    assert AuditEntry.objects.latest("pk").source == "command"
    with pytest.raises(CommandError, match="Nobody"):
        call_command("erase_client", str(WHO), "--yes")


def test_sec_14_the_command_says_what_is_in_the_way(world: World) -> None:
    says(world, QUESTION, ASKED)
    with pytest.raises(CommandError, match="открыты"):
        call_command("erase_client", str(WHO), "--yes")
