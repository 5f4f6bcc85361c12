"""Writes of the room: the life of a survey, its copies, reminders, votes, comments, follow-ups."""

from feedback.services.commenting import Comment, add_comment, ask_for_comment, change_comment
from feedback.services.delivering import (
    Result,
    begin_due,
    claim_deliveries,
    finish,
    mark_queued,
    settle,
)
from feedback.services.following import (
    ClosedAlready,
    NoReason,
    close_follow_up,
    mark_follow_up,
)
from feedback.services.opting import opt_in_again
from feedback.services.publishing import publish_tallies
from feedback.services.quarterly import QuarterTaken, Words, begin_quarterly, current_quarter, make_quarterly
from feedback.services.reminding import claim_reminders, claim_silent, mark_told
from feedback.services.surveys import (
    NotInThisState,
    StartIsPast,
    close,
    copy,
    schedule,
    unschedule,
)
from feedback.services.voting import (
    Cast,
    NoSuchRating,
    NothingToWithdraw,
    StaffDoNotVote,
    SurveyIsOver,
    Voter,
    VoteRefused,
    rate,
    withdraw,
)

__all__ = [
    "Cast",
    "ClosedAlready",
    "Comment",
    "NoReason",
    "NoSuchRating",
    "NothingToWithdraw",
    "StaffDoNotVote",
    "SurveyIsOver",
    "VoteRefused",
    "Voter",
    "add_comment",
    "ask_for_comment",
    "change_comment",
    "close_follow_up",
    "mark_follow_up",
    "rate",
    "withdraw",
    "NotInThisState",
    "QuarterTaken",
    "Result",
    "StartIsPast",
    "Words",
    "begin_due",
    "begin_quarterly",
    "claim_deliveries",
    "claim_reminders",
    "claim_silent",
    "close",
    "current_quarter",
    "copy",
    "finish",
    "make_quarterly",
    "mark_queued",
    "mark_told",
    "opt_in_again",
    "publish_tallies",
    "schedule",
    "settle",
    "unschedule",
]
