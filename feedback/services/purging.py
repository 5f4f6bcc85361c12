"""What of the surveys goes when it is too old (SEC-14, FBK-05). Drafts and what is under way never do."""

from functools import partial

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from buhbot.purging import Piece, call
from buhbot.retention import Terms
from feedback.models import FollowUp, Survey


def _surveys(terms: Terms) -> QuerySet[Survey]:
    """Counted from the end, and kept whole: half of the votes would make another figure. Open tasks keep theirs."""
    still_open = FollowUp.objects.filter(vote__delivery__survey=OuterRef("pk"), closed_at=None)
    rows = Survey.objects.annotate(
        ended_at=Least("closed_at", "expires_at")
    )  # that it expired is no state (SUR-01)
    return rows.filter(~Exists(still_open), ended_at__lt=terms.people).order_by("ended_at")


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
            "feedback_publishedtally",
        ),
        _surveys,
        partial(call, "purge_surveys"),
        most=5,  # each with a copy, and votes, of every chat
    ),
)
