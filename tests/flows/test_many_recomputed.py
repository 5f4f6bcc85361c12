"""A change that reaches very many open requests: each moves as it should, the closed ones stay to the byte (TIM-04)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from buhbot.models import Calendar, Message
from buhbot.services.calendars import current_version, work_calendar
from sla import services
from sla.models import Alert, Policy, Request, RequestEvent
from sla.selectors import outdated_requests
from sla.services.recompute import BATCH
from tests.flows.world import World, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
OPEN, CLOSED = 2 * BATCH + 200, 150
SATURDAY = datetime(2026, 11, 28, 6, 0, tzinfo=UTC).date()
NOW = TEN + minutes(90)


@pytest.fixture
def busy(world: World) -> World:
    """A world with requests of every state, a minute apart in topics of their own."""
    world.client_says("Где акт?", TEN)
    like, spoken = Request.objects.get(), Message.objects.get()
    numbers = range(1, OPEN + CLOSED + 1)
    messages = Message.objects.bulk_create([_message(spoken, number) for number in numbers])
    Request.objects.bulk_create([_request(like, message) for message in messages])
    services.fire_due(NOW - minutes(30))
    return world


def _message(like: Message, number: int) -> Message:
    row = {field.attname: getattr(like, field.attname) for field in Message._meta.concrete_fields}
    asked_at = TEN + timedelta(seconds=number)
    return Message(
        **row
        | {"id": None, "telegram_message_id": 9_000 + number, "topic_id": number}
        | {"sent_at": asked_at}
    )


def _request(like: Request, message: Message) -> Request:
    row = {field.attname: getattr(like, field.attname) for field in Request._meta.concrete_fields}
    moved = message.sent_at - like.opened_at
    assert like.warn_at is not None
    row |= {
        "id": None,
        "opened_by_id": message.pk,
        "topic_id": message.topic_id,
        "opened_at": message.sent_at,
    }
    row |= {"due_at": like.due_at + moved, "warn_at": like.warn_at + moved, "fires_at": like.warn_at + moved}
    return Request(**row | (_ended(message) if message.topic_id > OPEN else {}))


def _ended(message: Message) -> dict[str, Any]:
    state = ("answered", "resolved", "cancelled")[message.topic_id % 3]
    ended = {"state": state, "closed_at": message.sent_at + minutes(70), "response_seconds": 4200}
    return ended | {"fires_at": None, "breached_at": message.sent_at + minutes(60), "level": 1}


def rows(requests: Any) -> list[dict[str, Any]]:
    return list(requests.order_by("pk").values())


def history(requests: Any) -> list[Any]:
    return [
        list(model.objects.filter(request__in=requests).order_by("pk").values())
        for model in (RequestEvent, Alert)
    ]


def test_tim_04_thousands_move_and_the_closed_ones_stay_to_the_byte(busy: World) -> None:
    closed = Request.objects.exclude(state="open")
    before = rows(closed), history(closed)
    Policy.objects.filter(tier__code="standard").update(target_minutes=120)
    assert services.recompute_outdated(NOW) == OPEN + 1
    assert (rows(closed), history(closed)) == before
    assert len(before[0]) == CLOSED
    assert not outdated_requests().exists()
    calendar = work_calendar(busy.chat.requests.latest("pk").calendar_version)
    for request in Request.objects.filter(state="open"):
        assert request.due_at == calendar.deadline(request.opened_at, minutes(120))
        assert request.fires_at == request.warn_at == calendar.deadline(request.opened_at, minutes(96))
    assert RequestEvent.objects.filter(kind="recomputed").count() == OPEN + 1


def test_tim_04_a_calendar_that_says_nothing_new_about_them_is_taken_over_silently(busy: World) -> None:
    closed = Request.objects.exclude(state="open")
    before, events = rows(closed), RequestEvent.objects.count()
    calendar = Calendar.objects.get(is_default=True)
    calendar.exceptions.create(date=SATURDAY, hours="10:00-12:00")
    newest = current_version(calendar)
    services.recompute_outdated(NOW)
    assert set(Request.objects.filter(state="open").values_list("calendar_version", flat=True)) == {newest.pk}
    assert (rows(closed), RequestEvent.objects.count()) == (before, events)


def test_tim_04_what_fell_due_by_the_change_fires_once_each(busy: World) -> None:
    Policy.objects.filter(tier__code="standard").update(target_minutes=30)
    services.recompute_outdated(NOW)
    services.fire_due(NOW)
    services.fire_due(NOW)
    breached = Alert.objects.filter(kind="breach", request__state="open")
    assert breached.count() == breached.values("request").distinct().count() == OPEN + 1
