"""Absences in Admin, and what is shown of chats and people that they leave alone (STF-03, ALR-08, ALR-09)."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from buhbot.models import Absence, Chat, Role, SubstitutionEnded, User
from buhbot.rules import IncomingChat, IncomingMessage, IncomingPerson
from sla.duty import unreachable_on_duty
from sla.models import Request
from sla.services import enter_absence, register_message
from sla.tasks import reevaluate_outdated
from tests.admin.firm import ASKED_AT, Firm
from tests.admin.test_chats import form_of
from tests.admin.visits import NOW, page, press

TODAY = NOW.date()  # Monday, 23 November 2026
DAY = timedelta(days=1)
REAL = timezone.now()  # the database has a clock of its own


def add(firm: Firm, role: str, **data: Any) -> Any:
    data = {name: value for name, value in data.items() if value is not None}
    with time_machine.travel(NOW, tick=False):
        return firm.browser(role).post(reverse("admin:buhbot_absence_add"), data, follow=True)


def form(first: date = TODAY, last: date = TODAY, by_whom: User | None = None, **more: Any) -> dict[str, Any]:
    days = {"first": f"{first:%d.%m.%Y}", "last": f"{last:%d.%m.%Y}"}
    return days | {"by_whom": by_whom.pk if by_whom else ""} | more


def away(firm: Firm, user: User, substitute: User | None = None) -> Absence:
    absence = Absence(user=user, substitute=substitute)
    return enter_absence(absence, first=TODAY - DAY, last=TODAY + DAY, now=NOW)


def says(firm: Firm, user: User, minutes: int) -> None:
    """A person of the firm writes in the own chat."""
    chat, at = firm.own.chat, ASKED_AT + timedelta(minutes=minutes)
    incoming = IncomingMessage(
        chat=IncomingChat(chat.telegram_id, chat.kind, chat.title),
        message_id=100 + minutes,
        sent_at=at,
        kind="text",
        person=IncomingPerson(user.telegram_id or 0, str(user)),
        text="Завтра",
    )
    register_message(incoming, now=at)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER])
def test_stf_03_a_manager_enters_it_for_others_and_requests_follow(firm: Firm, role: str) -> None:
    anna, boris = firm.people[Role.ACCOUNTANT], firm.foreign.assignment.user
    says(firm, boris, 20)
    add(firm, role, **form(TODAY, TODAY + 3 * DAY, boris, who=anna.pk))
    absence = Absence.objects.get()
    assert (absence.user, absence.substitute, absence.created_by) == (anna, boris, firm.people[role])
    assert absence.ends_at - absence.starts_at == 4 * DAY
    request = Request.objects.get(pk=firm.own.request.pk)
    assert (request.state, request.closed_by) == ("answered", boris)


def test_stf_03_an_accountant_enters_the_own_and_a_task_lets_requests_follow(
    firm: Firm, django_capture_on_commit_callbacks: Any
) -> None:
    boris = firm.foreign.assignment.user
    says(firm, boris, 20)
    with django_capture_on_commit_callbacks() as kicks:
        add(firm, Role.ACCOUNTANT, **form(TODAY, TODAY, boris))
    absence = Absence.objects.get()
    assert (absence.user, absence.substitute) == (firm.people[Role.ACCOUNTANT], boris)
    assert kicks
    with time_machine.travel(NOW, tick=False):
        reevaluate_outdated()
    assert Request.objects.get(pk=firm.own.request.pk).closed_by == boris


def test_rbac_02_an_accountant_enters_nothing_for_others(firm: Firm) -> None:
    boris = firm.foreign.assignment.user
    add(firm, Role.ACCOUNTANT, **form(who=boris.pk))
    assert Absence.objects.get().user == firm.people[Role.ACCOUNTANT]


@pytest.mark.parametrize(
    ("first", "last", "by_whom", "said"),
    [
        (TODAY + DAY, TODAY, None, "Последний день раньше первого"),
        (TODAY - 2 * DAY, TODAY - DAY, None, "Эти дни уже прошли"),
        (TODAY, date.max, None, "Проверьте год"),
        (TODAY, TODAY, Role.ACCOUNTANT, "Нельзя замещать самого себя"),
        (TODAY, TODAY, Role.MANAGER, "Бот не может написать этому сотруднику"),
        (TODAY + 9 * DAY, TODAY + 20 * DAY, None, "уже записано"),
    ],
)
@pytest.mark.parametrize("role", [Role.MANAGER, Role.ACCOUNTANT])
def test_stf_03_the_form_says_what_is_wrong(
    firm: Firm, role: str, first: date, last: date, by_whom: str | None, said: str
) -> None:
    User.objects.filter(pk=firm.people[Role.MANAGER].pk).update(unreachable_since=NOW)
    anna = firm.people[Role.ACCOUNTANT]
    enter_absence(Absence(user=anna), first=TODAY + 10 * DAY, last=TODAY + 11 * DAY, now=NOW)
    chosen = firm.people[by_whom] if by_whom else None
    answer = add(firm, role, **form(first, last, chosen, who=anna.pk if role == Role.MANAGER else None))
    assert said in answer.content.decode()
    assert Absence.objects.count() == 1


def test_stf_03_it_is_changed_and_told_anew(firm: Firm) -> None:
    absence = away(firm, firm.people[Role.ACCOUNTANT])
    Absence.objects.update(told_at=NOW, gaps_told_at=NOW)
    boris = firm.foreign.assignment.user
    press(firm, Role.MANAGER, "buhbot_absence_change", absence.pk, **form(TODAY, TODAY + DAY, boris))
    absence.refresh_from_db()
    assert (absence.substitute, absence.told_at, absence.gaps_told_at) == (boris, None, None)
    assert Request.objects.get(pk=firm.own.request.pk).on_duty == [{"id": boris.pk, "name": "Борис"}]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ACCOUNTANT])
def test_stf_03_it_is_deleted(firm: Firm, role: str) -> None:
    absence = away(firm, firm.people[Role.ACCOUNTANT], firm.foreign.assignment.user)
    Absence.objects.update(told_at=NOW)
    press(firm, role, "buhbot_absence_delete", absence.pk, post="yes")
    assert not Absence.objects.exists()
    ended = SubstitutionEnded.objects.get()
    assert (ended.substitute, ended.person) == (absence.substitute, absence.user)


def test_stf_03_what_is_over_stays_as_it_was(firm: Firm) -> None:
    absence = away(firm, firm.people[Role.ACCOUNTANT])
    Absence.objects.update(ends_at=NOW)
    assert press(firm, Role.ADMIN, "buhbot_absence_delete", absence.pk, post="yes").status_code == 403
    assert press(firm, Role.ADMIN, "buhbot_absence_change", absence.pk, **form()).status_code == 403
    assert "прошло" in page(firm, Role.ADMIN, "buhbot_absence_change", absence.pk)


def test_rbac_02_an_accountant_reads_who_stands_in_without_seeing_the_account(firm: Firm) -> None:
    away(firm, firm.people[Role.ACCOUNTANT], firm.foreign.assignment.user)
    away(firm, firm.foreign.assignment.user)
    text = page(firm, Role.ACCOUNTANT, "buhbot_absence_changelist")
    assert text.count("Борис") == 1


@pytest.mark.parametrize(("state", "days"), [("past", -9), ("running", 0), ("coming", 9)])
def test_stf_03_the_list_is_filtered_by_state(firm: Firm, state: str, days: int) -> None:
    anna, absences = firm.people[Role.ACCOUNTANT], {}
    for shift in (-9, 0, 9):
        start = NOW + shift * DAY - timedelta(hours=1)
        absences[shift] = Absence.objects.create(
            user=anna, starts_at=start, ends_at=start + DAY, created_at=NOW
        ).pk
    with time_machine.travel(NOW, tick=False):
        text = page(firm, Role.MANAGER, "buhbot_absence_changelist", state=state)
    shown = [shift for shift, pk in absences.items() if f"/buhbot/absence/{pk}/change/" in text]
    assert shown == [days]


def test_rbac_02_the_substitute_sees_the_chat_in_admin_while_it_runs(firm: Firm) -> None:
    anna, boris = firm.people[Role.ACCOUNTANT], firm.foreign.assignment.user
    assert "Вектор" not in page(firm, Role.ACCOUNTANT, "buhbot_chat_changelist")
    Absence.objects.create(
        user=boris, substitute=anna, starts_at=REAL - DAY, ends_at=REAL + DAY, created_at=REAL
    )
    for name in ("buhbot_chat_changelist", "sla_request_changelist"):
        assert "Вектор" in page(firm, Role.ACCOUNTANT, name)
    press(firm, Role.ACCOUNTANT, "sla_request_act", firm.foreign.request.pk, action="resolve")
    assert Request.objects.get(pk=firm.foreign.request.pk).closed_by == anna


def test_stf_03_a_chat_without_anybody_is_shown_to_managers(firm: Firm) -> None:
    with time_machine.travel(NOW, tick=False):
        assert "cover=none" not in page(firm, Role.MANAGER, "home_piece", "people")
        away(firm, firm.people[Role.ACCOUNTANT])
        assert "cover=none" in page(firm, Role.MANAGER, "home_piece", "people")
        assert "cover=none" not in page(firm, Role.ACCOUNTANT, "home_piece", "people")
        text = page(firm, Role.MANAGER, "buhbot_chat_changelist", cover="none")
    assert "Ромашка" in text
    assert "Вектор" not in text


def test_stf_03_the_page_of_the_chat_says_so(firm: Firm) -> None:
    mark = "Все бухгалтеры отсутствуют"
    assert mark not in page(firm, Role.MANAGER, "buhbot_chat_change", firm.own.chat.pk)
    Absence.objects.create(
        user=firm.people[Role.ACCOUNTANT], starts_at=REAL - DAY, ends_at=REAL + DAY, created_at=REAL
    )
    assert mark in page(firm, Role.MANAGER, "buhbot_chat_change", firm.own.chat.pk)
    assert mark not in page(firm, Role.MANAGER, "buhbot_chat_change", firm.foreign.chat.pk)


def test_tim_04_another_accountant_of_the_chat_reaches_open_requests(firm: Firm) -> None:
    chat, old, boris = firm.own.chat, firm.own.assignment, firm.foreign.assignment.user
    says(firm, boris, 20)
    duties = (
        {"id": old.pk, "chat": chat.pk, "user": old.user_id, "duty": "accountant", "is_primary": "on"},
        {"chat": chat.pk, "user": boris.pk, "duty": "accountant"},
    )
    press(firm, Role.MANAGER, "buhbot_chat_change", chat.pk, **form_of(chat, *duties))
    assert Request.objects.get(pk=firm.own.request.pk).closed_by == boris


def test_alr_08_people_who_are_needed_and_cannot_be_written_to_are_shown(firm: Firm) -> None:
    with time_machine.travel(NOW, tick=False):
        assert "telegram=cannot" not in page(firm, Role.MANAGER, "home_piece", "people")
        User.objects.filter(pk=firm.people[Role.ACCOUNTANT].pk).update(unreachable_since=NOW)
        assert "telegram=cannot&amp;duty=yes" in page(firm, Role.MANAGER, "home_piece", "people")
        assert "telegram=cannot" not in page(firm, Role.ACCOUNTANT, "home_piece", "people")
        listed = page(firm, Role.MANAGER, "buhbot_user_changelist", telegram="cannot", duty="yes")
    assert firm.people[Role.ACCOUNTANT].email in listed
    assert firm.people[Role.OBSERVER].email not in listed  # not linked, but not needed
    assert firm.foreign.assignment.user.email not in listed


def test_alr_08_who_is_in_charge_of_escalations_is_needed_too(firm: Firm) -> None:
    manager, admin = firm.people[Role.MANAGER], firm.people[Role.ADMIN]
    User.objects.filter(pk__in=[manager.pk, admin.pk]).update(unreachable_since=NOW)
    assert list(unreachable_on_duty(at=NOW).order_by("pk")) == sorted(
        [manager, admin], key=lambda one: one.pk
    )
    for chat in Chat.objects.all():  # each has a manager of its own: the firm's are asked no more
        chat.assignments.create(user=firm.foreign.assignment.user, duty="manager")
    assert list(unreachable_on_duty(at=NOW)) == [admin]
    Chat.objects.update(is_monitored=False)
    assert not unreachable_on_duty(at=NOW).exists()


def test_alr_08_the_filter_lists_everybody_who_cannot_be_written_to(firm: Firm) -> None:
    User.objects.filter(pk=firm.people[Role.ACCOUNTANT].pk).update(unreachable_since=NOW)
    listed = page(firm, Role.ADMIN, "buhbot_user_changelist", telegram="cannot")
    assert firm.people[Role.ACCOUNTANT].email in listed
    assert firm.people[Role.OBSERVER].email in listed
    assert firm.foreign.assignment.user.email not in listed
