"""Which frequent question a message asks (FAQ-02)."""

import pytest

from templates_app.evaluation import CEILING_WRONG, FLOOR_RIGHT, evaluate
from templates_app.matching import THRESHOLD, Matcher, Question

TERM = Matcher([Question(1, ("Когда сдавать документы?", "срок сдачи"))])


@pytest.mark.parametrize("is_held_out", [None, True])
def test_faq_02_the_evaluation_set_is_matched(is_held_out: bool | None) -> None:
    report = evaluate(is_held_out=is_held_out)
    assert len(report.cases) >= (150 if is_held_out is None else 75)
    assert report.right >= FLOOR_RIGHT
    assert report.wrong <= CEILING_WRONG


@pytest.mark.parametrize(
    "text",
    [
        "по сроку сдачи",
        "Подскажите сроки сдачи, пожалуйста",
        "СРОК СДАЧИ?",
        "срок сдчаи",  # swapped
        "Добрый день! Акты отправили. Какой срок сдачи?",
    ],
)
def test_faq_02_forms_of_words_and_typos_are_understood(text: str) -> None:
    best = TERM.best(text)
    assert best is not None
    assert best.key == 1


@pytest.mark.parametrize(
    "text",
    [
        "просрочка",
        "просрочка сдачи",
        "срок",
        "дача",
        "срочно сдайте отчёт за нас и позвоните директору",
        "у Петрова срок сдачи экзамена на права в мае",
        "",
        "👍",
    ],
)
def test_faq_02_whole_words_and_more_than_one_of_them_decide(text: str) -> None:
    assert TERM.best(text) is None


def test_faq_02_a_known_word_is_no_typo_of_another() -> None:
    matcher = Matcher([Question(1, ("выдача наличных",))])
    assert matcher.scores("удача наличных")[0].score < THRESHOLD


def test_faq_02_on_a_tie_the_more_used_item_wins() -> None:
    matcher = Matcher([Question(1, ("график работы",), used=2), Question(2, ("график работы",), used=5)])
    assert [found.key for found in matcher.scores("график работы")] == [2, 1]
    best = matcher.best("какой график работы?")
    assert best is not None
    assert best.key == 2


def test_faq_02_an_item_with_nothing_to_compare_answers_nothing() -> None:
    assert Matcher([Question(1, ("как?", "", "…"))]).best("как?") is None
    assert Matcher([]).best("как?") is None
