"""What a client message is: request, clarification, thanks or noise (CLS-01). No network, no database."""

from functools import cache
from threading import Lock

from sla.classifier.model import ARTIFACT, Model
from sla.classifier.rules import RULES_VERSION, Context, Verdict, in_context

__all__ = ["RULES_VERSION", "Context", "Verdict", "classify", "in_context"]

_loading = Lock()


@cache
def _model() -> Model:
    model = Model.load(ARTIFACT)
    model.speller.repaired("")
    return model


def classify(text: str) -> Verdict:
    """Name the class of a client's text. Never raises for a string; in doubt it is a REQUEST (REQ-03, CLS-01).

    The first call loads the model; threads may call at once.
    """
    with _loading:
        model = _model()
    return model.classify(text)
