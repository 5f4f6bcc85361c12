"""`manage.py evaluate_faq`: how right the answers of the FAQ are on the repository's set (FAQ-02)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from templates_app.evaluation import CEILING_WRONG, FLOOR_RIGHT, Report, evaluate


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Match the evaluation set of frequent questions, and say how much is right and wrong."

    def handle(self, *_args: Any, **_options: Any) -> None:
        whole = evaluate()
        for case in whole.cases:
            if case.found != case.wanted:
                self.stdout.write(f"{case.text}: {case.found or '—'} instead of {case.wanted or '—'}")
        self.stdout.write(_line("whole set", whole))
        self.stdout.write(_line("held out", evaluate(is_held_out=True)))
        if whole.right < FLOOR_RIGHT or whole.wrong > CEILING_WRONG:
            raise CommandError("That is below the floor of FAQ-02.")


def _line(name: str, report: Report) -> str:
    return (
        f"{name}: {len(report.cases)} messages, right {report.right:.1%}, wrong {report.wrong:.1%}, "
        f"answered of those to answer {report.answered:.1%}"
    )
