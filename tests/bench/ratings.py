"""Measure the pages of surveys, votes and ratings at 10,000 votes, in a process of its own (ADM-12, PERF-06).

`python -m tests.bench.ratings`; the environment names the database, which is migrated and empty. Prints a JSON list
of lines for the page.
"""

import json
import os
import sys
from datetime import UTC, datetime

from tests.bench.figures import opened  # isort: skip (it makes Django ready)

from django.urls import reverse

from buhbot.models import Role, User
from feedback.models import FollowUp, Survey, Vote
from feedback.services import publish_tallies
from tests.bench.history import write_ratings

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def main() -> None:
    write_ratings(os.environ["DATABASE_MIGRATION_URL"])
    while publish_tallies(NOW):
        pass
    manager = User.objects.create_user("manager@bench.test", None, full_name="М", role=Role.MANAGER)
    accountant = User.objects.filter(role=Role.ACCOUNTANT, email__endswith="@bench.test").earliest("pk")
    lines = [_line(name, address, manager) for name, address in _pages().items()]
    report = f"{reverse('admin:sla_reports')}?view=feedback&period=custom&from=2025-11-01&to=2026-11-24"
    lines.append(_line("report, ratings, as a manager", report, manager))
    lines.append(_line("report, ratings, as an accountant", report, accountant))
    sys.stdout.write(json.dumps(lines))


def _pages() -> dict[str, str]:
    votes, survey = reverse("admin:feedback_vote_changelist"), Survey.objects.latest("pk")
    return {
        "surveys": reverse("admin:feedback_survey_changelist"),
        "a survey": reverse("admin:feedback_survey_change", args=[survey.pk]),
        "copies of surveys": reverse("admin:feedback_delivery_changelist"),
        "ratings": votes,
        "ratings of a survey": f"{votes}?delivery__survey__id__exact={survey.pk}",
        "ratings, the last page": f"{votes}?p=100",
        "ratings, search": f"{votes}?q=звонить",
        "a rating": reverse("admin:feedback_vote_change", args=[Vote.objects.latest("pk").pk]),
        "follow-ups": reverse("admin:feedback_followup_changelist"),
        "a follow-up": reverse("admin:feedback_followup_change", args=[FollowUp.objects.latest("pk").pk]),
        "Home, now": reverse("admin:home_piece", args=["now"]),
    }


def _line(name: str, address: str, person: User) -> tuple[str, str, str, str]:
    slow, asked = opened(address, person)
    count = f"{Vote.objects.count():,} votes, {name}: p95"
    return "ADM-12", count, "≤ 300 ms, ≤ 12 queries", f"{slow:.0f} ms, {asked} queries"


if __name__ == "__main__":
    main()
