"""Managers make, look at, start, follow, close and copy surveys in Admin; opt-outs are taken back (SUR)."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from bot.announcer.surveys import run_surveys
from buhbot.models import AuditEntry, Chat, Role, SurveyOptOut
from feedback.models import Delivery, Survey
from tests.admin.firm import Firm
from tests.flows.surveying import DAY, arrive
from tests.flows.test_quarterly_survey import MONDAY

FORM = {
    **{"title": "Осень", "kind": "stars", "question": "Довольны?", "audience": "all", "channel": "chat"},
    **{"period_from": "01.07.2026", "period_to": "30.09.2026"},
    **{"validity_days": "7", "reminder_days": "2", "cooldown_days": "30"},
}
WRONG = [
    ({"audience": "picked"}, "Выберите хотя бы один чат."),
    ({"audience": "segment"}, "Выберите сегмент."),
    ({"period_to": "30.06.2026"}, "Период кончается раньше, чем начинается."),
    ({"reminder_days": "7"}, "К тому времени опрос уже завершён."),
    ({"starts_at_0": "01.01.2020", "starts_at_1": "10:00"}, "Этот момент уже прошёл."),
    ({"question": "   "}, "Обязательное поле."),
    ({"validity_days": "91"}, "90"),
]


def post(firm: Firm, name: str, *args: Any, role: str = Role.MANAGER, **data: str) -> str:
    address = reverse(f"admin:{name}", args=args)
    return str(firm.browser(role).post(address, data, follow=True).content.decode())


@pytest.mark.parametrize(("wrong", "told"), WRONG)
def test_sur_01_what_makes_no_sense_is_told_in_words(firm: Firm, wrong: dict[str, str], told: str) -> None:
    assert told in post(firm, "feedback_survey_add", **FORM | wrong)
    assert not Survey.objects.exists()


def test_sur_03_the_form_shows_who_is_asked_and_who_is_left_out(firm: Firm) -> None:
    page = post(firm, "feedback_survey_members", **FORM)
    assert str(firm.own.chat) in page
    assert "есть просроченный запрос" in page


def test_sur_03_of_many_chats_those_left_out_are_named_too(firm: Firm) -> None:
    tier, at = firm.own.chat.tier, firm.own.chat.registered_at
    Chat.objects.bulk_create(
        Chat(
            telegram_id=-1002000000000 - number,
            kind="supergroup",
            title=f"Клиент {number:03d}",
            tier=tier,
            is_monitored=number != 250,
            registered_at=at,
        )
        for number in range(1, 501)
    )
    page = post(firm, "feedback_survey_members", **FORM)
    assert "Клиент 001" in page
    assert "Клиент 250" in page
    assert "чат не отслеживается" in page
    assert page.count("<li><a") == 300


def test_sur_03_the_cool_down_is_counted_until_the_start(firm: Firm) -> None:
    firm.own.request.__class__.objects.update(state="resolved", closed_at=MONDAY, fires_at=None)
    firm.delivery_to(firm.own.chat)
    Delivery.objects.update(queued_at=timezone.now() - 25 * DAY)
    assert "недавно опрашивали" in post(firm, "feedback_survey_members", **FORM)
    start = timezone.localtime(timezone.now() + 10 * DAY)
    when = {"starts_at_0": f"{start:%d.%m.%Y}", "starts_at_1": f"{start:%H:%M}"}
    assert "недавно опрашивали" not in post(firm, "feedback_survey_members", **FORM | when)


def test_sur_04_why_a_copy_did_not_arrive_is_said_in_russian(firm: Firm) -> None:
    firm.delivery_to(firm.own.chat)
    Delivery.objects.update(state="failed", error="Forbidden: bot was kicked")
    page = firm.browser(Role.MANAGER).get(reverse("admin:feedback_delivery_changelist")).content.decode()
    assert "Telegram не принял сообщение" in page
    assert "Forbidden" not in page


def test_sur_01_a_manager_makes_starts_follows_and_closes_a_survey(firm: Firm) -> None:
    firm.own.request.__class__.objects.update(state="resolved", closed_at=MONDAY, fires_at=None)
    post(firm, "feedback_survey_add", **FORM)
    survey = Survey.objects.get()
    assert survey.created_by == firm.people[Role.MANAGER]
    question = firm.browser(Role.MANAGER).get(
        reverse("admin:feedback_survey_act", args=[survey.pk]), {"what": "start"}
    )
    assert "Отправить опрос в эти чаты сейчас?" in question.content.decode()
    assert "Опрос отправляется." in post(firm, "feedback_survey_act", survey.pk, what="start")
    survey.refresh_from_db()
    now = survey.starts_at
    assert now is not None
    run_surveys(now)
    arrive(now)
    run_surveys(now)
    progress = firm.browser(Role.MANAGER).get(reverse("admin:feedback_survey_progress", args=[survey.pk]))
    assert "Доставлено" in progress.content.decode()
    assert "Опрос закрыт." in post(firm, "feedback_survey_act", survey.pk, what="close")
    notes = list(AuditEntry.objects.filter(model="feedback.survey").values_list("note", flat=True))
    assert {"Начать сейчас", "Закрыть опрос"} <= set(notes)


def test_sur_01_nobody_to_ask_is_said_before(firm: Firm) -> None:
    survey = firm.survey(audience="picked")
    page = firm.browser(Role.MANAGER).get(
        reverse("admin:feedback_survey_act", args=[survey.pk]), {"what": "start"}
    )
    assert "Спрашивать некого" in page.content.decode()


def test_sur_01_a_survey_that_was_sent_is_neither_changed_nor_deleted(firm: Firm) -> None:
    survey = firm.delivery_to(firm.own.chat).survey
    post(firm, "feedback_survey_change", survey.pk, **FORM)
    post(firm, "feedback_survey_delete", survey.pk, post="yes")
    survey.refresh_from_db()
    assert survey.title == "Лето"


def test_sur_02_the_quarter_is_started_once(firm: Firm) -> None:
    assert "Опрос отправляется." in post(firm, "feedback_survey_quarterly")
    assert "уже есть" in post(firm, "feedback_survey_quarterly", role=Role.ADMIN)
    assert Survey.objects.count() == 1


def test_sur_11_an_opt_out_is_taken_back_with_a_reason(firm: Firm) -> None:
    opt_out = firm.opt_out()
    post(firm, "buhbot_surveyoptout_undo", opt_out.pk, is_wanted="on")
    assert SurveyOptOut.objects.exists()
    post(firm, "buhbot_surveyoptout_undo", opt_out.pk, is_wanted="on", reason="Звонок 24 ноября")
    assert not SurveyOptOut.objects.exists()
    entry = AuditEntry.objects.get(model="buhbot.surveyoptout")
    assert "Звонок 24 ноября" in entry.note
