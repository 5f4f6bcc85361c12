"""An unanswered request from the warning to the last level, to the instant (ALR-01, ALR-02, ALR-05, ALR-07)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sla import services
from sla.models import Alert
from tests.flows.world import World, buttons, minutes, staff

ASKED = datetime(2026, 11, 24, 12, 40, tzinfo=UTC)  # Tuesday, 15:40 in Moscow; the day ends at 18:00
MORNING = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)  # Wednesday, 09:00
STORY = [
    # level, its instant, who is told
    (0, ASKED + minutes(48), ["Анна"]),
    (1, ASKED + minutes(60), ["Анна", "Михаил"]),
    (2, ASKED + minutes(90), ["Михаил"]),
    (3, ASKED + minutes(120), ["Ирина", "Михаил"]),
    (4, MORNING + minutes(10), ["Ирина", "Михаил"]),  # 20 of its 30 minutes were on Tuesday
    (5, MORNING + minutes(40), ["Ирина", "Михаил"]),
]


@pytest.fixture
def asked(world: World) -> World:
    staff("Ольга", telegram_id=610)  # looks after other chats
    world.client_says("Когда будет акт?", ASKED)
    return world


def ticks(until: datetime) -> Iterator[datetime]:
    """Every five minutes, off the instants themselves."""
    now = ASKED + minutes(2)
    while now < until:
        yield now
        now += minutes(5)


def people(alert: Alert) -> list[str]:
    return sorted(str(message.recipient) for message in alert.outgoing.all())


def test_alr_02_nobody_answers(asked: World) -> None:
    for now in ticks(MORNING + minutes(600)):
        asked.passes(now)
    alerts = Alert.objects.order_by("instant")
    assert [(alert.level, alert.instant, people(alert)) for alert in alerts] == STORY


@pytest.mark.parametrize(("level", "instant", "told"), STORY)
def test_tim_01_it_fires_at_its_instant_and_not_before(
    asked: World, level: int, instant: datetime, told: list[str]
) -> None:
    for _, earlier, _ in STORY[:level]:
        asked.passes(earlier)
    asked.passes(instant - timedelta(seconds=1))
    assert level not in asked.levels()
    asked.passes(instant)
    assert people(Alert.objects.get(level=level)) == told


def test_alr_05_taking_it_stops_it_until_the_acknowledgement_runs_out(asked: World) -> None:
    for level in (0, 1, 2):
        asked.passes(STORY[level][1])
    taken = ASKED + minutes(110)  # 17:30: half an hour of the hour is left for the morning
    services.acknowledge(asked.request().pk, actor=asked.manager, now=taken)
    asked.passes(MORNING + minutes(29))
    assert asked.levels() == [0, 1, 2]
    asked.passes(MORNING + minutes(30))
    assert asked.levels() == [0, 1, 2, 3]
    assert asked.request().next_escalation_at == MORNING + minutes(60)


def test_alr_05_once_it_has_run_out_somebody_else_can_take_it(asked: World) -> None:
    asked.passes(STORY[1][1])
    services.acknowledge(asked.request().pk, actor=asked.accountant, now=STORY[1][1])
    asked.passes(STORY[1][1] + minutes(1))
    asked.all_sent()
    asked.passes(STORY[3][1])  # an hour of work later
    asked.passes(STORY[3][1] + minutes(1))
    for message in asked.sent_to(asked.manager)[-2:]:  # the edit of the breach, and the escalation
        assert "В работе" not in message.payload["text"]
        assert "Беру" in [button["text"] for button in buttons(message)]


def test_alr_05_an_answer_ends_it(asked: World) -> None:
    asked.passes(ASKED + minutes(90))
    asked.says(asked.accountant, "Высылаю", ASKED + minutes(95))
    asked.passes(MORNING + minutes(600))
    assert asked.levels() == [1, 2]
    assert asked.request().fires_at is None
