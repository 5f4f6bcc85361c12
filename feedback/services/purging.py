"""What of the surveys goes when it is too old (SEC-14, FBK-05). Surveys that are not closed never do."""

from functools import partial

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from buhbot.purging import Piece, call
from buhbot.retention import Terms
from feedback.models import FollowUp, Survey


def _surveys(terms: Terms) -> QuerySet[Survey]:
    """Counted from the end, and kept whole: half of the votes would make another figure. Open tasks keep theirs."""
    still_open = FollowUp.objects.filter(vote__delivery__survey=OuterRef("pk"), closed_at=None)
    rows = Survey.objects.filter(state=Survey.State.CLOSED, closed_at__lt=terms.people)
    return rows.filter(~Exists(still_open)).order_by("closed_at")


PIECES = (
    Piece(
        _("surveys"),
        (
            "feedback_survey",
            "feedback_survey_chats",
            "feedback_delivery",
            "feedback_vote",
            "feedback_voteevent",
            "feedback_commentquestion",
            "feedback_followup",
        ),
        _surveys,
        partial(call, "purge_surveys"),
        most=5,  # each with a copy, and votes, of every chat
    ),
)
