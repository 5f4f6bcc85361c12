"""What a client message is: request, clarification, thanks or noise (CLS-01). No network, no database."""

from functools import cache
from threading import Lock

from sla.classifier.model import ARTIFACT, Model
from sla.classifier.rules import CERTAIN, RULES_VERSION, Context, Verdict, in_context, is_unsure, was_asked

__all__ = [
    "CERTAIN",
    "RULES_VERSION",
    "Context",
    "Verdict",
    "classify",
    "in_context",
    "is_unsure",
    "shipped_model",
    "was_asked",
]

_loading = Lock()


@cache
def _load() -> Model:
    model = Model.load(ARTIFACT)
    model.speller.repaired("")
    return model


def shipped_model() -> Model:
    """Return the model that ships with the product; the first call reads it."""
    with _loading:
        return _load()


def classify(text: str) -> Verdict:
    """Name the class of a client's text. Never raises for a string; in doubt it is a REQUEST (REQ-03, CLS-01).

    The first call loads the model; threads may call at once.
    """
    return shipped_model().classify(text)
