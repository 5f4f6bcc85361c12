"""Chats: who looks after them, and monitoring."""

from typing import Any

from buhbot.models import Assignment, AuditEntry, Chat, Role, User
from sla.models import Request
from tests.admin.firm import ASKED_AT, Firm
from tests.admin.visits import press, told


def form_of(chat: Chat, *duties: dict[str, Any]) -> dict[str, Any]:
    """The fields of a chat's form with these assignments."""
    initial = sum("id" in duty for duty in duties)
    form = {
        "client_name": chat.client_name,
        "tier": chat.tier_id,
        "calendar": "",
        "assignments-TOTAL_FORMS": len(duties),
        "assignments-INITIAL_FORMS": initial,
        "policy_override-TOTAL_FORMS": 0,
        "policy_override-INITIAL_FORMS": 0,
    }
    return form | {
        f"assignments-{index}-{name}": value
        for index, duty in enumerate(duties)
        for name, value in duty.items()
    }


def test_a_manager_makes_another_accountant_the_primary_one(firm: Firm) -> None:  # ADM-04
    chat, old = firm.own.chat, firm.own.assignment
    duties = (
        {"id": old.pk, "chat": chat.pk, "user": old.user_id, "duty": "accountant"},
        {"chat": chat.pk, "user": firm.foreign.assignment.user_id, "duty": "accountant", "is_primary": "on"},
    )
    answer = press(firm, Role.MANAGER, "buhbot_chat_change", chat.pk, **form_of(chat, *duties))
    assert answer.redirect_chain, answer.context["errors"]
    assert list(chat.assignments.values_list("user__full_name", "is_primary")) == [
        ("Борис", True),
        ("Анна", False),
    ]


def test_the_only_accountant_becomes_the_primary_one(firm: Firm) -> None:  # ADM-04
    chat = Chat.objects.create(
        telegram_id=-9, kind="group", title="Новый", tier=firm.own.chat.tier, registered_at=ASKED_AT
    )
    duty = {"chat": chat.pk, "user": firm.own.assignment.user_id, "duty": "accountant"}
    press(firm, Role.MANAGER, "buhbot_chat_change", chat.pk, **form_of(chat, duty))
    assert chat.assignments.get().is_primary


def test_two_primary_accountants_are_refused(firm: Firm) -> None:  # ADM-04
    chat, old = firm.own.chat, firm.own.assignment
    duties = (
        {"id": old.pk, "chat": chat.pk, "user": old.user_id, "duty": "accountant", "is_primary": "on"},
        {"chat": chat.pk, "user": firm.foreign.assignment.user_id, "duty": "accountant", "is_primary": "on"},
    )
    answer = press(firm, Role.MANAGER, "buhbot_chat_change", chat.pk, **form_of(chat, *duties))
    assert "Основным может быть только один бухгалтер." in answer.content.decode()


def test_monitoring_is_refused_with_the_reasons(firm: Firm) -> None:  # CHT-02
    Chat.objects.filter(pk=firm.own.chat.pk).update(is_monitored=False)
    Assignment.objects.filter(chat=firm.own.chat).delete()
    User.objects.update(telegram_id=None)
    answer = press(firm, Role.MANAGER, "buhbot_chat_monitor", firm.own.chat.pk, on="1")
    assert "не назначен бухгалтер; некого оповестить" in told(answer)
    assert not Chat.objects.get(pk=firm.own.chat.pk).is_monitored


def test_monitoring_is_switched_off_and_on(firm: Firm) -> None:  # CHT-02, TIM-05
    answer = press(firm, Role.MANAGER, "buhbot_chat_monitor", firm.own.chat.pk, off="1")
    assert "отменён 1 открытый запрос" in told(answer)
    assert Request.objects.get(pk=firm.own.request.pk).close_reason == "unmonitored"
    press(firm, Role.MANAGER, "buhbot_chat_monitor", firm.own.chat.pk, on="1")
    assert Chat.objects.get(pk=firm.own.chat.pk).is_monitored


def test_a_second_press_changes_nothing_and_is_not_written_down(firm: Firm) -> None:  # ADM-10
    for _time in range(2):
        answer = press(firm, Role.MANAGER, "buhbot_chat_monitor", firm.own.chat.pk, off="1")
    assert "Ничего не изменилось" in told(answer)
    assert AuditEntry.objects.filter(model="buhbot.chat", kind="done").count() == 1


def test_an_accountant_cannot_switch_monitoring(firm: Firm) -> None:  # RBAC table
    assert press(firm, Role.ACCOUNTANT, "buhbot_chat_monitor", firm.own.chat.pk, off="1").status_code == 403
