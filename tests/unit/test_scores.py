"""Average, CSAT, NPS, response and their intervals, by hand and against a recount (FBK-01)."""

from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.scores import NPS, STARS, Figure, Tally, average, net_promoters, proportion, total, wilson

CSAT = [({}, None), ({5: 1}, 1.0), ({4: 1, 3: 1}, 0.5), ({1: 1, 2: 1, 3: 1}, 0.0), ({5: 3, 4: 1, 3: 4}, 0.5)]
NET = [
    ({}, None),
    ({10: 1}, 1.0),
    ({0: 1, 6: 1}, -1.0),
    ({7: 2, 8: 2}, 0.0),
    ({9: 2, 10: 1, 8: 1, 6: 1}, 0.4),
    ({9: 1, 6: 1}, 0.0),
]
WILSON = [(5, 10, 0.2366, 0.7634), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)]


@pytest.mark.parametrize(("counts", "share"), CSAT)
def test_fbk_01_csat_is_the_share_of_4_and_5(counts: dict[int, int], share: float | None) -> None:
    assert Tally(STARS, counts).csat.value == share


@pytest.mark.parametrize(("counts", "score"), NET)
def test_fbk_01_nps_is_promoters_minus_detractors(counts: dict[int, int], score: float | None) -> None:
    found = Tally(NPS, counts).nps.value
    assert found == (None if score is None else pytest.approx(score))


def test_fbk_01_each_scale_has_its_own_figure() -> None:
    assert Tally(STARS, {5: 9}).nps == Tally(NPS, {5: 9}).csat == Figure(0)


@pytest.mark.parametrize(("part", "whole", "low", "high"), WILSON)
def test_fbk_01_shares_have_wilsons_interval(part: int, whole: int, low: float, high: float) -> None:
    found = wilson(part, whole)
    assert [found.low, found.high] == pytest.approx([low, high], abs=1e-4)


def test_fbk_01_the_average_has_students_interval() -> None:
    found = average({5: 2, 4: 2, 3: 1}, scale=(1, 5))
    assert found.n == 5
    assert found.value == pytest.approx(4.2)
    assert found.interval is not None
    assert [found.interval.low, found.interval.high] == pytest.approx([3.1611, 5.0], abs=1e-3)
    assert average({4: 1}, scale=(1, 5)) == Figure(1, 4.0)


def test_fbk_01_nps_has_an_interval_even_where_all_agree() -> None:
    found = net_promoters({10: 10})
    assert found.interval is not None
    assert 0.3 < found.interval.low < 1 == found.interval.high


def test_fbk_01_response_is_never_over_one() -> None:
    assert Tally(STARS, {5: 3}, delivered=2, chats=3).response.value == 1
    assert Tally(STARS).response == proportion(0, 0) == Figure(0)


def test_fbk_01_tallies_add_up() -> None:
    both = total(STARS, [Tally(STARS, {5: 1}, 2, 1), Tally(STARS, {5: 1, 3: 1}, 3, 2)])
    assert both.n == 3
    assert [both.average.value, both.response.value] == pytest.approx([13 / 3, 0.6])


@given(st.lists(st.integers(0, 10), min_size=1, max_size=200))
def test_fbk_01_a_recount_finds_the_same(ratings: list[int]) -> None:
    tally = Tally(NPS, {rating: ratings.count(rating) for rating in set(ratings)})
    score = sum((rating >= 9) - (rating <= 6) for rating in ratings) / len(ratings)
    assert tally.nps.value == pytest.approx(score)
    assert tally.average.value == pytest.approx(fmean(ratings))
    assert [step for step in tally.steps if step[1]] == [
        (rating, ratings.count(rating)) for rating in sorted(set(ratings), reverse=True)
    ]
    for figure in (tally.nps, tally.average):
        interval = figure.interval
        assert interval is None or interval.low <= interval.high
