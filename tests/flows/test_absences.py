"""While somebody is away: who is told, whose answer counts, who sees the chat (STF-03, ANS-02, ALR-02, RBAC-02)."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from buhbot.models import Absence, Assignment, Role, User
from buhbot.selectors import visible_chats
from buhbot.services.absences import AbsenceOverlaps, SubstituteUnknown
from sla import services
from sla.models import Alert, Request
from sla.selectors import may_act
from tests.flows.test_isolation import give_hours
from tests.flows.world import World, build, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


def away(
    user: User, substitute: User | None = None, first: date = TODAY, last: date = TODAY, now: datetime = TEN
) -> Absence:
    absence = Absence(user=user, substitute=substitute)
    return services.enter_absence(absence, first=first, last=last, now=now)


@pytest.fixture
def boris(world: World) -> User:
    return staff("Борис", telegram_id=620)


def test_alr_02_the_substitute_is_told_instead(world: World, boris: User) -> None:
    away(world.accountant, boris)
    world.client_says("Когда будет акт?", TEN)
    world.passes(TEN + minutes(60))
    assert len(world.alerts_to(boris)) == 1
    assert world.alerts_to(world.accountant) == []
    assert len(world.alerts_to(world.manager)) == 1
    assert "Борис" in world.alerts_to(boris)[0]


def test_alr_02_nobody_stands_in_so_managers_hear_of_the_warning(world: World) -> None:
    away(world.accountant)
    world.client_says("Когда будет акт?", TEN)
    world.passes(TEN + minutes(48))
    assert len(world.alerts_to(world.manager)) == 1
    assert world.alerts_to(world.accountant) == []


def test_alr_02_the_next_day_the_accountant_is_told_again(world: World, boris: User) -> None:
    away(world.accountant, boris)
    world.client_says("Когда будет акт?", TEN + DAY)
    world.passes(TEN + DAY + minutes(48))
    assert len(world.alerts_to(world.accountant)) == 1
    assert world.alerts_to(boris) == []


def test_req_06_the_request_names_who_is_on_duty_when_it_opens(world: World, boris: User) -> None:
    away(world.accountant, boris)
    world.client_says("Когда будет акт?", TEN)
    assert world.request().on_duty == [{"id": boris.pk, "name": "Борис"}]


def test_ans_02_the_substitutes_answer_counts_and_the_credit_is_theirs(world: World, boris: User) -> None:
    away(world.accountant, boris)
    world.client_says("Когда будет акт?", TEN)
    world.says(boris, "Завтра", TEN + minutes(10))
    assert (world.request().state, world.request().closed_by) == ("answered", boris)


def test_ans_02_who_is_away_may_answer_too(world: World, boris: User) -> None:
    away(world.accountant, boris)
    world.client_says("Когда будет акт?", TEN)
    world.says(world.accountant, "Завтра", TEN + minutes(10))
    assert world.request().closed_by == world.accountant


@pytest.mark.parametrize(("shift", "state"), [(-DAY, "open"), (0 * DAY, "answered"), (DAY, "open")])
def test_ans_02_telegrams_date_decides_whether_the_absence_ran(
    world: World, boris: User, shift: timedelta, state: str
) -> None:
    away(world.accountant, boris)
    world.client_says("Когда будет акт?", TEN + shift)
    world.says(boris, "Завтра", TEN + shift + minutes(10))
    assert world.request().state == state


def test_ans_02_a_chain_of_substitutes_is_followed(world: World, boris: User) -> None:
    vera = staff("Вера", telegram_id=621)
    away(world.accountant, boris)
    away(boris, vera)
    world.client_says("Когда будет акт?", TEN)
    world.passes(TEN + minutes(48))
    assert len(world.alerts_to(vera)) == 1
    world.says(vera, "Завтра", TEN + minutes(50))
    assert world.request().closed_by == vera


def test_ans_02_a_late_question_is_answered_by_the_substitutes_earlier_message(
    world: World, boris: User
) -> None:
    away(world.accountant, boris)
    world.says(boris, "Завтра", TEN + minutes(10))
    world.client_says("Когда будет акт?", TEN)
    assert world.request().closed_by == boris


def test_tim_04_an_absence_entered_later_lets_the_substitutes_message_count(
    world: World, boris: User
) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.says(boris, "Завтра", TEN + minutes(10))
    assert world.request().state == "open"
    away(world.accountant, boris, now=TEN + minutes(70))
    request = world.request()
    assert (request.state, request.closed_by) == ("answered", boris)
    assert request.closed_at == TEN + minutes(10)
    assert [row.part for row in request.request_messages.order_by("message__sent_at")] == ["client", "answer"]


def test_tim_04_what_the_client_asked_after_it_is_a_request_of_its_own(world: World, boris: User) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.says(boris, "Завтра", TEN + minutes(10))
    world.client_says("А когда пришлёте счёт?", TEN + minutes(20))
    away(world.accountant, boris, now=TEN + minutes(30))
    states = list(Request.objects.order_by("opened_at").values_list("state", "opened_at"))
    assert states == [("answered", TEN), ("open", TEN + minutes(20))]


def test_tim_04_a_message_outside_the_absence_does_not_count(world: World, boris: User) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.says(boris, "Завтра", TEN + minutes(10))
    away(world.accountant, boris, first=TODAY + DAY, last=TODAY + DAY)
    assert world.request().state == "open"


def test_tim_04_open_requests_name_the_substitute_and_sent_alerts_are_edited(
    world: World, boris: User
) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.passes(TEN + minutes(60))
    world.all_sent()
    absence = away(world.accountant, boris, now=TEN + minutes(61))
    world.passes(TEN + minutes(62))
    assert "Бухгалтер: Борис" in world.texts_to(world.manager)[-1]
    services.end_absence(absence, now=TEN + minutes(63))
    world.passes(TEN + minutes(64))
    assert "Бухгалтер: Анна" in world.texts_to(world.manager)[-1]
    assert world.request().events.filter(kind="duty_changed").count() == 2


def test_tim_04_an_absence_that_begins_by_itself_is_noticed_by_the_tick(world: World, boris: User) -> None:
    world.client_says("Когда будет акт?", TEN)
    away(world.accountant, boris, first=TODAY + DAY, last=TODAY + DAY)
    services.reevaluate_outdated(TEN)
    assert world.request().on_duty[0]["name"] == "Анна"
    services.reevaluate_outdated(TEN + DAY)
    assert world.request().on_duty[0]["name"] == "Борис"


def test_tim_04_who_opened_it_again_is_not_overruled(world: World, boris: User) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.says(boris, "Завтра", TEN + minutes(5))
    world.says(world.accountant, "Сделаю", TEN + minutes(10))
    services.reopen(world.request().pk, actor=world.manager, now=TEN + minutes(15))
    away(world.accountant, boris, now=TEN + minutes(20))
    assert world.request().state == "open"


def test_tim_04_one_broken_request_holds_up_no_other(world: World, boris: User) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.says(boris, "Завтра", TEN + minutes(10))
    give_hours(world, {"1": "nonsense"}, {})
    away(world.accountant, boris, now=TEN + minutes(20))
    assert world.request().state == "open"
    assert world.request().on_duty[0]["name"] == "Борис"


def test_rbac_02_the_chats_are_the_substitutes_while_it_runs(world: World, boris: User) -> None:
    now = datetime.now(UTC)
    today = now.date()
    assert list(visible_chats(boris)) == []
    absence = away(world.accountant, boris, first=today - DAY, last=today + DAY, now=now)
    assert list(visible_chats(boris)) == [world.chat]
    assert may_act(boris, world.chat)
    services.end_absence(absence, now=now + 2 * DAY)
    Absence.objects.update(ends_at=now - minutes(1))
    assert list(visible_chats(boris)) == []
    assert not may_act(boris, world.chat)


def test_alr_04_a_managers_substitute_may_press_too(world: World, boris: User) -> None:
    Assignment.objects.filter(user=world.manager).delete()
    now = datetime.now(UTC)
    away(world.manager, boris, first=now.date() - DAY, last=now.date() + DAY, now=now)
    assert may_act(boris, world.chat)


def test_alr_02_a_substitute_who_was_switched_off_stands_in_for_nobody(world: World, boris: User) -> None:
    away(world.accountant, boris)
    User.objects.filter(pk=boris.pk).update(is_active=False)
    world.client_says("Когда будет акт?", TEN)
    world.passes(TEN + minutes(60))
    assert Alert.objects.get(level=1).is_undeliverable is False
    assert len(world.alerts_to(world.manager)) == 1
    assert world.request().on_duty == []


def test_stf_03_observers_stand_in_for_nobody(world: World) -> None:
    observer = staff("Ольга", Role.OBSERVER, 630)
    with pytest.raises(SubstituteUnknown):
        away(world.accountant, observer)
    assert not Absence.objects.exists()


@pytest.mark.usefixtures("committed")
def test_stf_03_of_two_absences_entered_at_once_only_one_is_kept() -> None:
    accountant = build().accountant
    refused: list[Exception] = []
    with transaction.atomic():
        away(accountant)  # not committed yet when the other one is entered
        entering = threading.Thread(target=_away_too, args=[accountant, refused])
        entering.start()
        entering.join(0.5)
        assert entering.is_alive()  # it waits for us
    entering.join(10)
    assert [type(error) for error in refused] == [AbsenceOverlaps]
    assert Absence.objects.count() == 1


def _away_too(user: User, refused: list[Exception]) -> None:
    try:
        away(user)
    except AbsenceOverlaps as error:
        refused.append(error)
    connection.close()
