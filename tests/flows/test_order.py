"""Messages that come in any order: Telegram's dates decide what became of them (BOT-03, FLT-05)."""

from itertools import permutations

from sla.models import Request
from tests.flows.test_alerts import TEN
from tests.flows.world import CLIENT_ID, World, minutes

IN_ORDER = ("question", "more", "answer", "question", "answer")
TEXTS = {
    "question": "Когда будет готов отчёт?",
    "more": "И ещё нужна выписка",
    "answer": "Готово, отправили",
}


def say(world: World, topic: int, place: int) -> None:
    part = IN_ORDER[place]
    who = world.accountant if part == "answer" else CLIENT_ID
    fields = {"message_id": topic * 10 + place, "message_thread_id": topic, "is_topic_message": True}
    world.says(who, TEXTS[part], TEN + minutes(place), **fields)


def requests_of(topic: int) -> list[tuple[int, int, int, list[str]]]:
    """Minutes of opening and end, working seconds, and what belongs to each request of the topic."""
    return [
        (
            int((request.opened_at - TEN).total_seconds() // 60),
            int((request.closed_at - TEN).total_seconds() // 60) if request.closed_at else -1,
            request.response_seconds or 0,
            list(request.request_messages.order_by("message__sent_at").values_list("part", flat=True)),
        )
        for request in Request.objects.filter(topic_id=topic).order_by("opened_at")
    ]


def test_flt_05_every_order_of_arrival_has_the_same_effect(world: World) -> None:
    for topic, order in enumerate(permutations(range(len(IN_ORDER))), 1):
        for place in order:
            say(world, topic, place)
        assert requests_of(topic) == [
            (0, 2, 120, ["client", "client", "answer"]),
            (3, 4, 60, ["client", "answer"]),
        ], [IN_ORDER[place] + str(place) for place in order]
