"""Segments of chats: who is in them, live while one chooses, and who is left out and why (SUR-03, STF-05)."""

from typing import Any

import pytest
from django.urls import reverse

from buhbot.audience import ALWAYS, OF_BROADCASTS, Criteria, chats_chosen, chats_meeting, judged, tally
from buhbot.models import Assignment, Chat, ChatLabel, LeftOut, Role, Segment, Tier
from tests.admin.firm import ASKED_AT, Firm, build
from tests.admin.test_audit import edit, entry

MEMBERS = reverse("admin:buhbot_segment_members")
ADD = reverse("admin:buhbot_segment_add")


@pytest.fixture
def firm(db: None) -> Firm:
    return build()


def members(firm: Firm, role: str = Role.MANAGER, **chosen: Any) -> Any:
    return firm.browser(role).post(MEMBERS, chosen).content.decode()


def names(criteria: Criteria) -> list[str]:
    return sorted(map(str, chats_meeting(criteria)))


def test_sur_03_a_segment_by_tier_accountant_and_label(firm: Firm) -> None:
    own, foreign = firm.own.chat, firm.foreign.chat
    label, anna = firm.label(), firm.people[Role.ACCOUNTANT]
    foreign.labels.add(label)
    assert names(Criteria(tiers=[own.tier_id])) == ["Вектор", "Ромашка"]
    assert names(Criteria(accountants=[anna.pk])) == ["Ромашка"]
    assert names(Criteria(labels=[label.pk])) == ["Вектор"]
    assert names(Criteria(accountants=[anna.pk], labels=[label.pk])) == []  # all that is chosen has to fit
    assert names(Criteria(accountants=[anna.pk], chats=[foreign.pk])) == ["Вектор", "Ромашка"]
    assert names(Criteria()) == []  # nothing chosen is nobody, not everybody


def test_sur_03_a_segment_follows_its_chats(firm: Firm) -> None:
    segment = Segment.objects.create(name="Базовые")
    segment.tiers.add(Tier.objects.get(code="basic"))
    chosen: Any = {"segment": segment, "picked": []}
    assert not chats_chosen("segment", **chosen).exists()
    Chat.objects.filter(pk=firm.own.chat.pk).update(tier=Tier.objects.get(code="basic"))
    assert chats_chosen("segment", **chosen).get() == firm.own.chat


def test_sur_03_managers_of_a_chat_and_team_chats_make_no_member(firm: Firm) -> None:
    manager = firm.people[Role.MANAGER]
    Assignment.objects.create(chat=firm.own.chat, user=manager, duty="manager")
    assert names(Criteria(accountants=[manager.pk])) == []
    Chat.objects.filter(pk=firm.own.chat.pk).update(is_monitored=False, is_team=True)
    assert names(Criteria(chats=[firm.own.chat.pk])) == []


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"life_cycle": "left"}, LeftOut.GONE),
        ({"life_cycle": "deleted", "is_monitored": False}, LeftOut.GONE),
        ({"life_cycle": "paused"}, LeftOut.PAUSED),
        ({"is_monitored": False}, LeftOut.UNMONITORED),
        ({"unreachable_since": ASKED_AT}, LeftOut.UNREACHABLE),
        ({"takes_broadcasts": False}, LeftOut.OPTED_OUT),
        ({}, ""),
    ],
)
def test_stf_05_who_is_left_out_and_why(firm: Firm, changed: dict[str, Any], why: str) -> None:
    Chat.objects.filter(pk=firm.own.chat.pk).update(**changed)
    assert judged(Chat.objects.all(), OF_BROADCASTS).get(pk=firm.own.chat.pk).left_out == why


def test_stf_05_the_numbers_of_an_audience(firm: Firm) -> None:
    Chat.objects.filter(pk=firm.own.chat.pk).update(life_cycle="paused")
    count = tally(judged(chats_chosen("all", segment=None, picked=[]), ALWAYS))
    assert (count.included, count.left_out, count.chosen) == (1, {LeftOut.PAUSED: 1}, 2)


def test_sur_03_the_page_shows_who_is_in_it_before_saving(firm: Firm) -> None:
    shown = members(firm, accountants=[firm.people[Role.ACCOUNTANT].pk])
    assert "Ромашка" in shown
    assert "Вектор" not in shown
    assert "<b>1</b>" in shown
    Chat.objects.filter(pk=firm.own.chat.pk).update(is_monitored=False)
    shown = members(firm, chats=[firm.own.chat.pk])
    assert "чат не отслеживается" in shown
    assert "<b>0</b>" in shown


def test_the_page_bears_empty_and_forged_choices(firm: Firm) -> None:
    assert "Ничего не выбрано" in members(firm)
    assert "Ничего не выбрано" in members(firm, chats=["x", "9" * 30], labels=["-1"])
    assert "Ни один чат" in members(firm, chats=["999999"])
    answer = firm.browser(Role.MANAGER).post(ADD, {"name": "Х", "tiers": ["x"], "chats": ["1e9"]})
    assert answer.status_code == 200
    assert not Segment.objects.exists()


def test_an_empty_segment_is_refused(firm: Firm) -> None:
    answer = firm.browser(Role.MANAGER).post(ADD, {"name": "Пустой"})
    assert "в пустом сегменте никого нет" in answer.content.decode()
    assert not Segment.objects.exists()


def test_an_observer_makes_no_segment(firm: Firm) -> None:
    data = {"name": "Ольгины", "accountants": [firm.people[Role.OBSERVER].pk]}
    answer = firm.browser(Role.MANAGER).post(ADD, data)
    assert "Наблюдатель не ведёт чаты" in answer.content.decode()
    assert not Segment.objects.exists()


def test_a_manager_saves_a_segment_and_labels_a_chat(firm: Firm) -> None:
    label = firm.label()
    firm.browser(Role.MANAGER).post(ADD, {"name": "С НДС", "labels": [label.pk]})
    firm.own.chat.labels.add(label)
    assert Segment.objects.get().labels.get() == label
    page = firm.browser(Role.ACCOUNTANT).get(reverse("admin:buhbot_chat_change", args=[firm.own.chat.pk]))
    assert "НДС" in page.content.decode()
    assert ChatLabel.objects.get().chats.get() == firm.own.chat


def test_a_manager_puts_labels_on_a_chat(firm: Firm) -> None:
    chat, old = firm.own.chat, ChatLabel.objects.create(name="Переезд")
    chat.labels.add(old)
    edit(firm, "buhbot.chat", chat, labels=[firm.label().pk])
    assert list(chat.labels.all()) == [firm.label()]
    assert entry(model="buhbot.chat").changes == [["Метки", "Переезд", "НДС"]]
