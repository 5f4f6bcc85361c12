"""Document status: a client's last files and what became of them (CLI-02, FIL-04)."""

from datetime import timedelta

from bot.rules import width
from buhbot.models import Chat
from templates_app.models import ReceivedFile
from tests.flows import telegram
from tests.flows.clients import last, open_menu, press, private, text_of, writes
from tests.flows.test_files import DONE, REPLIED_AT, RETURN, WORK, document, photo, reply, sends, tell
from tests.flows.test_files import press as decide
from tests.flows.test_which_chat import second as second
from tests.flows.world import CLIENT_ID, World, minutes

TEN = REPLIED_AT.replace(minute=0)
STATUS = "📎 Статус документов"


def status(world: World) -> list[str]:
    """Ask in the group, a quarter of an hour later; return the lines about files."""
    press(world, open_menu(world), STATUS, TEN + minutes(15))
    return text_of(last(world.chat)).splitlines()[2:]


def test_cli_02_without_files_it_says_what_to_do(world: World) -> None:
    press(world, open_menu(world), STATUS)
    assert text_of(last(world.chat)).startswith("Файлов от <b>ООО «Ромашка»</b> пока нет.")


def test_cli_02_a_file_has_its_state_from_received_to_done(world: World) -> None:
    sends(world, document("акт <1>.pdf"))
    assert status(world) == ["📎 документ <b>акт &lt;1&gt;.pdf</b>, 10:00 — получен"]
    tell(world)
    decide(world, WORK)
    assert status(world) == ["⏳ документ <b>акт &lt;1&gt;.pdf</b>, 10:00 — в работе"]
    decide(world, DONE)
    assert status(world) == ["✅ документ <b>акт &lt;1&gt;.pdf</b>, 10:00 — готово"]


def test_cli_02_a_returned_file_says_what_is_wrong(world: World) -> None:
    sends(world, document())
    tell(world)
    decide(world, RETURN)
    world.all_sent()
    reply(world, "Нет <печати>", world.sent_to(world.accountant)[-1])
    assert status(world) == ["↩️ документ <b>акт.pdf</b>, 10:00 — возвращён: Нет &lt;печати&gt;"]
    assert any("Нет &lt;печати&gt;" in text for text in world.texts_to(world.chat)[:-2])


def test_cli_02_the_last_ten_are_shown_newest_first_and_speech_is_left_out(world: World) -> None:
    for number in range(12):
        sends(world, document(f"{number}.pdf", unique=f"u{number}"), TEN + timedelta(seconds=number))
    sends(world, telegram.VOICE, TEN + minutes(1))
    lines = status(world)
    assert len(lines) == 10
    assert "<b>11.pdf</b>" in lines[0]
    assert "<b>2.pdf</b>" in lines[-1]


def test_cli_02_an_older_file_is_named_with_its_day(world: World) -> None:
    sends(world, photo(), TEN - timedelta(days=1))
    assert status(world) == ["📎 фото, 23.11 10:00 — получен"]


def test_cli_02_files_of_another_client_are_not_shown(world: World, second: Chat) -> None:
    sends(world, document("наш.pdf"))
    ReceivedFile.objects.update(chat=second)
    press(world, open_menu(world), STATUS)
    assert "пока нет" in text_of(last(world.chat))


def test_cli_02_in_private_it_is_about_the_chosen_chat(world: World) -> None:
    sends(world, document("наш.pdf"))
    writes(world, STATUS, alone=True)
    assert "наш.pdf" in text_of(last(private()))


def test_cli_02_in_private_a_client_of_several_is_asked_first(world: World, second: Chat) -> None:
    sends(world, document("наш.pdf"))
    writes(world, STATUS, alone=True)
    assert "наш.pdf" not in text_of(last(private()))
    press(world, last(private()), "ООО «Ромашка»", who=CLIENT_ID)
    assert "наш.pdf" in text_of(last(private()))


def test_cli_02_long_notes_fit_a_message(world: World) -> None:
    for number in range(10):
        sends(world, document("я" * 140 + ".pdf", unique=f"u{number}"), TEN + timedelta(seconds=number))
    ReceivedFile.objects.update(state="returned", note="<&" * 250)
    text = "\n".join(status(world))
    assert width(text) < 4096  # as Telegram counts: without markup
    assert text.count("возвращён") == 10


def test_cli_02_staff_read_that_it_is_for_clients(world: World) -> None:
    assert press(world, open_menu(world), STATUS, who=world.accountant) == "Эти кнопки для клиента"


def test_cli_10_a_file_sent_in_private_is_listed_to_its_sender_only(world: World) -> None:
    sends(world, document("договор.pdf"))
    content = document("паспорт.pdf", unique="ud2")
    writes(world, "", TEN + minutes(1), alone=True, **content)
    assert "паспорт" not in " ".join(status(world))
    writes(world, STATUS, TEN + minutes(2), alone=True)
    listed = text_of(last(private()))
    assert "паспорт.pdf" in listed
    assert "договор.pdf" in listed
