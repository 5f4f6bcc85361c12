"""Requests as figures know them: instants and numbers, without texts and people (SEC-03)."""

from django.db import models

from buhbot.models import CalendarVersion, Chat
from sla.models.requests import Request


class RequestMeasure(models.Model):
    """A request reduced to what figures count: a view of the database, for observers, who may read no request.

    Its fields are named as those of `Request`, so that the selectors of `sla/figures/` count over either.
    """

    chat = models.ForeignKey(Chat, models.DO_NOTHING, related_name="+")
    state = models.CharField(max_length=16, choices=Request.State)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_seconds = models.PositiveBigIntegerField()
    closed_at = models.DateTimeField(null=True)
    response_seconds = models.PositiveBigIntegerField(null=True)
    target_minutes = models.PositiveIntegerField()
    calendar_version = models.ForeignKey(CalendarVersion, models.DO_NOTHING, related_name="+")
    close_reason = models.CharField(max_length=16)
    origin = models.CharField(max_length=16)

    class Meta:
        managed = False
        db_table = "sla_requestmeasure"

    def __str__(self) -> str:
        return f"№ {self.pk}"
