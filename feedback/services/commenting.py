"""The comment on a vote: asked for once, taken once, follows the edits of its message (SUR-07)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from feedback.models import CommentQuestion, Survey, Vote, VoteEvent
from feedback.models.votes import MAX_COMMENT
from feedback.rules import COMMENT_WAIT
from feedback.services.following import note_change

Channel = Survey.Channel


@dataclass(frozen=True, slots=True)
class Comment:
    """What a person wrote, and Telegram's ids of the message."""

    text: str
    chat_id: int
    message_id: int


@transaction.atomic
def ask_for_comment(vote: Vote, *, in_private: bool, now: datetime) -> CommentQuestion | None:
    """Note that the person is asked for a comment; None: asked before (SUR-07).

    A group is asked once for all who vote there, so that it is not flooded: each of them may reply to the question.
    """
    if CommentQuestion.objects.filter(vote=vote).exists():
        return None
    if in_private:
        return CommentQuestion.objects.create(
            vote=vote,
            telegram_id=vote.telegram_id,
            channel=Channel.PRIVATE,
            asked_at=now,
            waits_until=now + COMMENT_WAIT,
        )
    if CommentQuestion.objects.filter(vote__delivery=vote.delivery_id, channel=Channel.CHAT).exists():
        return None
    return CommentQuestion.objects.create(
        vote=vote, telegram_id=vote.telegram_id, channel=Channel.CHAT, asked_at=now
    )


@transaction.atomic
def add_comment(vote_id: int, comment: Comment, *, now: datetime) -> Vote | None:
    """Keep the first comment of a vote, be the survey over or not; None: it has one, or was withdrawn (SUR-07)."""
    vote = _locked(pk=vote_id)
    if vote is None or vote.rating is None or vote.commented_at is not None:
        return None
    vote.commented_at = now
    vote.comment_chat_id, vote.comment_message_id = comment.chat_id, comment.message_id
    _write(vote, comment.text, now)
    CommentQuestion.objects.filter(vote=vote).update(answered_at=now)
    return vote


@transaction.atomic
def change_comment(comment: Comment, *, now: datetime) -> Vote | None:
    """Let the comment follow an edit of its message; the events keep what it said before. None: no comment."""
    vote = _locked(comment_chat_id=comment.chat_id, comment_message_id=comment.message_id)
    if vote is None or vote.comment == comment.text[:MAX_COMMENT]:
        return vote
    _write(vote, comment.text, now)
    return vote


def _locked(**which: int) -> Vote | None:
    rows = Vote.objects.select_for_update(of=("self",)).select_related("delivery__survey", "delivery__chat")
    return rows.filter(**which).first()


def _write(vote: Vote, text: str, now: datetime) -> None:
    vote.comment = text[:MAX_COMMENT]
    vote.save(update_fields=["comment", "commented_at", "comment_chat_id", "comment_message_id"])
    VoteEvent.objects.create(
        vote=vote, kind=VoteEvent.Kind.COMMENTED, rating=vote.rating, comment=vote.comment, at=now
    )
    note_change(vote)
