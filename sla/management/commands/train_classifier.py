"""Train the local classifier anew, and install it unless it is worse (CLS-07)."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sla.classifier.data_sets import evaluation
from sla.classifier.evaluation import Figures, measure
from sla.classifier.model import ARTIFACT, Model

if find_spec("sklearn"):
    from sla.classifier.training import train


class Command(BaseCommand):
    help = (
        "Train the classifier on the shipped texts. A model that is worse on the evaluation set is refused."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--model-version", default="model-1", help="The name that verdicts will carry.")
        parser.add_argument("--output", type=Path, default=ARTIFACT, help="Where the model is installed.")
        parser.add_argument("--force", action="store_true", help="Install it even if it is worse.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not find_spec("sklearn"):
            raise CommandError("Training needs scikit-learn: pip install -r requirements-dev.txt")
        model = train(options["model_version"])
        new = _figures(model)
        self.stdout.write(f"threshold {model.about['threshold']}, out of fold {model.about['out_of_fold']}")
        self.stdout.write(f"evaluation: accuracy {new.accuracy}, recall of REQUEST {new.request_recall}")
        self._require_no_worse(new, options)
        model.about["evaluation"] = {
            "accuracy": round(new.accuracy.value, 4),
            "request_recall": round(new.request_recall.value, 4),
            "false_starts": round(new.false_starts.value, 4),
            "macro_f1": round(new.macro_f1.value, 4),
        }
        model.save(options["output"])
        self.stdout.write(f"Installed as {options['output'].name}.")

    def _require_no_worse(self, new: Figures, options: dict[str, Any]) -> None:
        if options["force"] or not options["output"].exists():
            return
        old = _figures(Model.load(options["output"]))
        if new.is_worse_than(old):
            raise CommandError(
                f"Not installed: the model in use is better (accuracy {old.accuracy}, recall {old.request_recall})."
                " Use --force to install it all the same."
            )


def _figures(model: Model) -> Figures:
    return measure(lambda text: model.classify(text).label, evaluation())
