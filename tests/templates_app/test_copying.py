"""A client's file on its way from Telegram to the object storage and to who may read it (FIL-02, FIL-03)."""

import io
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx
import pytest
import time_machine
from django.core import signing
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client

from bot.announcer import announce
from bot.consumer import process_pending
from bot.copying import copy_next
from bot.models import OutgoingMessage
from simulator.client import Simulator
from templates_app.models import ReceivedFile
from templates_app.services.copying import LEASE, claim_copy, postpone
from templates_app.storage import link_to
from tests.flows.world import World, build
from tests.object_storage import ObjectStorage

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\n" + b"0" * 2000
EXE = b"MZ\x90\x00" + b"\0" * 2000
MIB = 1024 * 1024


def zipped(**files: bytes) -> bytes:
    """An archive of the files; an underscore in a name stands for a dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


def send(world: World, sim: Simulator, content: bytes = PDF, name: str = "договор.pdf") -> ReceivedFile:
    """A client sends a file in Telegram, and the bot takes it."""
    return taken(world, sim, content=content, name=name)


def taken(world: World, sim: Simulator, **file: Any) -> ReceivedFile:
    if not sim.get("chats"):
        sim.group(members=[sim.person("Дарья", id=501)], id=world.chat.telegram_id)
    seen = len(sim.get("updates"))
    sim.send_file(501, world.chat.telegram_id, date=int(TEN.timestamp()), **file)
    for update in sim.get("updates")[seen:]:
        world.post(update)
    with time_machine.travel(TEN, tick=False):
        process_pending()
    return ReceivedFile.objects.latest("pk")


def copied(file: ReceivedFile, now: datetime = TEN) -> ReceivedFile:
    assert copy_next(now)
    file.refresh_from_db()
    return file


def receipt() -> str:
    return str(OutgoingMessage.objects.filter(subject__startswith="receipt:").latest("pk").payload["text"])


def changed(address: str, **query: str) -> str:
    """The address with other values in its query."""
    parts = urlsplit(address)
    values = {name: found[0] for name, found in parse_qs(parts.query).items()} | query
    return urlunsplit(parts._replace(query=urlencode(values)))


def test_fil_02_a_file_is_copied_and_comes_back_by_a_link(
    world: World, sim: Simulator, s3: ObjectStorage
) -> None:
    file = copied(send(world, sim, name='Счёт № 5 "июль".pdf'))
    assert (file.copy, file.bucket, file.mime_type, file.size_bytes) == (
        "stored",
        "invoices",
        "application/pdf",
        len(PDF),
    )
    answer = httpx.get(link_to(file), trust_env=False)
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-disposition"].startswith("attachment; filename*=utf-8''%D0%A1")
    assert not copy_next(TEN)


def test_fil_03_an_s3_link_that_is_unsigned_forged_or_old_is_refused(
    world: World, sim: Simulator, s3: ObjectStorage
) -> None:
    file, other = copied(send(world, sim)), copied(send(world, sim, PDF + b"1"))
    address = link_to(file)
    forged = {
        "unsigned": address.partition("?")[0],
        "another signature": changed(address, **{"X-Amz-Signature": "0" * 64}),
        "a longer life": changed(address, **{"X-Amz-Expires": "86400"}),
        "another file": address.replace(file.sha256, other.sha256),
        "shown instead of saved": changed(address, **{"response-content-disposition": "inline"}),
    }
    assert {
        what: httpx.get(url, trust_env=False).status_code for what, url in forged.items()
    } == dict.fromkeys(forged, 403)
    with time_machine.travel(datetime.now(UTC) - timedelta(seconds=301)):
        old = link_to(file)
    with time_machine.travel(datetime.now(UTC) - timedelta(seconds=290)):
        fresh = link_to(file)
    assert [httpx.get(url, trust_env=False).status_code for url in (old, fresh)] == [403, 200]


def test_fil_03_a_local_link_that_is_forged_or_old_is_refused(
    world: World, sim: Simulator, local: Path
) -> None:
    file = copied(send(world, sim, name="акт.pdf"))
    address = link_to(file)
    answer = Client().get(address)
    assert b"".join(answer) == PDF
    assert answer["Content-Disposition"].startswith("attachment;")
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "application/pdf")
    token = parse_qs(urlsplit(address).query)["token"][0]
    foreign = signing.dumps(
        {"bucket": "invoices", "key": file.storage_key, "name": "x", "type": "a/b"}, salt="other"
    )
    for bad in ("", token[:-1], "x" + token, foreign):
        assert Client().get(f"/files/?{urlencode({'token': bad})}").status_code == 403
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=301)):
        assert Client().get(address).status_code == 403


def test_fil_03_a_copy_is_named_by_its_content_only(world: World, sim: Simulator, local: Path) -> None:
    file = copied(send(world, sim, name="../../../etc/cron.d/x.pdf"))
    (path,) = [found for found in local.rglob("*") if found.is_file()]
    assert path == local / "documents" / str(file.chat_id) / file.sha256
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (EXE, "договор.pdf", "type"),
        (b"\x7fELF" + bytes(99), "photo.jpg", "type"),
        (zipped(акт_pdf=PDF, setup_exe=EXE), "акты.zip", "type"),
        (zipped(акт_pdf=EXE), "акты.zip", "type"),
        (zipped(inner_zip=zipped(a_pdf=EXE)), "акты.zip", "type"),
        (b"Rar!\x1a\x07\x00" + bytes(99), "акты.rar", "type"),
        (b"<html><script>alert(1)</script>", "счёт.html", "type"),
        (PDF + bytes(11 * MIB), "договор.pdf", "too_large"),
        (b"\0\0\0\x18ftypmp42" + bytes(6 * MIB), "видео.pdf", "too_large"),
    ],
)
def test_fil_02_what_is_not_kept_stays_in_telegram(
    world: World, sim: Simulator, local: Path, content: bytes, name: str, why: str
) -> None:
    file = send(world, sim, content, name)
    if file.copy == "waiting":
        copied(file)
    assert (file.copy, file.why) == ("left", why)
    assert not [found for found in local.rglob("*") if found.is_file()]
    assert "остаётся в Telegram" in receipt()


def test_fil_02_21_mb_are_never_asked_for(world: World, sim: Simulator, local: Path) -> None:
    file = taken(world, sim, size=21 * MIB, name="скан.pdf")
    assert (file.copy, file.why) == ("left", "telegram_limit")
    assert not copy_next(TEN)
    assert sim.get("calls", method="getFile") == []
    assert "больше 20\xa0МБ" in receipt()


def test_fil_01_the_same_content_again_is_marked_in_the_receipt(
    world: World, sim: Simulator, local: Path
) -> None:
    first = copied(send(world, sim))
    again = send(world, sim, name="договор (2).pdf")
    assert "уже получали" not in receipt()
    copied(again, TEN)
    assert (again.duplicate_of, again.storage_key) == (first, first.storage_key)
    assert "уже получали 24.11.2026" in receipt()
    assert len([found for found in local.rglob("*") if found.is_file()]) == 1


def test_fil_02_telegram_away_is_tried_again_with_growing_waits(
    world: World, sim: Simulator, local: Path
) -> None:
    file = send(world, sim)
    sim.post("faults", mode="http500", methods=["getFile"])
    copied(file)
    assert (file.copy, file.copy_attempts, file.copy_after) == ("waiting", 1, TEN + timedelta(seconds=30))
    assert not copy_next(TEN + timedelta(seconds=29))
    copied(file, TEN + timedelta(seconds=30))
    assert file.copy_after == TEN + timedelta(seconds=90)
    sim.post("faults/clear")
    sim.post("faults", mode="half", methods=["file"], count=1)
    copied(file, TEN + timedelta(seconds=90))
    assert "NetworkError" in file.copy_error
    assert copied(file, TEN + timedelta(hours=1)).copy == "stored"
    assert file.copy_error == ""


def test_fil_02_a_file_that_telegram_forgot_is_given_up_after_an_hour(
    world: World, sim: Simulator, local: Path
) -> None:
    file = send(world, sim)
    announce(TEN + timedelta(seconds=3))
    ReceivedFile.objects.update(telegram_file_id="unknown")
    while file.copy == "waiting":  # it may be away for a while only
        assert file.copy_attempts < 8
        copied(file, file.copy_after)
    assert (file.why, file.copy_after > TEN + timedelta(minutes=45)) == ("gone", True)
    assert "Telegram его больше не отдаёт" in receipt()
    told = OutgoingMessage.objects.filter(recipient=world.accountant).latest("pk")
    assert "Telegram его больше не отдаёт" in told.payload["text"]


def test_fil_01_of_two_alike_the_later_is_the_repeated_one(world: World, sim: Simulator, local: Path) -> None:
    first, second = send(world, sim), send(world, sim)
    ReceivedFile.objects.filter(pk=first.pk).update(copy_after=TEN + timedelta(minutes=1))
    copied(second)
    assert copied(first, TEN + timedelta(minutes=1)).duplicate_of is None
    second.refresh_from_db()
    assert second.duplicate_of == first


def test_fil_02_the_storage_away_loses_nothing(world: World, sim: Simulator, s3: ObjectStorage) -> None:
    # FLT-08
    file = send(world, sim)
    s3.stop()
    started = time.monotonic()
    copied(file)
    assert time.monotonic() - started < 20
    s3.start()
    assert (file.copy, file.lease_until) == ("waiting", None)
    assert file.copy_error
    assert copied(file, file.copy_after).copy == "stored"
    with storages["documents"].open(file.storage_key) as stored:
        assert stored.read() == PDF


def test_fil_02_waits_grow_to_an_hour_and_never_end(world: World, sim: Simulator) -> None:
    file, now = send(world, sim), TEN
    for _attempt in range(30):
        claimed = claim_copy(now)
        assert claimed is not None
        postpone(claimed, "away", now=now)
        file.refresh_from_db()
        assert timedelta(seconds=30) <= file.copy_after - now <= timedelta(hours=1)
        now = file.copy_after


def test_fil_02_a_worker_that_died_is_succeeded_by_another(world: World, sim: Simulator, local: Path) -> None:
    file = send(world, sim)
    lost = claim_copy(TEN)
    assert lost is not None
    assert not copy_next(TEN + LEASE - timedelta(seconds=1))
    assert copied(file, TEN + LEASE).copy == "stored"
    postpone(lost, "too late", now=TEN + LEASE)  # it wakes up, and has no say any more
    file.refresh_from_db()
    assert (file.copy, file.copy_error) == ("stored", "")


def test_fil_02_several_workers_never_copy_a_file_twice(committed: None, sim: Simulator, local: Path) -> None:
    world = build()
    for number in range(6):
        send(world, sim, PDF + bytes([number]), f"{number}.pdf")

    def work(_number: int) -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until and ReceivedFile.objects.filter(copy="waiting").exists():
            copy_next(TEN)
        connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))
    assert set(ReceivedFile.objects.values_list("copy", flat=True)) == {"stored"}
    assert len(sim.get("calls", method="getFile")) == 6


@pytest.mark.usefixtures("s3")
def test_fil_02_an_operator_can_try_the_storage(capsys: Any) -> None:
    call_command("check_storage")
    assert "documents: works" in capsys.readouterr().out


def test_fil_02_a_missing_bucket_and_a_wrong_key_are_named(
    s3: ObjectStorage, settings: Any, capsys: Any
) -> None:
    missing = s3.storages()["files"]
    wrong = s3.storages()["invoices"]
    missing["OPTIONS"] |= {"bucket_name": "nobodys"}
    wrong["OPTIONS"] |= {"secret_key": "another"}
    settings.STORAGES = settings.STORAGES | {"files": missing, "invoices": wrong}
    with pytest.raises(CommandError, match="nothing is lost"):
        call_command("check_storage")
    told = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())
    assert "AccessDenied" in told["files"]  # this server says so to whoever may not make the bucket
    assert "SignatureDoesNotMatch" in told["invoices"]
    assert told["documents"] == "works"
