"""Which figures of a survey that is over may be told to who must not learn a single answer (FBK-03).

Told are the ratings of the whole firm and, to an accountant, of the chats that were theirs when the survey went out.
Why nobody's answer follows from them stands in docs/feedback.md; tests/unit/test_disclosure.py tries every case.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LEAST = 3  # the setting is never lower
NEVER = 0  # a figure that is safe for no minimum


@dataclass(frozen=True, slots=True)
class Answer:
    """A vote as the rules need it."""

    person: int
    accountant: int | None
    rating: int
    has_comment: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """The ratings of a group; told while the minimum is at most `safe_for`, comments while at most theirs."""

    counts: Mapping[int, int]
    safe_for: int
    comments_safe_for: int


def whole(answers: Iterable[Answer]) -> Cell:
    """Judge the figures of the whole firm: enough persons, who did not all answer alike."""
    answers = list(answers)
    counts = Counter(answer.rating for answer in answers)
    safe_for = len(_persons(answers)) if dissenters(counts) else NEVER
    return Cell(counts, safe_for, min(safe_for, len(_persons(_commenting(answers)))))


def parts(answers: Iterable[Answer]) -> dict[int, Cell]:
    """Judge the figures of each accountant."""
    answers = list(answers)
    everybody = whole(answers)
    sizes, commenters = _safe_sizes(answers), _safe_sizes(_commenting(answers))
    found = {}
    for accountant in sorted({one.accountant for one in answers if one.accountant is not None}):
        counts = Counter(one.rating for one in answers if one.accountant == accountant)
        is_mixed = _is_mixed(counts, Counter(everybody.counts) - counts)
        safe_for = min(sizes[accountant], everybody.safe_for) if is_mixed else NEVER
        found[accountant] = Cell(counts, safe_for, min(safe_for, commenters.get(accountant, NEVER)))
    return found


def dissenters(counts: Mapping[int, int]) -> int:
    """Return how many differ from the most frequent rating."""
    return sum(counts.values()) - max(counts.values(), default=0)


def _is_mixed(own: Counter[int], rest: Counter[int]) -> bool:
    """Say whether at least two differ from the most frequent rating, both in the own group and in all others.

    Only one dissenter is told as little as none: otherwise that nothing is told would itself tell that all agree.
    Without others the own group is the whole firm, of which that is known anyway.
    """
    return dissenters(own) >= 2 and dissenters(rest) >= 2 if rest else bool(dissenters(own))


def _safe_sizes(answers: Iterable[Answer]) -> dict[int | None, int]:
    """Return the highest minimum for which each group may be told, by numbers of persons alone.

    The smallest groups are hidden together, so many that those hidden are nobody or enough persons: also whoever
    knows all groups that are told learns nothing of fewer.
    """
    groups: dict[int | None, set[int]] = {}
    for answer in answers:
        groups.setdefault(answer.accountant, set()).add(answer.person)
    hidden: set[int] = set()
    safe_for, found = NEVER, {}
    for key in sorted(groups, key=lambda key: (len(groups[key]), key or 0)):
        size = len(groups[key])
        safe_for = max(safe_for, min(size, len(hidden)) if hidden else size)
        found[key] = safe_for
        hidden |= groups[key]
    return found


def _commenting(answers: Iterable[Answer]) -> list[Answer]:
    return [answer for answer in answers if answer.has_comment]


def _persons(answers: Iterable[Answer]) -> set[int]:
    return {answer.person for answer in answers}
