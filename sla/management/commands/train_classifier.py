"""Train the local classifier anew, and install it unless it is worse (CLS-07)."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from buhbot.models import AuditEntry
from buhbot.services.audit import Source, comes_from, record
from sla import learnt
from sla.classifier import shipped_model
from sla.classifier.data_sets import Example, evaluation
from sla.classifier.evaluation import Figures, measure
from sla.classifier.model import Model
from sla.services.learning import forget_models, install_model

if find_spec("sklearn"):
    from sla.classifier.training import train


class Command(BaseCommand):
    help = (
        "Train the classifier on the shipped texts and the firm's corrections, and install it in the database, where"
        " running processes find it. A model that is worse on the evaluation set than the one in use is refused."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--model-version", help="The name that verdicts will carry.")
        parser.add_argument(
            "--output",
            type=Path,
            help="Train on the shipped texts alone, into this file; no database is needed.",
        )
        parser.add_argument("--force", action="store_true", help="Install it even if it is worse.")
        parser.add_argument(
            "--forget",
            action="store_true",
            help="Train nothing: use the model that ships with the product again.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["forget"]:
                self.stdout.write(f"Forgotten: {forget_models()}. The shipped model is in use.")
                _write_down(_("The shipped model is in use again."))
            elif options["output"]:
                self._train_into_file(options)
            else:
                self._train_into_database(options)
        except (DatabaseError, ImproperlyConfigured) as error:
            raise CommandError(
                f"The corrections are in the database, and it does not answer: {error}"
            ) from error

    def _train_into_file(self, options: dict[str, Any]) -> None:
        output: Path = options["output"]
        model, new = self._trained(options["model_version"] or shipped_model().about["version"], [])
        if output.exists():
            self._require_no_worse(new, Model.load(output), force=options["force"])
        model.save(output)
        self.stdout.write(f"Installed as {output.name}.")

    def _train_into_database(self, options: dict[str, Any]) -> None:
        corrections = learnt.corrections()
        shipped = shipped_model().about["version"]
        model, new = self._trained(options["model_version"] or f"{shipped}+{len(corrections)}", corrections)
        self._require_no_worse(new, learnt.model_in_force(), force=options["force"])
        model.about["shipped"] = shipped
        install_model(model, corrections=len(corrections), now=timezone.now())
        _write_down(_("A trained model was installed: %(version)s.") % {"version": model.about["version"]})
        self.stdout.write(
            f"Installed {model.about['version']}; running processes use it from the next message on."
        )

    def _trained(self, version: str, corrections: list[Example]) -> tuple[Model, Figures]:
        if not find_spec("sklearn"):
            raise CommandError("Training needs scikit-learn: pip install -r requirements-dev.txt")
        model = train(version, corrections)
        new = _figures(model)
        self.stdout.write(f"{len(corrections)} corrections, threshold {model.about['threshold']},")
        self.stdout.write(f"out of fold {model.about['out_of_fold']}")
        self.stdout.write(f"evaluation: accuracy {new.accuracy}, recall of REQUEST {new.request_recall}")
        model.about["evaluation"] = {
            name: round(getattr(new, name).value, 4)
            for name in ("accuracy", "request_recall", "false_starts", "macro_f1")
        }
        return model, new

    def _require_no_worse(self, new: Figures, in_use: Model, *, force: bool) -> None:
        old = _figures(in_use)
        if new.is_worse_than(old) and not force:
            raise CommandError(
                f"Not installed: the model in use is better (accuracy {old.accuracy}, recall {old.request_recall})."
                " Use --force to install it all the same."
            )


def _write_down(note: str) -> None:
    with comes_from(Source.COMMAND):
        record(AuditEntry.Kind.DONE, note=note, now=timezone.now())


def _figures(model: Model) -> Figures:
    return measure(lambda text: model.classify(text).label, evaluation())
