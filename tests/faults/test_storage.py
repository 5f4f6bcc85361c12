"""The disk for clients' files is full."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.firm import client_of, talk
from tests.faults.trial import Trial

pytestmark = pytest.mark.processes

FILES = 5
SIZE = 200_000
COPIES = "SELECT copy, copy_attempts, copy_error FROM templates_app_receivedfile ORDER BY id"
RECEIPTS = "SELECT count(*) FROM bot_outgoingmessage WHERE state = 'sent' AND audience = 'client'"


@pytest.fixture
def full_disk(trial: Trial) -> Iterator[Path]:
    """Clients' files go to a disk of their own that holds less than one of them."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder = Path(trial.stack.environment()["FILES_FOLDER"])
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(  # noqa: S603
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)],  # noqa: S607
        check=False,
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607


def test_flt_08_with_a_full_disk_receipts_go_out_and_the_copies_are_made_when_there_is_room(
    trial: Trial, full_disk: Path
) -> None:
    # FIL-01, FIL-02
    chat = talk(3)
    for number in range(FILES):
        content = b"%PDF-1.4\n" + os.urandom(SIZE)
        trial.simulator.send_file(client_of(chat), chat, name=f"Акт {number}.pdf", content=content)
    trial.settle()
    trial.until(lambda: all(why for _, _, why in trial.rows(COPIES)), "each copy was tried")
    assert trial.value(RECEIPTS) >= 1
    assert [state for state, _, _ in trial.rows(COPIES)] == ["waiting"] * FILES
    assert "No space left" in trial.rows(COPIES)[0][2]  # what Admin shows beside the file
    subprocess.run(["mount", "-o", "remount,size=64m", str(full_disk)], check=True)  # noqa: S603, S607
    trial.execute("UPDATE templates_app_receivedfile SET copy_after = now()")
    trial.until(lambda: {row[0] for row in trial.rows(COPIES)} == {"stored"}, "every copy was made")
    kept = [found for found in full_disk.rglob("*") if found.is_file()]
    assert len(kept) == FILES
