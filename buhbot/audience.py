"""Whom a mailing reaches: from what was chosen to the chats, and who of them is left out, and why (SUR-03, STF-05).

Nothing is written here. A mailing passes its own reasons beside those that hold for all.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When

from buhbot.models import Addressed, Assignment, Chat, LeftOut, Segment

Reasons = Sequence[tuple[str, Q]]
LifeCycle = Chat.LifeCycle

# The first that holds is the one that is told.
ALWAYS: Reasons = (
    (LeftOut.GONE, Q(life_cycle__in=[LifeCycle.LEFT, LifeCycle.DELETED])),
    (LeftOut.PAUSED, Q(life_cycle=LifeCycle.PAUSED)),
    (LeftOut.UNMONITORED, Q(is_monitored=False)),
    (LeftOut.UNREACHABLE, Q(unreachable_since__isnull=False)),
)
OF_BROADCASTS: Reasons = (*ALWAYS, (LeftOut.OPTED_OUT, Q(takes_broadcasts=False)))


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a segment is made of, as keys; of a saved one, or of a form that is being filled in."""

    tiers: Collection[int] = ()
    accountants: Collection[int] = ()
    labels: Collection[int] = ()
    chats: Collection[int] = ()

    @classmethod
    def of(cls, segment: Segment) -> "Criteria":
        """Read what a saved segment is made of."""
        return cls(
            *(_keys(getattr(segment, name).all()) for name in ("tiers", "accountants", "labels", "chats"))
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is chosen: such a segment has no chats, rather than all."""
        return not (self.tiers or self.accountants or self.labels or self.chats)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many chats are written to, and how many are not for each reason."""

    included: int
    left_out: dict[str, int]

    @property
    def chosen(self) -> int:
        """How many were chosen."""
        return self.included + sum(self.left_out.values())


def clients_chats() -> QuerySet[Chat]:
    """Return the chats that clients are in: all but the firm's own."""
    return Chat.objects.filter(is_team=False).exclude(kind=Chat.Kind.CHANNEL)


def chats_meeting(criteria: Criteria) -> QuerySet[Chat]:
    """Return the chats that fit everything chosen, of each kind any, and those picked by hand."""
    fits = Q(pk__in=criteria.chats)
    if criteria.tiers or criteria.accountants or criteria.labels:
        fits |= _by_tier(criteria) & _by_accountant(criteria) & _by_label(criteria)
    return clients_chats().filter(fits)


def chats_of(segment: Segment) -> QuerySet[Chat]:
    """Return the chats that belong to a saved segment now."""
    return chats_meeting(Criteria.of(segment))


def chosen_chats(to: Addressed) -> QuerySet[Chat]:
    """Return the chats to which something is addressed, before anybody is left out."""
    return chats_chosen(to.audience, segment=to.segment, picked=_keys(to.chats.all()))


def chats_chosen(audience: str, *, segment: Segment | None, picked: Collection[int]) -> QuerySet[Chat]:
    """Return the chats of a choice that need not be saved yet; none while it is not finished."""
    match audience:
        case Addressed.Audience.ALL:
            return clients_chats()
        case Addressed.Audience.SEGMENT if segment is not None:
            return chats_of(segment)
        case Addressed.Audience.PICKED:
            return clients_chats().filter(pk__in=picked)
    return Chat.objects.none()


def judged(chats: QuerySet[Chat], reasons: Reasons) -> QuerySet[Any]:
    """Let each chat say in `left_out` why it is not written to; empty: it is."""
    cases = [When(condition, then=Value(str(reason))) for reason, condition in reasons]
    return chats.annotate(left_out=Case(*cases, default=Value(""), output_field=CharField()))


def tally(chats: QuerySet[Any]) -> Tally:
    """Count judged chats."""
    rows = chats.order_by().values_list("left_out").annotate(Count("pk", distinct=True))
    counts: dict[str, int] = dict(rows)
    return Tally(counts.pop("", 0), counts)


def _by_tier(criteria: Criteria) -> Q:
    return Q(tier__in=criteria.tiers) if criteria.tiers else Q()


def _by_accountant(criteria: Criteria) -> Q:
    if not criteria.accountants:
        return Q()
    duties = Assignment.objects.filter(duty=Assignment.Duty.ACCOUNTANT, user__in=criteria.accountants)
    return Q(pk__in=duties.values("chat"))


def _by_label(criteria: Criteria) -> Q:
    labelled = Chat.labels.through.objects.filter(chatlabel__in=criteria.labels)
    return Q(pk__in=labelled.values("chat")) if criteria.labels else Q()


def _keys(rows: Iterable[Any]) -> list[int]:
    return [row.pk for row in rows]
