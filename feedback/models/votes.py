"""Votes, their history, what is asked after a vote, and what a low one leads to (SUR-06, SUR-07, SUR-09)."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buhbot.models import User
from feedback.models.surveys import Delivery, Survey

MAX_RATING = 10
MAX_COMMENT, MAX_REASON = 4096, 500


class Vote(models.Model):
    """One person's rating in one chat's copy (SUR-06); without a rating it was withdrawn."""

    delivery = models.ForeignKey(
        Delivery, models.CASCADE, related_name="votes", verbose_name=_("chat's copy")
    )
    telegram_id = models.BigIntegerField(_("Telegram id"))
    name = models.CharField(_("who"), max_length=255, blank=True)
    rating = models.PositiveSmallIntegerField(
        _("rating"), null=True, blank=True, help_text=_("Empty: withdrawn.")
    )
    comment = models.TextField(_("comment"), max_length=MAX_COMMENT, blank=True)
    voted_at = models.DateTimeField(_("first given"))
    changed_at = models.DateTimeField(_("last changed"))
    commented_at = models.DateTimeField(_("comment given"), null=True, blank=True)
    comment_chat_id = models.BigIntegerField(
        null=True, blank=True, editable=False
    )  # Telegram's, of the message
    comment_message_id = models.BigIntegerField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "telegram_id"], name="feedback_vote_once"),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__lte=MAX_RATING), name="feedback_vote_rating_in_bounds"
            ),
        ]
        indexes = [
            models.Index(fields=["telegram_id"], name="feedback_vote_of_person"),
            models.Index(fields=["-changed_at", "-id"], name="feedback_vote_by_time"),
            models.Index(
                fields=["comment_chat_id", "comment_message_id"],
                condition=Q(comment_message_id__isnull=False),
                name="feedback_vote_by_comment",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.telegram_id)


class VoteEvent(models.Model):
    """What happened to a vote. Append-only: the database grants nobody a change (SUR-06)."""

    class Kind(models.TextChoices):
        GIVEN = "given", pgettext_lazy("rating", "given")
        CHANGED = "changed", pgettext_lazy("rating", "changed")
        WITHDRAWN = "withdrawn", pgettext_lazy("rating", "withdrawn")
        COMMENTED = "commented", _("commented")

    vote = models.ForeignKey(Vote, models.CASCADE, related_name="events", verbose_name=_("vote"))
    kind = models.CharField(_("what"), max_length=16, choices=Kind)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True)
    comment = models.TextField(_("comment"), max_length=MAX_COMMENT, blank=True)
    at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        verbose_name = _("change of a vote")
        verbose_name_plural = _("changes of votes")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["given", "changed", "withdrawn", "commented"]),
                name="feedback_voteevent_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__lte=MAX_RATING),
                name="feedback_voteevent_rating_in_bounds",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class CommentQuestion(models.Model):
    """The bot asked, once, for a comment on a vote, and waits for it (SUR-07).

    In a group the comment is a reply to the question; in private it is the person's next message until `waits_until`.
    The question's outbox row is found by its subject.
    """

    vote = models.OneToOneField(Vote, models.CASCADE, related_name="comment_question", verbose_name=_("vote"))
    telegram_id = models.BigIntegerField()
    channel = models.CharField(max_length=16, choices=Survey.Channel)
    asked_at = models.DateTimeField()
    waits_until = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("question for a comment")
        verbose_name_plural = _("questions for comments")
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=["chat", "private"]), name="feedback_commentquestion_channel_known"
            ),
            models.CheckConstraint(
                condition=~Q(channel="private") | Q(waits_until__isnull=False),
                name="feedback_commentquestion_private_ends",
            ),
        ]
        indexes = [
            models.Index(
                fields=["telegram_id", "waits_until"],
                condition=Q(answered_at=None),
                name="feedback_question_unanswered",
            )
        ]

    def __str__(self) -> str:
        return f"{self.vote}"


class FollowUp(models.Model):
    """A task that a low rating opens; it is closed with a reason (SUR-09).

    Managers are told while `told_at` is empty; what they were told is edited while `notices_outdated`. They are told
    once more when it is overdue.
    """

    vote = models.ForeignKey(Vote, models.CASCADE, related_name="follow_ups", verbose_name=_("vote"))
    rating = models.PositiveSmallIntegerField(_("rating"), help_text=_("The one that opened the task."))
    opened_at = models.DateTimeField(_("opened"))
    due_at = models.DateTimeField(_("due"))
    told_at = models.DateTimeField(_("managers told"), null=True, blank=True, editable=False)
    notices_outdated = models.BooleanField(default=False, editable=False)
    reminded_at = models.DateTimeField(_("recalled"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="closed_follow_ups",
        verbose_name=_("closed by"),
    )
    reason = models.CharField(_("what was done"), max_length=MAX_REASON, blank=True)

    class Meta:
        verbose_name = _("follow-up of a low rating")
        verbose_name_plural = _("follow-ups of low ratings")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["vote"], condition=Q(closed_at=None), name="feedback_followup_one_open"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, reason="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(reason="")),
                name="feedback_followup_closed_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(rating__lte=MAX_RATING), name="feedback_followup_rating_in_bounds"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(closed_at=None), name="feedback_followup_open"),
            models.Index(
                fields=["id"],
                condition=Q(told_at=None) | Q(notices_outdated=True),
                name="feedback_followup_untold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vote}"
