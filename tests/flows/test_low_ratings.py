"""Low ratings: managers alerted, the alert kept true, a follow-up with its own due (SUR-09)."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import override_settings

from bot.announcer import announce
from bot.keyboards import press
from bot.models import OutgoingMessage
from buhbot.models import Assignment, Role
from feedback.models import FollowUp
from feedback.services import close_follow_up
from tests.flows.surveying import DAY, NOW, start_survey
from tests.flows.test_comments import reply
from tests.flows.voting import press_in_private, rate
from tests.flows.world import CLIENT_ID, World, buttons, minutes, staff


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), override_settings(PUBLIC_URL="https://firm.test"):
        yield


def told(world: World) -> list[OutgoingMessage]:
    """What the chat's manager was told, edits too."""
    return [one for one in world.sent_to(world.manager) if one.subject.startswith("follow_up:")]


def says(world: World) -> str:
    return str(told(world)[-1].payload["text"])


def low(world: World, rating: int = 2, kind: str = "stars") -> None:
    rate(world, start_survey(kind=kind), rating)
    announce(NOW)
    world.all_sent()


def change(world: World, action: str) -> None:
    press_in_private(world, CLIENT_ID, press(action, FollowUp.objects.get().vote.delivery_id))
    announce(NOW + minutes(1))


def test_sur_09_the_chats_manager_is_alerted_with_what_matters(world: World) -> None:
    low(world)
    (alert,) = told(world)
    for word in ("Низкая оценка: 2 ⭐", "ООО «Ромашка»", "Дарья", "Анна", "Осень"):
        assert word in alert.payload["text"]
    key = FollowUp.objects.get().pk
    card = buttons(alert)[1]
    assert [one["text"] for one in buttons(alert)] == ["Открыть чат", "Карточка"]
    assert card["url"] == f"https://firm.test/admin/feedback/followup/{key}/change/"
    assert alert.priority == OutgoingMessage.Priority.ALERT
    assert not [one for one in world.sent_to(world.accountant) if one.subject.startswith("follow_up:")]
    announce(NOW + minutes(1))
    assert len(told(world)) == 1


@pytest.mark.parametrize(
    ("kind", "rating", "count"),
    [("stars", 3, 1), ("stars", 4, 0), ("nps", 6, 1), ("nps", 7, 0), ("nps", 0, 1)],
)
def test_sur_09_low_is_up_to_the_threshold(world: World, kind: str, rating: int, count: int) -> None:
    low(world, rating, kind=kind)
    assert (FollowUp.objects.count(), len(told(world))) == (count, count)


def test_sur_09_a_comment_that_comes_later_edits_the_alert(world: World) -> None:
    low(world)
    reply(world, "Долго отвечаете")
    announce(NOW + minutes(1))
    assert [one.method for one in told(world)] == ["sendMessage", "editMessageText"]
    assert "<blockquote>Долго отвечаете</blockquote>" in says(world)


def test_sur_09_a_vote_raised_later_edits_the_alert(world: World) -> None:
    low(world)
    change(world, "rate5")
    assert "Клиент изменил оценку: 5 ⭐." in says(world)
    assert FollowUp.objects.get().closed_at is None


def test_sur_09_a_vote_withdrawn_later_edits_the_alert(world: World) -> None:
    low(world)
    change(world, "survey_withdraw")
    assert "Клиент отозвал оценку." in says(world)


def test_sur_09_one_follow_up_whatever_goes_up_and_down(world: World) -> None:
    low(world)
    for rating in (5, 1, 4, 2):
        change(world, f"rate{rating}")
    assert FollowUp.objects.count() == 1


def test_sur_09_a_low_rating_after_the_task_was_closed_is_told_anew(world: World) -> None:
    low(world)
    close_follow_up(FollowUp.objects.get().pk, by=world.manager, reason="Созвонились", now=NOW)
    delivery = FollowUp.objects.get().vote.delivery_id
    for action, count in (("rate4", 1), ("survey_withdraw", 1), ("rate1", 2), ("rate2", 2)):
        press_in_private(world, CLIENT_ID, press(action, delivery))
        announce(NOW + minutes(1))
        assert FollowUp.objects.count() == count
    alerts = [one for one in told(world) if one.method == "sendMessage"]
    assert [
        "Низкая оценка: 2 ⭐" in alerts[0].payload["text"],
        "Низкая оценка: 1 ⭐" in alerts[1].payload["text"],
    ]
    assert FollowUp.objects.filter(closed_at=None).count() == 1


def test_sur_09_a_comment_after_the_task_was_closed_opens_none(world: World) -> None:
    low(world)
    close_follow_up(FollowUp.objects.get().pk, by=world.manager, reason="Созвонились", now=NOW)
    reply(world, "Спасибо, что позвонили")
    announce(NOW + minutes(1))
    assert FollowUp.objects.count() == 1
    assert "Спасибо, что позвонили" in says(world)


def test_sur_09_the_follow_up_is_due_one_working_day_later(world: World) -> None:
    low(world)
    assert FollowUp.objects.get().due_at == NOW + DAY


def test_sur_09_a_weekend_does_not_count(world: World) -> None:
    friday = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)  # 17:00 in Moscow
    survey = start_survey()
    with time_machine.travel(friday, tick=False):
        rate(world, survey, 1)
    assert FollowUp.objects.get().due_at == friday + 3 * DAY


def test_sur_09_it_is_closed_with_a_reason_and_the_alert_says_so(world: World) -> None:
    low(world)
    close_follow_up(FollowUp.objects.get().pk, by=world.manager, reason="Созвонились", now=NOW)
    announce(NOW)
    assert "✅ Закрыто (Михаил): Созвонились" in says(world)


def test_sur_09_an_overdue_follow_up_is_recalled_once(world: World) -> None:
    low(world)
    for later in (DAY - minutes(1), DAY, DAY + minutes(5), 2 * DAY):
        announce(NOW + later)
    recalled = [one for one in told(world) if "⏰ Просрочена" in one.payload["text"]]
    assert len(recalled) == 1


def test_sur_09_a_closed_one_is_not_recalled(world: World) -> None:
    low(world)
    close_follow_up(FollowUp.objects.get().pk, by=world.manager, reason="Готово", now=NOW)
    announce(NOW + 2 * DAY)
    assert not any("⏰" in text for text in world.texts_to(world.manager))


def test_sur_09_without_a_manager_of_the_chat_all_managers_hear(world: World) -> None:
    Assignment.objects.filter(duty="manager").delete()
    other = staff("Ольга", Role.MANAGER, 604)
    low(world)
    assert len(told(world)) == 1
    assert any("Низкая оценка" in text for text in world.texts_to(other))


def test_stf_06_who_switched_missed_targets_off_is_spared_if_another_hears(world: World) -> None:
    world.manager.__class__.objects.filter(pk=world.manager.pk).update(wants_breaches=False)
    low(world)
    assert told(world) == []
    assert any("Низкая оценка" in text for text in world.texts_to(world.admin))


def test_sur_09_an_accountant_with_the_duty_of_a_manager_hears_no_names(world: World) -> None:
    Assignment.objects.filter(duty="manager").delete()
    chief = staff("Пётр", Role.ACCOUNTANT, 605)
    Assignment.objects.create(chat=world.chat, user=chief, duty="manager", told_at=NOW)
    low(world)
    assert world.texts_to(chief) == []
    assert len(told(world)) == 1


def test_sur_09_who_can_be_reached_again_hears_of_it_later(world: World) -> None:
    people = world.manager.__class__.objects
    people.update(unreachable_since=NOW)
    low(world)
    assert FollowUp.objects.get().told_at is None
    people.update(unreachable_since=None)
    announce(NOW + minutes(3))
    assert len(told(world)) == 1
