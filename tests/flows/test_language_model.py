"""In doubt a language model is asked, and its word counts only where nobody has acted (CLS-01, CLS-05)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils.timezone import now as real_now

from buhbot.models import Message
from sla import services
from sla.models import Classification, Request, RequestEvent
from sla.rules import Snooze
from sla.services.asking import LEASE
from sla.services.monitoring import stop_monitoring
from sla.tasks import ask_language_model
from tests.flows.telegram import STICKER, VOICE
from tests.flows.world import World, build, minutes
from tests.language_model import LanguageModel, asked_for

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
UNSURE = "завтра подъедет курьер за документами"  # a REQUEST, at 0.69
UNSURE_NOISE = "Извините, это не сюда"  # noise, and a REQUEST at 0.12


@pytest.fixture
def model(settings: Any) -> Iterator[LanguageModel]:
    with asked_for(settings) as served:
        yield served


def ask() -> None:
    """Let the worker ask about all that waits."""
    ask_language_model()


def waiting() -> int:
    return Classification.objects.filter(ask_llm_at__isnull=False).count()


def kinds() -> list[str]:
    return list(RequestEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_cls_01_no_request_cancels_the_one_that_it_opened(world: World, model: LanguageModel) -> None:
    model.says("SPAM", 0.8)
    world.client_says(UNSURE, TEN)
    assert world.request().is_open  # the clock starts at once, by the local answer
    ask()
    request = world.request()
    assert (request.state, request.close_reason) == ("cancelled", "not_a_request")
    assert kinds() == ["opened", "cancelled", "reclassified"]
    known = Classification.objects.get()
    assert (known.label, known.confidence, known.source, known.version) == ("SPAM", 0.8, "llm", "llm-test")


def test_cls_01_request_opens_one_with_the_messages_date(world: World, model: LanguageModel) -> None:
    world.client_says(UNSURE_NOISE, TEN)
    assert not Request.objects.exists()
    ask()
    request = world.request()
    assert (request.opened_at, request.due_at) == (TEN, TEN + minutes(60))
    assert kinds() == ["opened", "reclassified"]


def test_cls_01_an_answer_given_meanwhile_ends_what_it_opens(world: World, model: LanguageModel) -> None:
    world.client_says(UNSURE_NOISE, TEN)
    world.says(world.accountant, "Какой договор?", TEN + minutes(3))
    ask()
    request = world.request()
    assert (request.state, request.response_seconds) == ("answered", 180)


def test_cls_01_request_joins_what_is_open(world: World, model: LanguageModel) -> None:
    world.client_says(UNSURE_NOISE, TEN + minutes(2))
    world.client_says("Когда будет акт?", TEN + minutes(5))
    ask()
    assert world.request().opened_at == TEN + minutes(2)  # the earlier question
    world.client_says(UNSURE_NOISE + "!", TEN + minutes(9))
    ask()
    assert world.request().opened_at == TEN + minutes(2)


@pytest.mark.parametrize("text", ["Когда будет акт?", "спасибо", "ок", "ау", "Мария Ивановна"])
def test_cls_01_what_is_clear_is_not_asked(world: World, model: LanguageModel, text: str) -> None:
    world.client_says(text, TEN)
    ask()
    assert model.asked == []


def test_cls_01_voice_and_stickers_are_not_asked(world: World, model: LanguageModel) -> None:
    world.client_says("", TEN, **VOICE)
    world.client_says("", TEN + minutes(1), **STICKER)
    ask()
    assert model.asked == []


def test_cls_01_without_a_language_model_nothing_waits(world: World) -> None:
    world.client_says(UNSURE, TEN)
    ask()
    assert waiting() == 0
    assert world.request().is_open


def _answered(world: World) -> None:
    world.says(world.manager, "Минуту", TEN + minutes(2))


def _sticker(world: World) -> None:
    world.says(world.accountant, "", TEN + minutes(2), **STICKER)


def _taken(world: World) -> None:
    services.acknowledge(world.request().pk, actor=world.accountant, now=TEN + minutes(2))


def _snoozed(world: World) -> None:
    services.snooze(world.request().pk, actor=world.accountant, length=Snooze.HOUR, now=TEN + minutes(2))


def _paused(world: World) -> None:
    world.says(world.accountant, "/wait", TEN + minutes(2))


def _paused_and_back(world: World) -> None:
    _paused(world)
    world.client_says("спасибо", TEN + minutes(3))


def _asked_more(world: World) -> None:
    world.client_says("Когда будет акт?", TEN + minutes(2))


def _added(world: World) -> None:
    world.client_says("это по второй фирме", TEN + minutes(2))


ACTS: list[Callable[[World], None]] = [
    _answered,
    _sticker,
    _taken,
    _snoozed,
    _paused,
    _paused_and_back,
    _asked_more,
    _added,
]


@pytest.mark.parametrize("act", ACTS)
def test_cls_01_where_somebody_has_acted_the_request_stays(
    world: World, model: LanguageModel, act: Callable[[World], None]
) -> None:
    model.says("SPAM")
    world.client_says(UNSURE, TEN)
    act(world)
    ask()
    assert world.request().state != "cancelled"
    assert model.asked  # it was its word, and it did not count


def test_cls_01_thanks_and_an_alert_are_no_acts(world: World, model: LanguageModel) -> None:
    model.says("SPAM")
    world.client_says(UNSURE, TEN)
    world.client_says("спасибо", TEN + minutes(1))
    world.passes(TEN + minutes(61))
    ask()
    assert world.request().state == "cancelled"


def test_cls_01_what_staff_corrected_is_left_alone(world: World, model: LanguageModel) -> None:
    model.says("SPAM")
    world.client_says(UNSURE, TEN)
    services.correct_class(
        Message.objects.get(), label="REQUEST", actor=world.manager, origin="admin", now=TEN + minutes(1)
    )
    ask()
    assert model.asked == []
    assert world.request().is_open


def _correct_from_elsewhere(world: World) -> None:
    message = Message.objects.get()
    services.correct_class(message, label="REQUEST", actor=world.manager, origin="admin", now=real_now())
    connection.close()


def test_cls_01_a_correction_while_it_thinks_wins_and_need_not_wait(
    committed: None, model: LanguageModel
) -> None:
    world = build()
    model.says("SPAM")
    model.before = lambda: _correct_from_elsewhere(world)
    world.client_says(UNSURE, TEN)
    ask()
    assert len(model.asked) == 1
    assert (Classification.objects.get().source, world.request().state) == ("staff", "open")


def _elsewhere(act: Callable[[], object]) -> Callable[[], None]:
    """What happens on another connection while the language model thinks."""

    def happens() -> None:
        act()
        connection.close()

    return happens


def test_cls_01_an_edit_while_it_thinks_makes_its_word_worthless(
    committed: None, model: LanguageModel
) -> None:
    world = build()
    model.says("SPAM")
    said = world.client_says(UNSURE, TEN)
    model.before = _elsewhere(lambda: world.edits(said, "Когда будет акт?", TEN + minutes(1)))
    ask()
    known = Classification.objects.get()
    assert (len(model.asked), known.label, known.source) == (1, "REQUEST", "model")
    assert world.request().is_open


def test_cls_01_an_answer_while_it_thinks_stays_one(committed: None, model: LanguageModel) -> None:
    world = build()
    model.says("SPAM")
    world.client_says(UNSURE, TEN)
    model.before = _elsewhere(lambda: world.says(world.accountant, "Хорошо, ждём", TEN + minutes(1)))
    ask()
    assert (Classification.objects.get().label, world.request().state) == ("SPAM", "answered")


def test_cls_01_a_sure_request_is_never_overruled(world: World, model: LanguageModel) -> None:
    model.says("SPAM", 1.0)
    world.client_says(UNSURE, TEN)
    Classification.objects.update(confidence=0.95)
    ask()
    assert (Classification.objects.get().label, world.request().state) == ("REQUEST", "open")


def test_cls_01_an_edit_before_it_is_asked_is_asked_about_instead(world: World, model: LanguageModel) -> None:
    said = world.client_says(UNSURE, TEN)
    world.edits(said, "Когда будет акт?", TEN + minutes(1))
    ask()
    assert model.asked == []
    world.edits(said, UNSURE + ", в среду", TEN + minutes(2))
    ask()
    assert "в среду" in model.texts()[0]


def test_req_05_an_edited_message_opens_with_the_date_of_the_edit(world: World, model: LanguageModel) -> None:
    said = world.client_says("ок", TEN)
    world.edits(said, UNSURE_NOISE, TEN + minutes(7))
    ask()
    assert world.request().opened_at == TEN + minutes(7)


def test_req_04_a_clarification_opens_one_if_staff_were_silent(world: World, model: LanguageModel) -> None:
    model.says("CLARIFICATION")
    world.client_says(UNSURE, TEN)
    ask()
    assert world.request().is_open


def test_req_04_a_clarification_just_after_staff_does_not(world: World, model: LanguageModel) -> None:
    model.says("CLARIFICATION")
    world.says(world.accountant, "Акты готовы.", TEN - minutes(5))
    world.client_says(UNSURE, TEN)
    ask()
    assert world.request().state == "cancelled"


def test_cls_03_it_hears_what_staff_asked_and_nothing_else_of_them(
    world: World, model: LanguageModel
) -> None:
    world.says(world.accountant, "Акты готовы, 8 903 111 22 33.", TEN - minutes(5))
    world.client_says(UNSURE, TEN)
    world.says(world.accountant, "Когда заберёте? Мой номер 8 903 111 22 33", TEN + minutes(1))
    world.client_says(UNSURE + " утром", TEN + minutes(2))
    ask()
    assert ["вопрос" in text for text in model.texts()] == [False, True]
    assert "Мой номер [номер]" in model.texts()[1]


def test_cls_05_a_failure_leaves_the_local_answer(world: World, model: LanguageModel) -> None:
    model.status = 500
    world.client_says(UNSURE, TEN)
    ask()
    assert (world.request().state, waiting()) == ("open", 0)
    assert Classification.objects.get().source == "model"


def test_cls_05_behind_an_open_breaker_messages_wait_ten_minutes(world: World, model: LanguageModel) -> None:
    model.status = 500
    for number, day in enumerate(
        ["в среду", "в четверг", "в пятницу", "утром", "днём", "вечером", "к обеду"]
    ):
        world.client_says(f"{UNSURE} {day}", TEN + minutes(number))
    ask()
    assert (len(model.asked), waiting()) == (5, 2)
    cache.clear()  # the breaker closes
    assert not services.ask_next(real_now() + minutes(11))
    assert (len(model.asked), waiting()) == (5, 0)


def test_cls_01_what_a_dead_worker_claimed_is_asked_again(world: World, model: LanguageModel) -> None:
    world.client_says(UNSURE, TEN)
    now = real_now()
    Classification.objects.update(ask_llm_at=now + LEASE)
    assert not services.ask_next(now)
    assert services.ask_next(now + LEASE)
    assert (len(model.asked), waiting()) == (1, 0)


def test_cls_01_a_host_whose_clock_is_ahead_keeps_nobody_waiting(world: World, model: LanguageModel) -> None:
    world.client_says(UNSURE, TEN)
    assert services.ask_next(real_now() - minutes(1))
    assert (len(model.asked), waiting()) == (1, 0)


def test_cls_01_one_worker_asks_at_a_time(committed: None, model: LanguageModel) -> None:
    world = build()
    world.client_says(UNSURE, TEN)
    world.client_says(UNSURE + " утром", TEN + minutes(1))
    asked: list[bool] = []
    model.before = _elsewhere(lambda: asked.append(services.ask_next(real_now())))
    services.ask_next(real_now())
    assert (asked, len(model.asked), waiting()) == ([False], 1, 1)


def test_tim_05_an_unwatched_chat_gets_no_request(world: World, model: LanguageModel) -> None:
    world.client_says(UNSURE_NOISE, TEN)
    stop_monitoring(world.chat, actor=world.manager, now=TEN + minutes(1))
    ask()
    assert not Request.objects.exists()
