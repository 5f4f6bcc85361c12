"""Reads how right the classifier was: what messages were taken for, and what people said they are (CLS-07)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, QuerySet, Subquery

from buhbot.models import User
from buhbot.selectors import visible_messages
from sla.models import Classification, Correction, Label


@dataclass(frozen=True, slots=True)
class Confusion:
    """Messages by the class that was given and the one that holds now, by what gave it, and how many were corrected."""

    cells: Counter[tuple[str, str]]
    sources: Counter[str]
    corrected: int

    def row(self, given: str) -> list[int]:
        """Return the messages that were given the class, by the class that holds now."""
        return [self.cells[given, held] for held in Label.values]

    @property
    def total(self) -> int:
        return self.sources.total()


def confusion(user: User, *, since: datetime) -> Confusion:
    """Count the classified messages that the person may see and that were sent since the instant (CLS-07).

    A message that nobody corrected is taken to be what it was given.
    """
    classes = Classification.objects.filter(message__in=visible_messages(user), message__sent_at__gte=since)
    cells: Counter[tuple[str, str]] = Counter()
    sources: Counter[str] = Counter()
    for label, source, count in classes.values_list("label", "source").annotate(Count("pk")):
        cells[label, label] += count
        sources[source] += count
    corrected = _corrected(classes)
    for given, held in corrected:
        cells[held, held] -= 1
        cells[given, held] += 1
    return Confusion(cells, sources, sum(given != held for given, held in corrected))


def _corrected(classes: QuerySet[Classification]) -> list[tuple[str, str]]:
    """The class first given to each corrected message, and the one that holds now."""
    first = Correction.objects.filter(message=OuterRef("message")).exclude(label_before="").order_by("pk")
    staff = classes.filter(source=Classification.Source.STAFF)
    given = staff.annotate(given=Subquery(first.values("label_before")[:1]))
    return list(given.filter(given__isnull=False).values_list("given", "label"))
