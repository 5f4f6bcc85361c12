"""Figures of surveys that are over, as accountants and observers may be told them (FBK-03, FBK-04)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from buhbot.models import User
from feedback.models.surveys import Survey


class PublishedTally(models.Model):
    """How many gave each rating, counted once after the survey's end and never again.

    So no later event, a purge or an erasure for one, shows in a difference. Of the whole firm, or of the chats that
    were an accountant's. It is told while the minimum of the settings is at most `safe_for`; the database sees to it.
    """

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="published")
    accountant = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    counts = ArrayField(models.PositiveIntegerField(), help_text="By rating, from 0; empty: never told.")
    delivered = models.PositiveIntegerField()
    chats = models.PositiveIntegerField()
    safe_for = models.PositiveIntegerField()
    comments_safe_for = models.PositiveIntegerField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "accountant"], nulls_distinct=False, name="feedback_published_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey}"
