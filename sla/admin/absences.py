"""Absences, whose changes reach the open requests; the ground floor draws the page (STF-03, TIM-04)."""

from typing import Any

from django.contrib import admin
from django.db.models.functions import Now
from django.http import HttpRequest

from buhbot.admin.absences import AbsenceAdmin
from buhbot.models import Absence
from buhbot.selectors import stands_in_for
from sla.admin.recompute import reevaluate
from sla.duty import chats_of


@admin.register(Absence)
class DutyAbsenceAdmin(AbsenceAdmin):
    def save_model(self, request: HttpRequest, obj: Absence, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._follow(request, obj)

    def delete_model(self, request: HttpRequest, obj: Absence) -> None:
        super().delete_model(request, obj)
        self._follow(request, obj)

    def _follow(self, request: HttpRequest, absence: Absence) -> None:
        reevaluate(request, chats_of(stands_in_for(absence.user_id, Now())))
