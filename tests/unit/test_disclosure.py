"""No single answer follows from the figures that accountants and observers are told: every world is tried (FBK-03)."""

from collections.abc import Iterator
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.disclosure import LEAST, NEVER, Answer, Cell, dissenters, parts, whole

RATINGS = (1, 4, 5)
ANNA, BORIS, VERA = 1, 2, 3


def answers(text: str) -> list[Answer]:
    """`1:555 2:41` — accountant 1 has three 5s, accountant 2 a 4 and a 1; all from different persons."""
    groups = [group.split(":") for group in text.split()]
    pairs = [(int(key) or None, int(rating)) for key, ratings in groups for rating in ratings]
    return [Answer(number, accountant, rating) for number, (accountant, rating) in enumerate(pairs)]


WHOLE = [
    ("", NEVER),
    ("1:5", NEVER),
    ("1:54", 2),
    ("1:5555", NEVER),  # who knows that all agree knows what each said
    ("1:5554", 4),
    ("1:55 2:41", 4),
]
PARTS = [
    ("1:54411 2:55411", {ANNA: 5, BORIS: 5}),
    ("1:5441 2:55411", {ANNA: 4, BORIS: 4}),
    ("1:5441 2:555", {ANNA: NEVER, BORIS: NEVER}),  # the rest agrees
    ("1:5554 2:55411", {ANNA: NEVER, BORIS: NEVER}),  # one dissenter is as little as none
    ("1:5541", {ANNA: 4}),  # Anna's are all there are
    ("1:5554", {ANNA: 4}),
    ("0:5 1:55411", {ANNA: NEVER}),  # one chat was nobody's: the rest is one person
    ("1:54 2:5411 3:55411", {ANNA: NEVER, BORIS: 2, VERA: 5}),
]


@pytest.mark.parametrize(("text", "safe_for"), WHOLE)
def test_fbk_03_the_firm_is_told_from_the_minimum_unless_all_agree(text: str, safe_for: int) -> None:
    assert whole(answers(text)).safe_for == safe_for


@pytest.mark.parametrize(("text", "safe_for"), PARTS)
def test_fbk_03_a_part_is_told_where_it_and_the_rest_tell_enough(text: str, safe_for: dict[int, int]) -> None:
    assert {key: cell.safe_for for key, cell in parts(answers(text)).items()} == safe_for


def test_fbk_03_a_person_who_voted_in_several_chats_counts_once() -> None:
    voices = [Answer(person % 2, ANNA, rating) for person, rating in enumerate((5, 4, 1, 2, 3, 5))]
    assert whole(voices).safe_for == 2


def test_fbk_03_comments_need_as_many_authors() -> None:
    voices = [Answer(person, ANNA, 1 + person % 5, has_comment=person < 4) for person in range(9)]
    assert (whole(voices).safe_for, whole(voices).comments_safe_for) == (9, 4)
    assert parts(voices)[ANNA].comments_safe_for == 4


def told(voices: list[Answer], *, to: int | None, least: int) -> object:
    """All that somebody is told of a survey: the firm's figures, and the own ones."""
    cells = [whole(voices), *([parts(voices).get(to, Cell({}, 0, 0))] if to else [])]
    return [sorted(cell.counts.items()) if cell.safe_for >= least else None for cell in cells]


def worlds(groups: tuple[int | None, ...]) -> Iterator[list[Answer]]:
    """Every way in which these voters can have answered; the attacker even knows who voted."""
    for ratings in product(RATINGS, repeat=len(groups)):
        yield [
            Answer(number, key, rating)
            for number, (key, rating) in enumerate(zip(groups, ratings, strict=True))
        ]


SHAPES = [
    (ANNA,) * 3 + (BORIS,) * 3,
    (ANNA,) * 3 + (BORIS,) * 4,
    (ANNA,) * 3 + (BORIS,) * 5,
    (ANNA,) * 4 + (BORIS,) * 4,
    (ANNA,) * 3 + (None,) * 3,
    (ANNA,) * 3 + (BORIS,) * 3 + (VERA,) * 2,
    (ANNA,) * 2 + (BORIS,) * 5,
    (ANNA,) * 6,
    (ANNA,) * 2,
]


@pytest.mark.parametrize("reader", [None, ANNA, BORIS])
@pytest.mark.parametrize("shape", SHAPES)
def test_fbk_03_every_answer_stays_open_whatever_is_told(
    shape: tuple[int | None, ...], reader: int | None
) -> None:
    possible: dict[str, list[set[int]]] = {}
    for voices in worlds(shape):
        seen = possible.setdefault(str(told(voices, to=reader, least=LEAST)), [set() for _one in shape])
        for options, voice in zip(seen, voices, strict=True):
            options.add(voice.rating)
    assert all(len(options) > 1 for seen in possible.values() for options in seen)


VOTERS = st.lists(
    st.builds(
        Answer, st.integers(1, 12), st.sampled_from([None, 1, 2, 3, 4]), st.integers(1, 5), st.booleans()
    ),
    max_size=30,
)


@given(VOTERS, st.integers(LEAST, 8))
@settings(max_examples=300, deadline=None)
def test_fbk_03_no_difference_of_told_figures_is_about_fewer_persons(
    voices: list[Answer], least: int
) -> None:
    """Also whoever puts the figures of all accountants together finds no smaller group among sums and differences."""
    shown = [key for key, cell in parts(voices).items() if cell.safe_for >= least]
    rest = {one.person for one in voices if one.accountant not in shown}
    assert not shown or whole(voices).safe_for >= least
    assert not rest or not shown or len(rest) >= least
    for some in combinations(shown, min(len(shown), 2)):
        for key in some:
            assert len({one.person for one in voices if one.accountant == key}) >= least


@given(VOTERS, st.integers(LEAST, 8))
@settings(max_examples=200, deadline=None)
def test_fbk_03_who_is_told_parts_is_told_mixed_ones_only(voices: list[Answer], least: int) -> None:
    firm = whole(voices)
    for cell in parts(voices).values():
        if cell.safe_for >= least:
            rest = {rating: firm.counts[rating] - cell.counts.get(rating, 0) for rating in firm.counts}
            assert dissenters(cell.counts) >= 1
            assert not any(rest.values()) or dissenters(rest) >= 2


@given(VOTERS)
@settings(max_examples=200, deadline=None)
def test_fbk_03_a_higher_minimum_never_tells_more(voices: list[Answer]) -> None:
    """A figure carries the highest minimum for which it is safe, so what is told only shrinks when it rises."""
    for cell in parts(voices).values():
        assert cell.comments_safe_for <= cell.safe_for <= whole(voices).safe_for
