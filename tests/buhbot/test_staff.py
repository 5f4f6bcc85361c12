"""What a change of an account must not break (RBAC-04), and who is a chat's primary accountant."""

from datetime import UTC, datetime

import pytest

from buhbot.models import Assignment, Chat, Role, Tier, User
from buhbot.selectors import chats_left_alone, visible_staff
from buhbot.services.assignments import set_primary
from buhbot.services.staff import ChatsLeftAlone, LastAdmin, hand_over, require_another_admin, save_staff

pytestmark = pytest.mark.django_db


def person(name: str, role: str = Role.ACCOUNTANT) -> User:
    return User.objects.create_user(f"{name}@firm.test", full_name=name, role=role)


def chat_of(*people: User) -> Chat:
    chat = Chat.objects.create(
        telegram_id=-Chat.objects.count() - 1,
        kind="group",
        title="Чат",
        tier=Tier.objects.get(code="standard"),
        registered_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    for place, user in enumerate(people):
        Assignment.objects.create(chat=chat, user=user, is_primary=place == 0)
    return chat


def test_the_last_admin_cannot_be_demoted_or_switched_off():  # RBAC-04
    admin = person("i", Role.ADMIN)
    for change in ({"role": Role.MANAGER}, {"is_active": False}):
        with pytest.raises(LastAdmin):
            require_another_admin(User(**{"pk": admin.pk, "role": Role.ADMIN, "is_active": True} | change))


def test_one_of_two_admins_may_go():  # RBAC-04
    admin = person("i", Role.ADMIN)
    person("j", Role.ADMIN)
    admin.is_active = False
    save_staff(admin)
    assert User.objects.filter(role=Role.ADMIN, is_active=True).count() == 1


def test_a_switched_off_admin_does_not_count():  # RBAC-04
    admin = person("i", Role.ADMIN)
    User.objects.filter(pk=person("j", Role.ADMIN).pk).update(is_active=False)
    admin.role = Role.MANAGER
    with pytest.raises(LastAdmin):
        save_staff(admin)


def test_a_chat_with_a_second_accountant_is_not_left_alone():  # RBAC-04
    first, second = person("a"), person("b")
    alone, shared = chat_of(first), chat_of(first, second)
    assert list(chats_left_alone(first)) == [alone]
    assert shared not in chats_left_alone(second)


def test_nobody_is_switched_off_while_a_chat_needs_them():  # RBAC-04
    leaving = person("a")
    chat_of(leaving)
    leaving.is_active = False
    with pytest.raises(ChatsLeftAlone):
        save_staff(leaving)


def test_the_successor_takes_over_every_duty_and_the_first_place():  # RBAC-04
    leaving, staying = person("a"), person("b")
    chats = [chat_of(leaving), chat_of(leaving, staying)]
    assert hand_over(leaving, to=staying) == 2
    assert [chat.assignments.get().user for chat in chats] == [staying, staying]
    assert all(chat.assignments.get().is_primary for chat in chats)


def test_one_accountant_is_the_primary_one():  # ADM-04
    chat = chat_of(person("a"), person("b"))
    second = chat.assignments.get(is_primary=False)
    set_primary(chat, second)
    assert chat.assignments.get(is_primary=True) == second


def test_an_accountant_sees_no_other_accounts():  # RBAC table
    accountant, manager = person("a"), person("m", Role.MANAGER)
    assert list(visible_staff(accountant)) == [accountant]
    assert set(visible_staff(manager)) == {accountant, manager}
