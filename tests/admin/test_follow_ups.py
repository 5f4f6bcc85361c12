"""Managers look after low ratings in Admin: what waits, what is overdue, closed with a reason (SUR-09)."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from buhbot.models import AuditEntry, Role
from feedback.models import FollowUp
from tests.admin.firm import Firm

LIST = "admin:feedback_followup_changelist"


def close(firm: Firm, follow_up: FollowUp, role: str = Role.MANAGER, **data: str) -> Any:
    address = reverse("admin:feedback_followup_close", args=[follow_up.pk])
    return firm.browser(role).post(address, data, follow=True)


def page(firm: Firm, **asked: str) -> str:
    return str(firm.browser(Role.MANAGER).get(reverse(LIST), asked).content.decode())


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMIN])
def test_sur_09_a_follow_up_is_closed_with_a_reason(firm: Firm, role: str) -> None:
    follow_up = firm.follow_up()
    assert "Задача закрыта." in close(firm, follow_up, role, reason="Созвонились").content.decode()
    follow_up.refresh_from_db()
    assert (follow_up.closed_by, follow_up.reason) == (firm.people[role], "Созвонились")
    assert follow_up.notices_outdated
    assert "Закрыто: Созвонились" in AuditEntry.objects.get(model="feedback.followup").note


@pytest.mark.parametrize("reason", ["", "   ", "я" * 501])
def test_sur_09_without_a_reason_it_stays_open(firm: Firm, reason: str) -> None:
    follow_up = firm.follow_up()
    assert close(firm, follow_up, reason=reason).status_code == 200
    assert FollowUp.objects.get().closed_at is None


def test_sur_09_it_is_closed_once(firm: Firm) -> None:
    follow_up = firm.follow_up()
    close(firm, follow_up, reason="Созвонились")
    again = close(firm, follow_up, role=Role.ADMIN, reason="Ещё раз").content.decode()
    assert "Эту задачу уже закрыли." in again
    assert FollowUp.objects.get().reason == "Созвонились"


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.OBSERVER])
def test_fbk_03_accountants_and_observers_have_no_follow_ups(firm: Firm, role: str) -> None:
    follow_up = firm.follow_up()
    assert close(firm, follow_up, role, reason="Я сам").status_code in {403, 404}
    assert FollowUp.objects.get().closed_at is None


def test_sur_09_the_list_is_filtered_by_what_is_open_and_overdue(firm: Firm) -> None:
    follow_up = firm.follow_up()
    counts = [("open", 1), ("overdue", 1), ("closed", 0), ("nonsense", 1)]
    assert [(key, page(firm, standing=key).count("Закрыть задачу")) for key, _ in counts] == counts
    FollowUp.objects.update(due_at=timezone.now() + timedelta(days=1))
    assert "Закрыть задачу" not in page(firm, standing="overdue")
    close(firm, follow_up, reason="Готово")
    assert str(firm.own.chat) in page(firm, standing="closed")


def test_sur_09_the_card_shows_the_rating_the_comment_and_the_history(firm: Firm) -> None:
    follow_up = firm.follow_up()
    follow_up.vote.events.create(kind="given", rating=2, at=follow_up.opened_at)
    address = reverse("admin:feedback_followup_change", args=[follow_up.pk])
    shown = firm.browser(Role.MANAGER).get(address).content.decode()
    for word in ("Дарья", "Долго ждали", "2\u00a0★", "поставлена: 2\u00a0★", "просрочена"):
        assert word in shown
