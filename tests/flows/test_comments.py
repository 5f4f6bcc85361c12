"""Comments on votes: asked for once, a reply in a group, the next message in private (SUR-07)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from bot.keyboards import press
from bot.models import OutgoingMessage
from buhbot.models import Chat, Message
from feedback.models import CommentQuestion, Vote, VoteEvent
from feedback.services import close
from tests.flows import telegram
from tests.flows.surveying import DAY, NOW, delivery, make_bot, start_survey
from tests.flows.voting import open_form, press_in_private, rate
from tests.flows.world import CLIENT_ID, World, minutes

IN_CHAT = "Спасибо за оценку! Что нам важно знать? Ответьте на это сообщение — ответ увидят все в чате."
SOON = NOW + minutes(5)
WORDS = "Спасибо, всё отлично!"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def questions() -> list[OutgoingMessage]:
    return list(OutgoingMessage.objects.filter(subject__startswith="comment:").order_by("pk"))


def reply(world: World, text: str, person: int = CLIENT_ID, at: Any = SOON, **fields: Any) -> Any:
    """Reply in the group to the bot's question."""
    world.all_sent()
    (question,) = questions()
    question.refresh_from_db()
    group = telegram.group(world.chat.telegram_id)
    bot = telegram.person(1, "BuhBot", is_bot=True)
    asked = telegram.message(group, bot, NOW, "…", message_id=question.telegram_message_id)
    return world.says(person, text, at, reply_to_message=asked, **fields)


def in_private(world: World, text: str, at: Any = SOON, **fields: Any) -> Any:
    me = telegram.person(CLIENT_ID)
    said = telegram.message(telegram.private(CLIENT_ID), me, at, text, **fields)
    world.receive(message=said)
    return said


def vote_in_private(world: World, rating: int = 5) -> None:
    make_bot()
    survey = start_survey(channel="private")
    open_form(world, CLIENT_ID, survey)
    press_in_private(world, CLIENT_ID, press(f"rate{rating}", delivery(survey).pk))


def comments() -> list[str]:
    return list(Vote.objects.order_by("telegram_id").values_list("comment", flat=True))


def test_sur_07_a_group_is_asked_once(world: World) -> None:
    survey = start_survey()
    rate(world, survey, 5)
    rate(world, survey, 2)
    assert "ответом на вопрос бота" in rate(world, survey, 4, person=502)
    assert [one.payload["text"] for one in questions()] == [IN_CHAT]


def test_sur_07_in_a_group_only_a_reply_to_the_question_is_the_comment(world: World) -> None:
    rate(world, start_survey(), 5)
    world.client_says(WORDS, SOON)
    assert comments() == [""]
    reply(world, WORDS)
    assert comments() == [WORDS]
    reply(world, "И ещё раз спасибо", at=NOW + minutes(9))
    assert comments() == [WORDS]


def test_sur_07_everybody_who_voted_may_reply(world: World) -> None:
    survey = start_survey()
    rate(world, survey, 5)
    rate(world, survey, 4, person=502)
    reply(world, "Хорошо", person=502)
    reply(world, "Я не голосовал", person=503)
    assert comments() == ["", "Хорошо"]


def test_sur_07_a_comment_in_a_group_is_logged_and_may_be_a_request(world: World) -> None:
    rate(world, start_survey(), 5)
    reply(world, "Когда будет акт сверки?")
    assert comments() == ["Когда будет акт сверки?"]
    assert world.request().text == "Когда будет акт сверки?"


def test_sur_07_staff_who_reply_comment_nothing(world: World) -> None:
    rate(world, start_survey(), 5)
    reply(world, "Спасибо вам!", person=world.accountant.telegram_id or 0)
    assert comments() == [""]


def test_sur_07_in_private_the_next_message_is_the_comment(world: World) -> None:
    vote_in_private(world)
    in_private(world, WORDS)
    assert comments() == [WORDS]
    assert world.texts_to(Chat.objects.get(telegram_id=CLIENT_ID))[-1] == "Спасибо, комментарий передан."
    in_private(world, "Ещё одно", at=NOW + minutes(6))
    assert comments() == [WORDS]


@pytest.mark.parametrize(("late", "comment"), [(minutes(29), WORDS), (minutes(30), ""), (-minutes(5), "")])
def test_sur_07_in_private_within_30_minutes(world: World, late: timedelta, comment: str) -> None:
    vote_in_private(world)
    in_private(world, WORDS, at=NOW + late)
    assert comments() == [comment]


def test_sur_07_the_state_is_in_the_database(world: World) -> None:
    vote_in_private(world)
    question = CommentQuestion.objects.get()
    assert (question.telegram_id, question.waits_until) == (CLIENT_ID, NOW + minutes(30))


def test_sur_07_a_private_comment_stays_out_of_the_log(world: World) -> None:
    world.client_says("Добрый день", NOW - DAY)  # whose private words belong to this chat (CLI-10)
    vote_in_private(world, 1)
    in_private(world, WORDS)
    assert not Message.objects.filter(text=WORDS).exists()


def test_sur_07_a_private_comment_that_asks_for_something_is_a_request_too(world: World) -> None:
    world.client_says("Добрый день", NOW - DAY)
    vote_in_private(world)
    in_private(world, "Когда будет акт сверки?")
    assert comments() == ["Когда будет акт сверки?"]
    assert world.request().text == "Когда будет акт сверки?"


STICKER = {"file_id": "s", "file_unique_id": "s", "width": 1, "height": 1, "is_animated": False}
STICKER |= {"is_video": False, "type": "regular"}
VOICE = {"file_id": "v", "file_unique_id": "v", "duration": 3}


@pytest.mark.parametrize("content", [{"sticker": STICKER}, {"voice": VOICE}])
def test_sur_07_without_words_there_is_no_comment_yet(world: World, content: Any) -> None:
    vote_in_private(world)
    in_private(world, "", **content)
    assert comments() == [""]
    private = Chat.objects.get(telegram_id=CLIENT_ID)
    assert "Пожалуйста, напишите комментарий словами." in world.texts_to(private)
    in_private(world, WORDS, at=NOW + minutes(6))
    assert comments() == [WORDS]


def test_sur_07_the_comment_follows_its_edits(world: World) -> None:
    rate(world, start_survey(), 5)
    said = reply(world, WORDS)
    world.edits(said, "Спасибо, но бывает долго", NOW + minutes(7))
    assert comments() == ["Спасибо, но бывает долго"]
    told = VoteEvent.objects.filter(kind="commented").values_list("comment", flat=True)
    assert list(told) == [WORDS, "Спасибо, но бывает долго"]


def test_sur_07_a_comment_after_the_end_is_kept(world: World) -> None:
    survey = start_survey()
    rate(world, survey, 5)
    close(survey.pk, by=world.manager, now=NOW)
    reply(world, WORDS)
    assert comments() == [WORDS]


def test_sur_07_a_withdrawn_vote_takes_no_comment(world: World) -> None:
    vote_in_private(world)
    press_in_private(world, CLIENT_ID, press("survey_withdraw", Vote.objects.get().delivery_id))
    in_private(world, WORDS)
    assert comments() == [""]


def test_sur_07_after_a_change_nobody_is_asked_again(world: World) -> None:
    vote_in_private(world)
    key = Vote.objects.get().delivery_id
    for action in ("rate1", "survey_withdraw", "rate5"):
        press_in_private(world, CLIENT_ID, press(action, key))
    assert len(questions()) == 1


def test_sur_07_commands_are_no_comments(world: World) -> None:
    vote_in_private(world)
    in_private(world, "/menu", entities=[{"type": "bot_command", "offset": 0, "length": 5}])
    assert comments() == [""]
