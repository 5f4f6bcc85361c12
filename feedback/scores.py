"""The arithmetic of ratings: average, CSAT, NPS, shares, each with its N and its 95 % interval (FBK-01).

Pure: the counts of a scale go in, numbers come out. Intervals:
- a share (CSAT, each step of the distribution, response): Wilson's;
- the average: Student's t over the sample, cut at the ends of the scale; of one rating there is none;
- NPS: the adjusted Wald interval of Rocks (2016), which adds ¾ promoters, 1½ passives and ¾ detractors, so that it
  does not shrink to a point where all answer alike; cut at −1 and 1.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt

from feedback.rules import SCALES

Z = 1.959964
STUDENT = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
SATISFIED = {4, 5}
PROMOTERS, DETRACTORS = range(9, 11), range(7)
STARS, NPS = "stars", "nps"


@dataclass(frozen=True, slots=True)
class Interval:
    """The 95 % interval of a figure."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of N answers; None: there is nothing to reckon from, or too little for an interval."""

    n: int
    value: float | None = None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many gave each rating of a scale, and how many of the chats with a copy answered."""

    kind: str
    counts: Mapping[int, int] = field(default_factory=dict)
    delivered: int = 0
    chats: int = 0

    @property
    def n(self) -> int:
        """How many ratings there are."""
        return sum(self.counts.values())

    @property
    def steps(self) -> list[tuple[int, int]]:
        """Each rating of the scale with its count, the highest first."""
        low, high = SCALES[self.kind]
        return [(rating, self.counts.get(rating, 0)) for rating in range(high, low - 1, -1)]

    def share_of(self, rating: int) -> Figure:
        """The share of one rating."""
        return proportion(self.counts.get(rating, 0), self.n)

    @property
    def average(self) -> Figure:
        """The mean rating."""
        return average(self.counts, scale=SCALES[self.kind])

    @property
    def csat(self) -> Figure:
        """The share of 4 and 5; of stars only."""
        return proportion(_among(self.counts, SATISFIED), self.n) if self.kind == STARS else Figure(0)

    @property
    def nps(self) -> Figure:
        """Promoters minus detractors, −1 to 1; from 0–10 only."""
        return net_promoters(self.counts) if self.kind == NPS else Figure(0)

    @property
    def response(self) -> Figure:
        """Chats with a vote of those that got their copy."""
        return proportion(min(self.chats, self.delivered), self.delivered)

    def plus(self, other: "Tally") -> "Tally":
        """Return both together; they are of one scale."""
        both = {
            key: self.counts.get(key, 0) + other.counts.get(key, 0) for key in {*self.counts, *other.counts}
        }
        return Tally(self.kind, both, self.delivered + other.delivered, self.chats + other.chats)


def total(kind: str, tallies: Iterable[Tally]) -> Tally:
    """Add up tallies of one scale."""
    found = Tally(kind)
    for one in tallies:
        found = found.plus(one)
    return found


def proportion(part: int, whole: int) -> Figure:
    """Return a share with Wilson's interval."""
    return Figure(whole, part / whole, wilson(part, whole)) if whole else Figure(0)


def wilson(part: int, whole: int) -> Interval:
    """Return Wilson's interval of a share; `whole` is at least 1."""
    share, spread = part / whole, Z * Z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def average(counts: Mapping[int, int], *, scale: tuple[int, int]) -> Figure:
    """Return the mean with Student's interval, cut at the ends of the scale."""
    n = sum(counts.values())
    if not n:
        return Figure(0)
    mean = sum(rating * count for rating, count in counts.items()) / n
    if n == 1:
        return Figure(1, mean)
    squares = sum(count * (rating - mean) ** 2 for rating, count in counts.items())
    half = _student(n - 1) * sqrt(squares / (n - 1) / n)
    low, high = scale
    return Figure(n, mean, Interval(max(float(low), mean - half), min(float(high), mean + half)))


def net_promoters(counts: Mapping[int, int]) -> Figure:
    """Return the share of 9–10 minus the share of 0–6."""
    n = sum(counts.values())
    if not n:
        return Figure(0)
    promoters, detractors = _among(counts, PROMOTERS), _among(counts, DETRACTORS)
    many = n + 3
    above, below = (promoters + 0.75) / many, (detractors + 0.75) / many
    middle = above - below
    half = Z * sqrt((above + below - middle**2) / many)
    interval = Interval(max(-1.0, middle - half), min(1.0, middle + half))
    return Figure(n, (promoters - detractors) / n, interval)


def _among(counts: Mapping[int, int], ratings: Iterable[int]) -> int:
    return sum(counts.get(rating, 0) for rating in ratings)


def _student(freedom: int) -> float:
    return STUDENT[freedom - 1] if freedom <= len(STUDENT) else Z + (Z**3 + Z) / (4 * freedom)
