"""What people say a message is takes effect at once, and is remembered (CLS-07)."""

import random
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest

from buhbot.models import Message
from sla import learnt, services
from sla.classifier import shipped_model
from sla.classifier.model import ARTIFACT, Model
from sla.models import Classification, Correction, Request, RequestEvent, TrainedModel
from sla.services.monitoring import stop_monitoring
from tests.flows.world import World, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow


HALF_PAST_TEN = TEN + minutes(30)
SHIPPED = shipped_model().about["version"]


def correct(world: World, text: str, label: str, at: datetime = HALF_PAST_TEN, by: Any = None) -> Any:
    message = Message.objects.filter(text=text).latest("pk")
    return services.correct_class(message, label=label, actor=by or world.manager, origin="admin", now=at)


def label_of(text: str) -> str:
    return Classification.objects.filter(message__text=text).latest("pk").label


def test_cls_07_to_request_opens_one_with_the_messages_date(world: World) -> None:
    world.client_says("Всё хорошо", TEN)
    opened = correct(world, "Всё хорошо", "REQUEST")
    assert (opened, opened.opened_at, opened.due_at) == (world.request(), TEN, TEN + minutes(60))
    event = RequestEvent.objects.get(kind="reclassified")
    assert (event.actor, event.note) == (world.manager, "SPAM>REQUEST")


def test_cls_07_an_answer_given_meanwhile_counts(world: World) -> None:
    world.client_says("Всё хорошо", TEN)
    world.says(world.accountant, "Рады!", TEN + minutes(4))
    correct(world, "Всё хорошо", "REQUEST")
    assert (world.request().state, world.request().response_seconds) == ("answered", 240)


def test_cls_07_nothing_is_opened_twice(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.client_says("Всё хорошо", TEN + minutes(1))
    assert correct(world, "Всё хорошо", "REQUEST") is None
    assert world.request().opened_at == TEN
    assert label_of("Всё хорошо") == "REQUEST"


def test_cls_07_from_request_cancels_the_one_that_it_opened(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.client_says("спасибо", TEN + minutes(1))
    cancelled = correct(world, "Когда будет акт?", "SPAM")
    assert (cancelled.state, cancelled.close_reason) == ("cancelled", "not_a_request")
    assert cancelled.closed_by == world.manager


def test_cls_07_a_request_with_another_question_in_it_stays(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.client_says("И счёт пришлите", TEN + minutes(1))
    assert correct(world, "Когда будет акт?", "SPAM") is None
    assert world.request().is_open


def test_cls_07_when_all_that_was_asked_is_none_it_is_cancelled(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.client_says("И счёт пришлите", TEN + minutes(1))
    correct(world, "Когда будет акт?", "SPAM")
    assert correct(world, "И счёт пришлите", "GRATITUDE") == world.request()
    assert (world.request().state, world.request().close_reason) == ("cancelled", "not_a_request")


def test_cls_07_what_was_said_beside_a_question_cancels_nothing(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.client_says("И счёт пришлите", TEN + minutes(1))
    assert correct(world, "И счёт пришлите", "SPAM") is None
    assert world.request().is_open


def test_cls_07_changing_ones_mind_opens_the_same_request_again(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    correct(world, "Когда будет акт?", "SPAM")
    world.says(world.accountant, "Завтра", TEN + minutes(35))
    correct(world, "Когда будет акт?", "REQUEST", TEN + minutes(40))
    assert (world.request().state, world.request().response_seconds) == ("answered", 35 * 60)


def test_cls_07_another_message_of_a_cancelled_one_opens_it_again(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.client_says("Всё хорошо", TEN + minutes(1))
    assert correct(world, "Когда будет акт?", "SPAM").state == "cancelled"
    assert correct(world, "Всё хорошо", "REQUEST", TEN + minutes(31)) == world.request()
    assert world.request().is_open


def test_cls_07_what_has_ended_stays_as_it_is(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.says(world.accountant, "Завтра", TEN + minutes(5))
    assert correct(world, "Когда будет акт?", "SPAM") is None
    assert world.request().state == "answered"


def test_cls_07_in_an_unwatched_chat_only_the_class_changes(world: World) -> None:
    world.client_says("Всё хорошо", TEN)
    stop_monitoring(world.chat, actor=world.manager, now=TEN)
    assert correct(world, "Всё хорошо", "REQUEST") is None
    assert not Request.objects.exists()


def test_cls_07_it_is_kept_as_training_data(world: World) -> None:
    world.client_says("Всё хорошо", TEN)
    correct(world, "Всё хорошо", "GRATITUDE")
    kept = Correction.objects.get()
    assert (kept.text, kept.label, kept.label_before) == ("Всё хорошо", "GRATITUDE", "SPAM")
    assert (kept.origin, kept.made_by, kept.made_at) == ("admin", world.manager, TEN + minutes(30))


def test_cls_07_only_who_may_act_and_only_on_a_clients_message(world: World) -> None:
    world.client_says("Всё хорошо", TEN)
    with pytest.raises(services.NotAllowed):
        correct(world, "Всё хорошо", "REQUEST", by=staff("Ольга"))
    world.says(world.accountant, "Отлично", TEN + minutes(1))
    with pytest.raises(services.NotAClientMessage):
        correct(world, "Отлично", "REQUEST")


def test_cls_07_the_next_message_like_it_gets_the_corrected_class_at_once(world: World) -> None:
    text = "Отправили вам документы по новой точке на Ленина"
    world.client_says(text, TEN)
    correct(world, text, "GRATITUDE")
    world.client_says(f"Добрый день! {text}.", TEN + minutes(40))
    world.client_says("Отправили вам документы по новой точке на Ленине", TEN + minutes(41))
    later = Classification.objects.order_by("-pk")[:2]
    assert [(row.label, row.source, row.version) for row in later] == [("GRATITUDE", "rules", "memory")] * 2
    assert Request.objects.filter(state="open").count() == 0


def test_cls_07_the_later_of_two_corrections_counts(world: World) -> None:
    world.client_says("Ждём вас", TEN)
    correct(world, "Ждём вас", "REQUEST")
    correct(world, "Ждём вас", "SPAM")
    world.client_says("ждем вас!", TEN + minutes(40))
    assert label_of("ждем вас!") == "SPAM"


def test_cls_07_commands_in_the_chat_teach_too(world: World) -> None:
    world.client_says("Акт за март, март", TEN)
    world.says(world.accountant, "/norequest", TEN + minutes(1))
    world.client_says("акт за март, март", TEN + minutes(20))
    assert (label_of("акт за март, март"), Request.objects.count()) == ("SPAM", 1)


def test_cls_07_likeness_does_not_silence_a_sure_request(world: World) -> None:
    text = "Подскажите, пожалуйста, когда будет готов акт сверки за третий квартал?"
    world.client_says(text, TEN)
    correct(world, text, "SPAM")
    world.client_says(text.replace("третий", "второй"), TEN + minutes(40))
    assert world.chat.requests.filter(state="open").exists()
    world.client_says(text, TEN + minutes(41))
    assert label_of(text) == "SPAM"


def _installed(**changes: Any) -> TrainedModel:
    model, content = shipped_model(), BytesIO()
    type(model)(model.weights, model.bias, model.words, model.about | {"shipped": SHIPPED} | changes).save(
        content
    )
    return TrainedModel.objects.create(
        version=changes.get("version", "x"), content=content.getvalue(), corrections=1, trained_at=TEN
    )


def test_cls_07_a_trained_model_is_taken_up_with_the_next_message(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    _installed(version="model-9")
    world.client_says("И когда будет счёт?", TEN + minutes(1))
    versions = Classification.objects.order_by("pk").values_list("version", flat=True)
    assert list(versions) == [SHIPPED, "model-9"]


@pytest.mark.parametrize("changes", [{"tables": "x"}, {"shipped": "model-0"}, {"labels": ["YES", "NO"]}])
def test_cls_07_a_model_that_does_not_fit_is_passed_over(world: World, changes: dict[str, Any]) -> None:
    _installed(version="model-9", **changes)
    world.client_says("Когда будет акт?", TEN)
    assert Classification.objects.get().version == SHIPPED


@pytest.mark.parametrize("place", [6, 8, 10])  # version, flags and method of packing
def test_cls_07_a_damaged_model_is_passed_over(world: World, place: int) -> None:
    row = _installed(version="model-9")
    content = bytearray(row.content)
    content[content.index(b"PK\1\2") + place] = 0x63
    TrainedModel.objects.filter(pk=row.pk).update(content=bytes(content))
    world.client_says("Когда будет акт?", TEN)
    assert (world.failed(), Classification.objects.get().version) == ([], SHIPPED)


def test_cls_07_no_damage_to_a_model_stops_anything() -> None:
    choose, content = random.Random(1), ARTIFACT.read_bytes()
    for number in range(1500):
        damaged = bytearray(content)
        near = (len(content), 300, -600)[number % 3]
        for _ in range(2):
            damaged[choose.randrange(near) if near > 0 else choose.randrange(near, 0)] = choose.randrange(256)
        with suppress(*learnt.UNUSABLE):
            Model.load(BytesIO(bytes(damaged))).classify("Когда будет акт?")


def test_cls_07_a_broken_model_is_passed_over(world: World) -> None:
    for content in (b"", b"PK\x03\x04", b"nonsense"):
        TrainedModel.objects.create(version="x", content=content, corrections=1, trained_at=TEN)
        world.client_says("Когда будет акт?", TEN)
    assert set(Classification.objects.values_list("version", flat=True)) == {SHIPPED}
