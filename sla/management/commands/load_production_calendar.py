"""Load the Russian production calendar (WT-09)."""

from argparse import ArgumentParser
from datetime import MAXYEAR
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from buhbot.models import Calendar
from buhbot.production import is_known
from buhbot.services.audit import Source, comes_from
from buhbot.services.production import UnknownYear, load_years, write_down_loading
from sla.services import recompute_outdated

FIRST_YEAR = 2013  # the first under today's rules of transfer


class Command(BaseCommand):
    help = (
        "Load holidays, transfers, working Saturdays and short days into every calendar that follows the"
        " production calendar. Days edited by hand stay; loading again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "years",
            nargs="*",
            type=int,
            metavar="YEAR",
            help="default: this year, and the next if it is known",
        )
        parser.add_argument(
            "--force",
            action="store_true",
            help="load a year whose transfers are not published yet: its holidays alone",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        years = options["years"] or self._usual_years()
        if wrong := [year for year in years if not FIRST_YEAR <= year < MAXYEAR]:
            raise CommandError(f"A year is {FIRST_YEAR} to {MAXYEAR - 1}, not {wrong[0]}.")
        if not Calendar.objects.filter(follows_production_calendar=True).exists():
            raise CommandError("No calendar follows the production calendar. Tick it on a calendar in Admin.")
        try:
            changed = load_years(years, force=options["force"])
        except UnknownYear as error:
            raise CommandError(
                f"The transfers of {error.year} are not published in the package 'holidays' yet; nothing was loaded."
                " Update the package, or load the holidays alone with --force."
            ) from error
        with comes_from(Source.COMMAND):
            write_down_loading(changed, now=timezone.now())
        moved = recompute_outdated(timezone.now())
        loaded = ", ".join(map(str, years))
        names = ", ".join(calendar.name for calendar in changed) or "nothing, all was there"
        self.stdout.write(f"{loaded}. Changed: {names}. Open requests brought up to date: {moved}.")

    def _usual_years(self) -> list[int]:
        year = timezone.localtime(timezone.now()).year
        if is_known(year + 1):
            return [year, year + 1]
        self.stdout.write(f"{year + 1} is left out: its transfers are not published yet.")
        return [year]
