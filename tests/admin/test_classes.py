"""The class of a message in Admin: shown, corrected, filtered by, and counted (ADM-03, CLS-04, CLS-07)."""

import random
from collections import Counter
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from buhbot.models import Message, Role
from sla import learnt
from sla.classifier import shipped_model
from sla.confusion import confusion
from sla.models import Classification, Correction, Label, Request, TrainedModel
from sla.services import correct_class
from tests.admin.firm import ASKED_AT, Firm, Rows, client_chat
from tests.admin.visits import NOW, page, press, told

CORRECT = "buhbot_message_correct"
TWO_ROLES = [Role.ACCOUNTANT, Role.OBSERVER]


def said(rows: Rows, number: int, *, label: str = "SPAM", sender: str = "client", **fields: Any) -> Message:
    """Put another message into the chat, with a class if a client wrote it."""
    at = ASKED_AT + timedelta(minutes=number)
    message = Message.objects.create(
        chat=rows.chat,
        telegram_chat_id=rows.chat.telegram_id,
        telegram_message_id=1000 + number,
        **{"sender": sender, "sender_name": "Клиент", "kind": "text", "text": "Хорошо", "sent_at": at}
        | fields,
    )
    if sender == "client":
        Classification.objects.create(
            message=message, label=label, confidence=0.87, source="model", version="m"
        )
    return message


def correct(firm: Firm, message: Message, label: str, role: str = Role.MANAGER, **data: Any) -> Any:
    return press(firm, role, CORRECT, message.pk, label=label, **data)


def request_page(firm: Firm, role: str = Role.MANAGER) -> str:
    return page(firm, role, "sla_request_change", firm.own.request.pk)


# What the page of a request shows


@pytest.mark.parametrize(
    ("source", "version", "words"),
    [
        ("rules", "rules-2", "шум 87\u00a0% · по правилам"),
        ("rules", "memory", "шум 87\u00a0% · как в прежней поправке"),
        ("model", "model-1", "шум 87\u00a0% · местная модель"),
        ("llm", "llm-1", "шум 87\u00a0% · языковая модель"),
        ("staff", "", "шум · сотрудник"),
    ],
)
def test_adm_03_a_bubble_shows_class_confidence_and_source(
    firm: Firm, source: str, version: str, words: str
) -> None:
    message = said(firm.own, 5)
    Classification.objects.filter(message=message).update(source=source, version=version)
    for role in (Role.ADMIN, Role.MANAGER, Role.ACCOUNTANT):
        assert words in request_page(firm, role)


def test_adm_03_what_staff_said_has_no_class_and_a_client_without_one_shows_so(firm: Firm) -> None:
    said(firm.own, 5, sender="staff", text="Готовим")
    message = said(firm.own, 6, text="Тут без класса")
    Classification.objects.filter(message=message).delete()
    text = request_page(firm)
    assert "без класса" in text
    assert text.count('<details class="bb-class">') == 2  # the question, and the one without a class


def test_rbac_accountants_see_the_class_and_no_way_to_correct_it(firm: Firm) -> None:
    assert "bb-class" in request_page(firm, Role.ACCOUNTANT)
    for text in (
        request_page(firm, Role.ACCOUNTANT),
        page(firm, Role.ACCOUNTANT, "buhbot_message_change", firm.own.message.pk),
    ):
        assert "/correct/" not in text


def test_rbac_observers_see_no_class(firm: Firm) -> None:
    for name, pk in (
        ("sla_request_change", firm.own.request.pk),
        ("buhbot_message_change", firm.own.message.pk),
    ):
        assert firm.browser(Role.OBSERVER).get(reverse(f"admin:{name}", args=[pk])).status_code == 403
    for name in ("buhbot_message_changelist", "sla_correction_changelist"):
        assert firm.browser(Role.OBSERVER).get(reverse(f"admin:{name}")).status_code == 403


def test_sec_10_a_hostile_text_is_escaped_beside_its_class(firm: Firm) -> None:
    said(firm.own, 5, text="<script>alert(1)</script>")
    assert "<script>alert(1)" not in request_page(firm)


# The correction


def test_cls_07_no_request_cancels_it_at_once(firm: Firm) -> None:
    answer = correct(firm, firm.own.message, "SPAM", request=firm.own.request.pk)
    request = Request.objects.get(pk=firm.own.request.pk)
    assert (request.state, request.close_reason, request.closed_at) == ("cancelled", "not_a_request", NOW)
    assert f"Запрос № {request.pk} отменён" in told(answer)
    assert answer.redirect_chain[-1][0] == reverse("admin:sla_request_change", args=[request.pk])


def test_cls_07_the_event_says_who_and_from_what_to_what(firm: Firm) -> None:
    correct(firm, firm.own.message, "GRATITUDE")
    event = firm.own.request.events.get(kind="reclassified")
    assert (event.actor, event.note) == (firm.people[Role.MANAGER], "REQUEST>GRATITUDE")
    assert "запрос → благодарность" in request_page(firm)


def test_cls_07_it_is_kept_as_training_data(firm: Firm) -> None:
    correct(firm, firm.own.message, "SPAM")
    kept = Correction.objects.get(message=firm.own.message)
    assert (kept.label, kept.label_before, kept.origin) == ("SPAM", "REQUEST", "admin")
    assert (kept.made_by, kept.made_at, kept.text) == (
        firm.people[Role.MANAGER],
        NOW,
        firm.own.message.text,
    )


def test_adm_10_the_audit_tells_of_it(firm: Firm) -> None:
    correct(firm, firm.own.message, "SPAM")
    entry = LogEntry.objects.get(object_id=str(firm.own.message.pk))
    assert entry.user_id == firm.people[Role.MANAGER].pk
    assert "отменён" in entry.get_change_message()


def test_cls_07_to_request_opens_one_with_the_messages_date(firm: Firm) -> None:
    chat = client_chat(3, "Гранд", firm.people[Role.ACCOUNTANT])
    message = said(Rows(chat, *[None] * 5), 7)  # type: ignore[arg-type]
    answer = correct(firm, message, "REQUEST")
    opened = Request.objects.get(chat=chat)
    assert (opened.opened_at, opened.opened_by, opened.state) == (message.sent_at, message, "open")
    assert f"Запрос № {opened.pk} открыт" in told(answer)


def test_tim_03_to_request_with_a_late_answer_keeps_the_breach(firm: Firm) -> None:
    chat = client_chat(3, "Гранд", firm.people[Role.ACCOUNTANT])
    rows = Rows(chat, *[None] * 5)  # type: ignore[arg-type]
    message = said(rows, 7)
    said(rows, 120, sender="staff", staff=firm.people[Role.ACCOUNTANT])
    correct(firm, message, "REQUEST")
    answered = Request.objects.get(chat=chat)
    assert (answered.state, answered.breached_at) == ("answered", ASKED_AT + timedelta(minutes=67))


def test_cls_07_changing_ones_mind_opens_it_again(firm: Firm) -> None:
    correct(firm, firm.own.message, "SPAM")
    correct(firm, firm.own.message, "REQUEST")
    assert Request.objects.get(pk=firm.own.request.pk).is_open
    assert Correction.objects.filter(message=firm.own.message).count() == 2


def test_cls_07_a_message_without_a_class_gets_one(firm: Firm) -> None:
    message = said(firm.own, 5)
    Classification.objects.filter(message=message).delete()
    correct(firm, message, "CLARIFICATION")
    assert Classification.objects.get(message=message).source == "staff"


@pytest.mark.parametrize("label", ["", "spam", "QUESTION", "REQUEST\x00", "x" * 5000])
def test_cls_07_a_class_that_there_is_not_changes_nothing(firm: Firm, label: str) -> None:
    assert "Такого класса нет" in told(correct(firm, firm.own.message, label))
    assert not Correction.objects.filter(message=firm.own.message).exists()


def test_cls_07_a_form_without_a_class_changes_nothing(firm: Firm) -> None:
    assert "Такого класса нет" in told(press(firm, Role.MANAGER, CORRECT, firm.own.message.pk))


def test_cls_07_what_staff_wrote_cannot_be_corrected(firm: Firm) -> None:
    message = said(firm.own, 5, sender="staff")
    assert "Класс есть только" in told(correct(firm, message, "REQUEST"))
    assert not Classification.objects.filter(message=message).exists()


def test_cls_07_pressed_twice_it_happens_once(firm: Firm) -> None:
    for _ in range(2):
        correct(firm, firm.own.message, "SPAM")
    assert Correction.objects.filter(message=firm.own.message).count() == 1
    assert firm.own.request.events.filter(kind__in=["cancelled", "reclassified"]).count() == 2


# Who may


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER])
def test_rbac_managers_and_admins_correct_in_every_chat(firm: Firm, role: str) -> None:
    correct(firm, firm.foreign.message, "SPAM", role)
    assert Request.objects.get(pk=firm.foreign.request.pk).state == "cancelled"


@pytest.mark.parametrize(("role", "status"), [(Role.ACCOUNTANT, 403), (Role.OBSERVER, 404)])
def test_rbac_a_forged_press_of_others_is_refused(firm: Firm, role: str, status: int) -> None:
    assert correct(firm, firm.own.message, "SPAM", role).status_code == status
    assert Classification.objects.get(message=firm.own.message).label == "REQUEST"


@pytest.mark.parametrize("role", TWO_ROLES)
def test_rbac_02_a_message_of_a_foreign_chat_is_not_there(firm: Firm, role: str) -> None:
    assert correct(firm, firm.foreign.message, "SPAM", role).status_code == 404
    assert Request.objects.get(pk=firm.foreign.request.pk).is_open


def test_sec_correcting_needs_a_post_and_a_sign_in(firm: Firm, client: Any) -> None:
    where = reverse(f"admin:{CORRECT}", args=[firm.own.message.pk])
    assert firm.browser(Role.MANAGER).get(where).status_code == 403
    assert client.post(where, {"label": "SPAM"}).status_code == 302
    assert Classification.objects.get(message=firm.own.message).label == "REQUEST"


@pytest.mark.parametrize("number", ["", "0", "-1", "x", "9" * 40, "٣", "1/../2", "999999"])
def test_sec_a_forged_way_back_leads_to_the_message(firm: Firm, number: str) -> None:
    answer = correct(firm, firm.own.message, "SPAM", request=number)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == reverse("admin:buhbot_message_change", args=[firm.own.message.pk])


# The message log


def test_cls_04_the_log_shows_classes_and_filters_by_them(firm: Firm) -> None:
    said(firm.own, 5, label="GRATITUDE", text="Вот спасибо")
    everything = page(firm, Role.MANAGER, "buhbot_message_changelist")
    assert "благодарность" in everything
    found = page(firm, Role.MANAGER, "buhbot_message_changelist", classification__label__exact="GRATITUDE")
    assert ("Вот спасибо" in found, "акт сверки" in found) == (True, False)


def test_cls_04_the_page_of_a_message_corrects_it_and_comes_back_to_it(firm: Firm) -> None:
    assert "Поправка сразу действует" in page(
        firm, Role.MANAGER, "buhbot_message_change", firm.own.message.pk
    )
    answer = correct(firm, firm.own.message, "SPAM")
    assert answer.redirect_chain[-1][0] == reverse("admin:buhbot_message_change", args=[firm.own.message.pk])


def queries_of(firm: Firm, name: str, *args: Any) -> int:
    browser = firm.browser(Role.MANAGER)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(reverse(f"admin:{name}", args=args)).status_code == 200
    return len([query for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])


@pytest.mark.parametrize(
    "name", ["sla_request_change", "sla_correction_changelist", "buhbot_message_changelist"]
)
def test_adm_12_more_messages_cost_no_more_queries(firm: Firm, name: str) -> None:
    args = [firm.own.request.pk] if name == "sla_request_change" else []
    few = queries_of(firm, name, *args)
    for number in range(5, 35):
        message = said(firm.own, number)
        if number % 2:
            correct_class(
                message, label="GRATITUDE", actor=firm.people[Role.MANAGER], origin="admin", now=NOW
            )
    assert queries_of(firm, name, *args) == few


# The table of the last thirty days


def test_cls_07_the_table_counts_as_one_by_one(firm: Firm) -> None:
    choose = random.Random(5)
    expected: Counter[tuple[str, str]] = Counter({("REQUEST", "REQUEST"): 2})
    for number in range(5, 65):
        given = choose.choice(Label.values)
        message, held = said(firm.own, number, label=given, kind=choose.choice(["text", "voice"])), given
        if message.kind == "voice":
            Message.objects.filter(pk=message.pk).update(text="")
            message.text = ""
        for _ in range(choose.choice([0, 0, 1, 2])):
            held = choose.choice(Label.values)
            correct_class(message, label=held, actor=firm.people[Role.ADMIN], origin="admin", now=NOW)
        expected[given, held] += 1
    found = confusion(firm.people[Role.ADMIN], since=ASKED_AT)
    assert +found.cells == expected
    assert found.total == 62
    assert found.corrected == sum(count for (given, held), count in expected.items() if given != held)
    assert sum(sum(found.row(label)) for label in Label.values) == 62


def test_cls_07_the_table_holds_thirty_days_and_what_the_person_may_see(firm: Firm) -> None:
    assert confusion(firm.people[Role.ADMIN], since=ASKED_AT).total == 2
    assert confusion(firm.people[Role.ACCOUNTANT], since=ASKED_AT).total == 1
    assert confusion(firm.people[Role.OBSERVER], since=ASKED_AT).total == 0
    assert confusion(firm.people[Role.ADMIN], since=ASKED_AT + timedelta(seconds=1)).total == 0


def test_cls_07_a_correction_without_a_text_is_listed_and_teaches_nothing(firm: Firm) -> None:
    message = said(firm.own, 5, kind="voice", text="", label="REQUEST")
    correct(firm, message, "SPAM")
    assert confusion(firm.people[Role.ADMIN], since=ASKED_AT).cells["REQUEST", "SPAM"] == 1
    assert all(example.text for example in learnt.corrections())
    listed = reverse("admin:sla_correction_change", args=[message.corrections.get().pk])
    assert listed in page(firm, Role.MANAGER, "sla_correction_changelist")


def test_cls_07_the_page_of_corrections_shows_the_table(firm: Firm) -> None:
    correct(firm, firm.own.message, "SPAM")
    text = page(firm, Role.MANAGER, "sla_correction_changelist")
    assert "bb-confusion" in text


@pytest.mark.parametrize(("shipped", "is_told"), [(True, True), (False, False)])
def test_cls_07_it_tells_of_a_trained_model_only_while_it_is_in_use(
    firm: Firm, shipped: bool, is_told: bool
) -> None:
    TrainedModel.objects.create(
        version="x",
        content=_artifact(shipped_model().about["version"] if shipped else "model-0"),
        corrections=7,
        trained_at=ASKED_AT,
    )
    assert ("на 7 поправках" in page(firm, Role.ADMIN, "sla_correction_changelist")) == is_told


def _artifact(shipped: str) -> bytes:
    content, model = BytesIO(), shipped_model()
    type(model)(model.weights, model.bias, model.words, model.about | {"shipped": shipped}).save(content)
    return content.getvalue()
