"""What the classifier has learnt since it was shipped: corrections, and a model trained on them (CLS-07).

Both are kept in the process. The marks that `sla/conversation.py` reads with each message change whenever something
is learnt, so that a running process takes it up with the next message.
"""

import zlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from tokenize import TokenError
from zipfile import BadZipFile

import structlog

from sla.classifier import CERTAIN, Verdict, shipped_model
from sla.classifier.data_sets import Example
from sla.classifier.memory import Memory
from sla.classifier.model import Model
from sla.classifier.tables import tables_hash
from sla.models import Correction, TrainedModel

REMEMBERED = 2000
"""How many of the newest corrections are remembered."""

# Two numbers that say what there is to learn from; NULL: nothing.
READ_MARKS = f"""
    (SELECT sum(id) FROM (SELECT id FROM sla_correction ORDER BY id DESC LIMIT {REMEMBERED}) AS newest)::bigint,
    (SELECT max(id) FROM sla_trainedmodel)
"""

UNUSABLE = (
    ValueError, LookupError, TypeError, OSError, EOFError, RuntimeError, MemoryError, BadZipFile, TokenError, zlib.error
)  # fmt: skip
"""What comes of bytes that are no model."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Marks:
    """What was learnt, as read from the database: the sum of the keys of the corrections, the key of the model."""

    corrections: int | None = None
    model: int | None = None


def judge(text: str, marks: Marks) -> Verdict:
    """Name the class of a text: as staff said of the same, else of a similar one, else by rules and model (CLS-07).

    Likeness alone does not silence a REQUEST of which the model is sure.
    """
    recalled = _memory(marks.corrections).recall(text)
    if recalled is not None and recalled.confidence == 1:
        return recalled
    judged = _model(marks.model).classify(text)
    is_sure = judged.label == "REQUEST" and judged.confidence >= CERTAIN
    return judged if recalled is None or is_sure else recalled


def corrections() -> list[Example]:
    """Return the texts that staff corrected, oldest first; voice and the like have none."""
    taught = Correction.objects.exclude(text="").order_by("pk")
    return [Example(text, label) for text, label in taught.values_list("text", "label")]


def model_in_force() -> Model:
    """Return the newest trained model that fits this release, else the shipped one."""
    newest = TrainedModel.objects.order_by("-pk").values_list("pk", flat=True).first()
    return _model(newest)


def trained_in_force() -> TrainedModel | None:
    """Return the trained model that is in use, without its content; None: the shipped one is."""
    newest = TrainedModel.objects.defer("content").order_by("-pk").first()
    return newest if newest is not None and _model(newest.pk) is not shipped_model() else None


@lru_cache(maxsize=2)
def _memory(mark: int | None) -> Memory:
    if mark is None:
        return Memory([])
    newest = Correction.objects.order_by("-pk").values_list("text", "label")[:REMEMBERED]
    return Memory(Example(text, label) for text, label in reversed(newest))


@lru_cache(maxsize=2)
def _model(mark: int | None) -> Model:
    trained = TrainedModel.objects.filter(pk=mark).first() if mark is not None else None
    if trained is None:
        return shipped_model()
    try:
        model = Model.load(BytesIO(trained.content))
        model.classify("Когда будет готов отчёт?")
    except UNUSABLE as error:
        log.warning("a trained model cannot be used; the shipped one is", model=mark, error=repr(error))
        return shipped_model()
    if not _fits(model):
        log.warning("a model was trained for another release; the shipped one is used", model=mark)
        return shipped_model()
    return model


def _fits(model: Model) -> bool:
    """Say whether the model was trained for this release: on its tables, beside its shipped model."""
    is_of_release = model.about.get("shipped") == shipped_model().about["version"]
    return is_of_release and model.about.get("tables") == tables_hash()
