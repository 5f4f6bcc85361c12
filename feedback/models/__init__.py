"""Surveys, their deliveries, votes with their history, and follow-ups."""

from feedback.models.published import PublishedTally
from feedback.models.surveys import MAX_QUESTION, MAX_TITLE, Delivery, Survey
from feedback.models.votes import CommentQuestion, FollowUp, Vote, VoteEvent

__all__ = [
    "MAX_QUESTION",
    "MAX_TITLE",
    "CommentQuestion",
    "Delivery",
    "FollowUp",
    "PublishedTally",
    "Survey",
    "Vote",
    "VoteEvent",
]
