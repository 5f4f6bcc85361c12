"""The switches of notices on the page of an account (STF-06)."""

import pytest

from buhbot.models import AuditEntry, Role, User
from tests.admin.firm import Firm
from tests.admin.visits import page, press


def again(firm: Firm, role: str) -> User:
    return User.objects.get(pk=firm.people[role].pk)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER, Role.ACCOUNTANT])
def test_stf_06_everybody_changes_the_own_switches(firm: Firm, role: str) -> None:
    user = firm.people[role]
    assert "Уведомления в Telegram" in page(firm, role, "buhbot_user_change", user.pk)
    press(firm, role, "buhbot_user_notices", user.pk, wants_digest="on", wants_breaches="on")
    assert [again(firm, role).wants(name) for name in ("warnings", "breaches", "digest")] == [
        False,
        True,
        True,
    ]


def test_adm_10_switches_that_stay_as_they_are_are_not_written_down(firm: Firm) -> None:
    manager = firm.people[Role.MANAGER]
    for _time in range(2):
        press(firm, Role.MANAGER, "buhbot_user_notices", manager.pk, wants_digest="on")
    assert AuditEntry.objects.filter(model="buhbot.user", actor=manager).count() == 1


def test_stf_06_a_manager_locks_a_switch_and_the_accountant_cannot_turn_it(firm: Firm) -> None:
    accountant = firm.people[Role.ACCOUNTANT]
    press(firm, Role.MANAGER, "buhbot_user_notices", accountant.pk, wants_breaches="on", lock_breaches="on")
    assert again(firm, Role.ACCOUNTANT).locked_notices == ["breaches"]
    press(firm, Role.ACCOUNTANT, "buhbot_user_notices", accountant.pk, lock_warnings="on")
    after = again(firm, Role.ACCOUNTANT)
    assert (after.wants_breaches, after.wants_digest) == (True, False)
    assert after.locked_notices == ["breaches"]
    shown = page(firm, Role.ACCOUNTANT, "buhbot_user_change", accountant.pk)
    assert 'name="wants_breaches" checked disabled' in shown


def test_stf_06_a_manager_does_not_lock_or_unlock_the_own_switches(firm: Firm) -> None:
    manager = firm.people[Role.MANAGER]
    press(firm, Role.ADMIN, "buhbot_user_notices", manager.pk, wants_breaches="on", lock_breaches="on")
    press(firm, Role.MANAGER, "buhbot_user_notices", manager.pk)
    after = again(firm, Role.MANAGER)
    assert (after.wants_breaches, after.locked_notices) == (True, ["breaches"])


def test_stf_06_accountants_do_not_switch_for_others(firm: Firm) -> None:
    other = firm.foreign.assignment.user
    assert press(firm, Role.ACCOUNTANT, "buhbot_user_notices", other.pk).status_code == 404
    assert User.objects.get(pk=other.pk).wants_breaches


def test_stf_06_observers_have_nothing_to_switch(firm: Firm) -> None:
    observer = firm.people[Role.OBSERVER]
    assert press(firm, Role.OBSERVER, "buhbot_user_notices", observer.pk).status_code == 403
    assert press(firm, Role.ADMIN, "buhbot_user_notices", observer.pk).status_code == 403
