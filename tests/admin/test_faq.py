"""Frequent questions in Admin: items, a message to try, what had no answer (FAQ-01, FAQ-04)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from buhbot.models import Message, Role
from templates_app.models import FaqItem, UnansweredQuestion
from tests.admin.firm import Firm
from tests.admin.test_words import english
from tests.admin.visits import NOW, page

TRY = "templates_app_faqitem_try_view"
UNANSWERED = "templates_app_faqitem_unanswered_view"


@pytest.fixture
def items(firm: Firm) -> list[FaqItem]:
    made = [
        ("Какой у вас график работы?", "часы работы", True),
        ("Какие у вас реквизиты?", "куда вам платить", True),
        ("До скольки вы работаете?", "график работы", False),
    ]
    return [
        FaqItem.objects.create(question=question, keywords=keywords, answer="Ответ", is_enabled=is_enabled)
        for question, keywords, is_enabled in made
    ]


def ask(firm: Firm, *texts: str) -> None:
    """Let clients have asked what no item fitted."""
    for number, text in enumerate(texts, start=100):
        message = Message.objects.create(
            chat=firm.own.chat,
            telegram_chat_id=1,
            telegram_message_id=number,
            kind="text",
            text=text,
            sender="client",
            sent_at=NOW,
        )
        UnansweredQuestion.objects.create(message=message, asked_at=NOW)


def groups(firm: Firm, role: str = Role.MANAGER) -> list[dict[str, Any]]:
    with time_machine.travel(NOW, tick=False):
        answer = firm.browser(role).get(reverse(f"admin:{UNANSWERED}"))
    assert english(answer.content.decode()) == []
    return list(answer.context["groups"])


def test_faq_04_trying_a_message_shows_the_score_of_every_item(firm: Firm, items: list[FaqItem]) -> None:
    answer = firm.browser(Role.MANAGER).get(reverse(f"admin:{TRY}"), {"text": "какие часы работы у вас?"})
    shown = [(score["item"], score["answers"]) for score in answer.context["scores"]]
    assert shown[0] == (items[0], True)
    assert {item for item, _answers in shown} == set(items)
    assert "Бот ответил бы" in answer.content.decode()
    assert english(answer.content.decode()) == []


def test_faq_04_a_message_that_fits_nothing_goes_to_the_accountant(firm: Firm, items: list[FaqItem]) -> None:
    assert "не ответил бы" in page(firm, Role.ADMIN, TRY, text="Где наш отчёт <b>?")


def test_faq_04_alike_questions_stand_together_and_make_an_item(firm: Firm) -> None:
    ask(firm, "Где скачать акт?", "Почему пени?", "Подскажите, где скачать акты", "Где скачать акт?")
    first, second = groups(firm)
    assert (first["group"].count, second["group"].count) == (3, 1)
    form = firm.browser(Role.MANAGER).get(first["link"])
    filled = form.context["adminform"].form.initial
    assert {filled["question"], filled["keywords"]} == {"Где скачать акт?", "Подскажите, где скачать акты"}


def test_faq_04_older_questions_are_left_out(firm: Firm) -> None:
    ask(firm, "Где скачать акт?")
    UnansweredQuestion.objects.update(asked_at=NOW - timedelta(days=40))
    assert groups(firm) == []


@pytest.mark.parametrize(
    ("role", "status"), [(Role.ACCOUNTANT, 403), (Role.OBSERVER, 403), (Role.ADMIN, 200)]
)
def test_faq_04_what_clients_wrote_is_for_managers(firm: Firm, role: str, status: int) -> None:
    assert firm.browser(role).get(reverse(f"admin:{UNANSWERED}")).status_code == status


def test_faq_04_the_page_is_quick_with_many_questions(firm: Firm, django_assert_max_num_queries: Any) -> None:
    ask(firm, *(f"Вопрос про акт {number % 70} за квартал" for number in range(300)))
    browser = firm.browser(Role.MANAGER)
    with time_machine.travel(NOW, tick=False), django_assert_max_num_queries(12):
        browser.get(reverse(f"admin:{UNANSWERED}"))


def test_faq_01_managers_write_items_and_only_admins_delete_them(firm: Firm, items: list[FaqItem]) -> None:
    given = {"question": "Новый?", "keywords": "", "answer": "Да", "is_enabled": "on"}
    add = reverse("admin:templates_app_faqitem_add")
    assert firm.browser(Role.MANAGER).post(add, given).status_code == 302
    assert firm.browser(Role.ACCOUNTANT).post(add, given | {"question": "Ещё?"}).status_code == 403
    delete = reverse("admin:templates_app_faqitem_delete", args=[items[0].pk])
    assert firm.browser(Role.MANAGER).post(delete, {"post": "yes"}).status_code == 403
    assert firm.browser(Role.ADMIN).post(delete, {"post": "yes"}).status_code == 302
    assert set(FaqItem.objects.values_list("question", flat=True)) == {
        "Новый?",
        items[1].question,
        items[2].question,
    }


def test_faq_01_an_answer_that_is_too_long_is_refused(firm: Firm) -> None:
    given = {"question": "Новый?", "answer": "а" * 2001, "is_enabled": "on"}
    answer = firm.browser(Role.ADMIN).post(reverse("admin:templates_app_faqitem_add"), given)
    assert "2000" in str(answer.context["adminform"].form.errors)
