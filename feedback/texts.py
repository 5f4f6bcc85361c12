"""Words of a survey that nobody wrote: the quarterly one (SUR-02)."""

from django.utils.translation import gettext as _

from feedback.rules import Quarter
from feedback.services import Words


def quarterly_words(quarter: Quarter) -> Words:
    """Name the survey about the quarter, and ask its question."""
    told = {"number": quarter.number, "year": quarter.year}
    return Words(
        title=_("Quarterly survey: Q%(number)d %(year)d") % told,
        question=_("How satisfied are you with our work in the past quarter?"),
    )
