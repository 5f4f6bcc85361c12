"""What is too old goes by itself, and nothing else does (SEC-14)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection

from bot.models import InboundUpdate, OutgoingMessage
from buhbot.models import Absence, AuditEntry, Chat, Message, MessageRevision, StaffLink
from buhbot.purging import pieces, purge
from buhbot.retention import terms
from buhbot.services.audit import record
from buhbot.services.people import create_staff_link
from sla import figures
from sla.figures import Period
from sla.models import Alert, Classification, Correction, Request, RequestEvent
from templates_app.models import DiscardedCopy, FileEvent, ReceivedFile
from templates_app.services.discarding import discard_next
from tests.environment import DATABASE, database_url
from tests.flows.world import World, build, minutes

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OLD = datetime(2023, 11, 20, 7, 0, tzinfo=UTC)  # Monday, 10:00 in Moscow; three years and four days ago
KEPT = datetime(2023, 11, 27, 7, 0, tzinfo=UTC)  # a week later: three days less than three years ago


def purged(now: datetime = NOW, years: int = 3) -> dict[str, int]:
    gone: dict[str, int] = {}
    for step in purge(terms(now, years=years)):
        assert step.error == ""
        gone[step.piece.tables[0]] = gone.get(step.piece.tables[0], 0) + step.gone
    return gone


def conversation(world: World, at: datetime, question: str = "Где акт сверки?") -> Request:
    """A question that was late, edited, and answered."""
    asked = world.client_says(question, at)
    world.edits(asked, f"{question} Срочно", at + minutes(1))
    world.passes(at + minutes(61))
    world.says(world.accountant, "Высылаю", at + minutes(70))
    return Request.objects.get(opened_at=at)


def test_sec_14_an_old_conversation_goes_with_all_that_hangs_on_it(world: World) -> None:
    conversation(world, OLD)
    assert Alert.objects.exists()
    assert MessageRevision.objects.exists()
    purged()
    kinds = (Request, RequestEvent, Alert, Message, MessageRevision, Classification)
    assert [kind.__name__ for kind in kinds if kind._default_manager.exists()] == []
    assert Chat.objects.filter(pk=world.chat.pk).exists()


def test_sec_14_what_is_younger_than_the_term_stays_whole(world: World) -> None:
    request = conversation(world, KEPT)
    before = (Message.objects.count(), RequestEvent.objects.count(), Alert.objects.count())
    purged()
    request.refresh_from_db()
    assert (Message.objects.count(), RequestEvent.objects.count(), Alert.objects.count()) == before
    assert purged(NOW + timedelta(days=7))["sla_request"] == 1


def test_sec_14_an_open_request_is_never_purged_however_old(world: World) -> None:
    world.client_says("Где акт сверки?", OLD)
    world.client_says("И счёт пришлите", OLD + minutes(1))
    purged()
    assert Request.objects.get().state == "open"
    assert Message.objects.count() == 2
    world.says(world.accountant, "Высылаю", NOW)  # and it ends as it should
    assert Request.objects.get().state == "answered"


def test_sec_14_a_request_that_was_long_open_keeps_its_old_messages(world: World) -> None:
    world.client_says("Где акт сверки?", OLD)
    world.says(world.accountant, "Высылаю", KEPT)
    purged()
    assert Request.objects.get().opened_by.sent_at == OLD


def test_sec_14_the_figures_of_what_is_kept_stay_right(world: World) -> None:
    conversation(world, OLD)
    conversation(world, KEPT)
    period = Period(KEPT - timedelta(days=1), NOW)
    before = figures.score(Request.objects.all(), period, now=NOW)
    purged()
    assert figures.score(Request.objects.all(), period, now=NOW) == before


def test_sec_14_the_term_is_that_of_the_setting(world: World) -> None:
    conversation(world, OLD)
    assert "sla_request" not in purged(years=4)
    assert purged(years=1)["sla_request"] == 1


def test_sec_14_the_inbox_is_kept_for_two_weeks_and_failures_until_handled(world: World) -> None:
    for number, state in enumerate(("processed", "failed", "pending")):
        InboundUpdate.objects.create(
            update_id=number, lane=1, payload={}, state=state, processed_at=NOW - timedelta(days=15),
            received_at=NOW - timedelta(days=15),
        )  # fmt: skip
    InboundUpdate.objects.create(
        update_id=9, lane=1, payload={}, state="processed", processed_at=NOW - timedelta(days=13)
    )
    purged()
    assert [*InboundUpdate.objects.order_by("pk").values_list("update_id", flat=True)] == [1, 2, 9]


def test_sec_14_the_outbox_is_kept_for_ninety_days_and_failures_until_handled(world: World) -> None:
    day = timedelta(days=1)
    for state, at, method in (
        ("sent", NOW - 91 * day, "sendMessage"),
        ("sent", NOW - 89 * day, "sendMessage"),
        ("cancelled", NOW - 91 * day, "sendMessage"),
        ("undelivered", NOW - 91 * day, "sendMessage"),
        ("undelivered", NOW - 91 * day, "answerCallbackQuery"),  # cannot be sent again
        ("undelivered", NOW - 1200 * day, "sendMessage"),  # longer than anything of people
        ("queued", NOW - 91 * day, "sendMessage"),
    ):
        OutgoingMessage.objects.create(
            chat=world.chat, audience="client", payload={"text": "…"}, state=state, method=method,
            created_at=at, sent_at=at if state == "sent" else None,
        )  # fmt: skip
    purged()
    assert [*OutgoingMessage.objects.order_by("pk").values_list("state", flat=True)] == [
        "sent",
        "undelivered",
        "queued",
    ]


def test_sec_14_a_sent_message_waits_for_its_last_edit(world: World) -> None:
    common: dict[str, Any] = {"chat": world.chat, "audience": "client", "payload": {}, "state": "sent"}
    old, late = NOW - timedelta(days=100), NOW - timedelta(days=10)
    first = OutgoingMessage.objects.create(created_at=old, sent_at=old, **common)
    OutgoingMessage.objects.create(created_at=late, sent_at=late, edits=first, **common)
    purged()
    assert OutgoingMessage.objects.count() == 2
    purged(late + timedelta(days=91))
    assert OutgoingMessage.objects.count() == 0


def test_sec_14_journals_links_and_absences_go_too(world: World) -> None:
    record("done", now=OLD, note="давно")
    record("done", now=NOW, note="сегодня")
    create_staff_link(world.accountant, now=NOW - timedelta(days=30))
    Absence.objects.create(
        user=world.accountant, starts_at=OLD - timedelta(days=2), ends_at=OLD, created_at=OLD
    )
    Correction.objects.create(text="ау", label="REQUEST", origin="admin", made_at=OLD)
    purged()
    assert [*AuditEntry.objects.values_list("note", flat=True)] == ["сегодня"]
    assert not any(kind._default_manager.exists() for kind in (StaffLink, Absence, Correction))


def test_sec_14_a_private_chat_without_a_word_for_years_is_forgotten(world: World) -> None:
    common: dict[str, Any] = {"kind": "private", "title": "Дарья", "tier": world.chat.tier}
    Chat.objects.create(telegram_id=501, registered_at=OLD, **common)
    Chat.objects.create(telegram_id=502, registered_at=OLD, last_message_at=NOW, **common)
    purged()
    assert [*Chat.objects.filter(kind="private").values_list("telegram_id", flat=True)] == [502]


def test_sec_03_nobody_deletes_what_is_young_with_the_functions_of_the_purge(world: World) -> None:
    request = conversation(world, NOW - timedelta(days=300))
    record("done", now=NOW, note="сегодня")
    calls = (
        ("purge_requests", request.pk),
        ("purge_messages", request.opened_by_id),
        ("purge_audit_entries", AuditEntry.objects.latest("pk").pk),
    )
    with connection.cursor() as cursor:
        for function, key in calls:
            cursor.execute(f"SELECT {function}(%s)", [[key]])
    assert Request.objects.filter(pk=request.pk).exists()
    assert Message.objects.filter(pk=request.opened_by_id).exists()
    assert AuditEntry.objects.filter(note="сегодня").exists()


def file_of(world: World, at: datetime, key: str = "7/abc", **fields: Any) -> ReceivedFile:
    """A file whose copy is stored."""
    if key:
        storages["documents"].save(key, ContentFile(b"content"))
    number = Message.objects.count() + 1
    message = Message.objects.create(
        chat=world.chat, telegram_chat_id=world.chat.telegram_id, telegram_message_id=number, kind="document",
        sender="client", sender_id=501, sent_at=at,
    )  # fmt: skip
    made = {
        "copy": "stored",
        "bucket": "documents",
        "storage_key": key,
        "sha256": "abc",
        "kind": "document",
    } | fields
    file = ReceivedFile.objects.create(
        chat=world.chat, message=message, received_at=at, registered_at=at, copy_after=at, **made
    )
    FileEvent.objects.create(file=file, state="done", at=at)
    return file


@pytest.fixture
def storage(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGES = settings.STORAGES | {
        name: {
            "BACKEND": "templates_app.storage_local.LocalBucket",
            "OPTIONS": {"bucket": name, "location": str(tmp_path / name)},
        }
        for name in ("documents", "invoices", "files")
    }
    return tmp_path / "documents"


def test_sec_14_a_file_goes_with_its_copy(world: World, storage: Path) -> None:
    file_of(world, OLD)
    purged()
    assert not ReceivedFile.objects.exists()
    assert not Message.objects.exists()
    assert discard_next(NOW + timedelta(days=9000))
    assert not (storage / "7/abc").exists()
    assert not DiscardedCopy.objects.exists()


def test_sec_14_a_copy_stays_while_another_file_has_it(world: World, storage: Path) -> None:
    file_of(world, OLD)
    file_of(world, KEPT)
    purged()
    assert (storage / "7/abc").exists()
    assert not DiscardedCopy.objects.exists()


def test_sec_14_while_the_storage_is_away_the_copy_waits(world: World, storage: Path) -> None:
    file_of(world, OLD)
    purged()
    far = NOW + timedelta(days=9000)
    storage.rename(storage.parent / "away")
    storage.write_text("no folder")
    assert discard_next(far)
    waiting = DiscardedCopy.objects.get()
    assert waiting.error
    assert not discard_next(far)  # not at once
    storage.unlink()
    (storage.parent / "away").rename(storage)
    assert discard_next(far + minutes(2))
    assert not (storage / "7/abc").exists()


def test_sec_14_a_copy_that_is_wanted_again_meanwhile_stays(world: World, storage: Path) -> None:
    file_of(world, OLD)
    purged()
    file_of(world, KEPT)
    assert discard_next(NOW + timedelta(days=9000))
    assert (storage / "7/abc").exists()
    assert not DiscardedCopy.objects.exists()


def test_sec_14_a_copy_waits_for_a_file_that_is_being_copied(world: World, storage: Path) -> None:
    file_of(world, OLD, key=f"{world.chat.pk}/abc")
    purged()
    far = NOW + timedelta(days=9000)
    file_of(world, KEPT, key="", copy="waiting", bucket="", lease_until=far + minutes(1))
    assert discard_next(far)
    assert (storage / f"{world.chat.pk}/abc").exists()


def test_sec_14_a_dry_run_counts_and_deletes_nothing(world: World, capsys: Any) -> None:
    conversation(world, OLD)
    call_command("purge_expired", "--dry-run")
    said = capsys.readouterr().out
    assert "запросы: 1" in said
    assert Request.objects.exists()
    call_command("purge_expired")
    assert "запросы: 1" in capsys.readouterr().out
    assert not Request.objects.exists()


def test_sec_14_a_row_that_somebody_holds_is_passed_over(committed: None, django_db_blocker: Any) -> None:
    conversation(build(), OLD)
    with psycopg.connect(database_url(DATABASE)) as other:
        other.execute("SELECT * FROM buhbot.sla_request FOR UPDATE")
        purged()
        assert Request.objects.count() == 1
    purged()
    assert Request.objects.count() == 0


def test_sec_14_each_piece_is_named_in_russian() -> None:
    assert all(not str(piece.name).isascii() for piece in pieces())
