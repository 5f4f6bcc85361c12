"""Every kind of button: forged, foreign and replayed presses get a toast and change nothing (SEC-11)."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps

from bot.handlers.choosing import CHOOSE
from bot.keyboards import press
from bot.models import OutgoingMessage
from buhbot.models import Absence
from feedback.models import Delivery
from sla.models import Request
from templates_app.models import FaqAnswer, FaqItem, ReceivedFile
from tests.flows import telegram
from tests.flows.surveying import start_survey
from tests.flows.world import CLIENT_ID, World, minutes, staff

ROOT = Path(__file__).resolve().parents[2]
TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
STRANGER, NOBODY = 990, 10**15
_queries = count(1)

# Where a button is made, and which kinds it brings back. A new place without a row here fails the first test.
MADE = {
    ("bot/announcer/notices.py", "'resolve'"): ["resolve"],
    ("bot/announcer/notices.py", "'take'"): ["take"],
    ("bot/announcer/notices.py", "key"): ["snooze_1h", "snooze_4h", "snooze_morning"],
    ("bot/announcer/notices.py", "'ask'"): ["ask"],
    ("bot/handlers/desk.py", "'take'"): ["take"],
    ("bot/handlers/absences.py", "'absence_cancel'"): ["absence_cancel"],
    ("bot/handlers/notices.py", "_action(staff, notice)"): ["notice_on_digest", "notice_off_warnings"],
    ("bot/handlers/faq.py", "'faq_helped'"): ["faq_helped"],
    ("bot/handlers/faq.py", "'faq_person'"): ["faq_person"],
    ("bot/notices.py", "WORK"): ["file_work"],
    ("bot/notices.py", "DONE"): ["file_done"],
    ("bot/notices.py", "RETURN"): ["file_return"],
    ("bot/ballots.py", "f'{RATE}{rating}'"): ["rate1", "rate10"],
    ("bot/ballots.py", "STOP"): ["survey_stop"],
    ("bot/ballots.py", "IN_PRIVATE"): ["survey_private"],
    ("bot/ballots.py", "WITHDRAW"): ["survey_withdraw"],
    ("bot/ballots.py", "LINK"): [],  # a link, not a press: tests/flows/test_survey_channel.py
    ("bot/handlers/choosing.py", "CHOOSE"): [CHOOSE],
    ("bot/handlers/dialogues.py", "'service_cancel'"): ["service_cancel"],
    ("bot/handlers/ordering.py", "'quick_order'"): ["quick_order"],
    ("bot/handlers/ordering.py", "'menu_contact'"): ["menu_contact"],
    ("bot/handlers/ordering.py", "'menu_files'"): ["menu_files"],
    ("bot/handlers/ordering.py", "'menu_services'"): ["menu_services"],
    ("bot/handlers/services.py", "'service_page'"): ["service_page"],
    ("bot/handlers/services.py", "'service_order'"): ["service_order"],
    ("bot/handlers/services.py", "'service_show'"): ["service_show"],
}
KINDS = sorted({kind for kinds in MADE.values() for kind in kinds})
# A menu may be used again and again; what it may do, and in which chat, stands with its own flows.
MENU = {CHOOSE, "quick_order", *(kind for kind in KINDS if kind.startswith(("menu_", "service_")))}
OF_ANY_CLIENT = {"survey_stop"}  # whoever presses asks for nothing but about themselves
# What a press may leave behind besides its toast: the update itself, and that somebody was refused.
TRACES = {"bot.InboundUpdate", "bot.OutgoingMessage", "buhbot.Chat", "sla.RequestEvent", "buhbot.AuditEntry"}


def places() -> Iterator[tuple[str, str]]:
    for path in sorted(ROOT.glob("bot/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "press":
                yield str(path.relative_to(ROOT)), ast.unparse(node.args[0])


def test_sec_11_every_kind_of_button_has_its_row_here() -> None:
    assert set(places()) == MADE.keys()


@pytest.fixture
def targets(world: World) -> dict[str, int]:
    """A row for each kind that could be acted upon this very moment."""
    item = FaqItem.objects.create(
        question="Какие у вас реквизиты для оплаты?", keywords="ваши реквизиты", answer="1"
    )
    Absence.objects.create(
        user=world.accountant, starts_at=TEN + minutes(600), ends_at=TEN + minutes(900), created_at=TEN
    )
    with time_machine.travel(TEN, tick=False):
        world.client_says(item.question, TEN)
        world.says(CLIENT_ID, "", TEN, **telegram.DOCUMENT)
        start_survey(TEN)
    world.passes(TEN + minutes(70))
    request, file = Request.objects.earliest("pk").pk, ReceivedFile.objects.get().pk
    answer, delivery = FaqAnswer.objects.get().pk, Delivery.objects.get().pk
    rows = {
        "absence": Absence.objects.get().pk, "notice": world.accountant.pk, "faq": answer, "file": file,
        "rate": delivery, "survey": delivery,
    }  # fmt: skip
    return {kind: rows.get(kind.partition("_")[0].rstrip("0123456789"), request) for kind in KINDS}


def pressed(world: World, who: int, data: str, chat: dict[str, Any]) -> list[str]:
    """Press; return the methods of what is queued because of it."""
    before = set(OutgoingMessage.objects.values_list("pk", flat=True))
    message = telegram.message(chat, telegram.person(1, "BuhBot", is_bot=True), TEN, "…", message_id=77)
    query = {"id": f"w{next(_queries)}", "from": telegram.person(who), "chat_instance": "1", "data": data}
    with time_machine.travel(TEN + minutes(71), tick=False):
        world.receive(callback_query={**query, "message": message})
    assert world.failed() == []
    return list(OutgoingMessage.objects.exclude(pk__in=before).values_list("method", flat=True))


def facts() -> dict[str, list[Any]]:
    """All that the product knows, but for the traces."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    kept = [model for model in models if model._meta.label not in TRACES and _is_readable(model)]
    return {model._meta.label: list(model._default_manager.order_by("pk").values_list()) for model in kept}


def _is_readable(model: Any) -> bool:
    return (
        model._meta.app_label in {"buhbot", "sla", "templates_app", "feedback"}
        and model.__name__ not in HIDDEN
    )


HIDDEN = {"SignInAttempts", "SecondFactor", "BackupCode", "RequestMeasure"}
TOAST = ["answerCallbackQuery"]


@pytest.mark.parametrize("kind", KINDS)
def test_sec_11_a_forged_press_changes_nothing(world: World, targets: dict[str, int], kind: str) -> None:
    known = facts()
    body, group = f"{kind}:{targets[kind]}", telegram.group(world.chat.telegram_id)
    signed = press(kind, targets[kind]).rsplit(":", 1)[1]
    for data in (
        f"{body}:AAAAAAAAAAAAAAAA",
        f"{body}:",
        body,
        f"{kind}:{targets[kind] + 1}:{signed}",
        f"{kind}:x:{signed}",
    ):
        for who, chat in ((world.accountant.telegram_id or 0, telegram.private(601)), (CLIENT_ID, group)):
            assert pressed(world, who, data, chat) in ([], TOAST), (data, who)
    assert facts() == known


@pytest.mark.parametrize("kind", sorted(set(KINDS) - OF_ANY_CLIENT))
def test_sec_11_a_press_about_a_row_that_is_gone_changes_nothing(
    world: World, targets: dict[str, int], kind: str
) -> None:
    known = facts()
    for who in (world.accountant.telegram_id or 0, world.manager.telegram_id or 0):
        assert pressed(world, who, press(kind, NOBODY), telegram.private(who)) in ([], TOAST)
    assert facts() == known


@pytest.mark.parametrize("kind", KINDS)
def test_sec_11_a_foreign_press_changes_nothing(world: World, targets: dict[str, int], kind: str) -> None:
    """Signed by us, pressed by whom it was not meant for: an accountant of other chats, a stranger elsewhere."""
    other = staff("Борис", telegram_id=699)
    known = facts()
    data = press(kind, targets[kind])
    assert pressed(world, other.telegram_id or 0, data, telegram.private(699)) in ([], TOAST)
    if kind not in OF_ANY_CLIENT:
        assert pressed(world, STRANGER, data, telegram.private(STRANGER)) in ([], TOAST)
        assert pressed(world, STRANGER, data, telegram.group(-100777)) in ([], TOAST)
    assert facts() == known


@pytest.mark.parametrize("kind", sorted(set(KINDS) - MENU))
def test_sec_11_a_replayed_press_changes_nothing_more(
    world: World, targets: dict[str, int], kind: str
) -> None:
    group, data = telegram.group(world.chat.telegram_id), press(kind, targets[kind])
    is_clients = kind.startswith(("faq_", "rate", "survey_"))
    who, chat = (
        (CLIENT_ID, group) if is_clients else (world.accountant.telegram_id or 0, telegram.private(601))
    )
    pressed(world, who, data, chat)
    known = facts()
    assert TOAST[0] in pressed(world, who, data, chat) or not is_clients
    assert facts() == known
