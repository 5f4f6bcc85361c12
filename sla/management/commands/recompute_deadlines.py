"""Compute every open request anew (TIM-04)."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from buhbot.models import AuditEntry
from buhbot.services.audit import Source, comes_from, record
from sla.selectors import open_requests
from sla.services import recompute_requests


class Command(BaseCommand):
    help = (
        "Give every open request the policy and the calendar that are in force for its chat now. It happens by"
        " itself after each change; this is for repairs. Closed requests stay as they are."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        changed = recompute_requests(open_requests(), now=timezone.now())
        with comes_from(Source.COMMAND):
            note = _("Deadlines were computed anew: %(count)d.") % {"count": changed}
            record(AuditEntry.Kind.DONE, note=note, now=timezone.now())
        self.stdout.write(f"{changed} of {open_requests().count()} open requests changed.")
