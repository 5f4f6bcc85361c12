"""Install a trained model, or go back to the shipped one (CLS-07)."""

from datetime import datetime
from io import BytesIO

from django.db import transaction

from sla.classifier.model import Model
from sla.models import TrainedModel

KEPT = 3
"""How many of the last models are kept."""


@transaction.atomic
def install_model(model: Model, *, corrections: int, now: datetime) -> TrainedModel:
    """Let the model be the one in force; running processes take it up with their next message."""
    content = BytesIO()
    model.save(content)
    installed = TrainedModel.objects.create(
        version=model.about["version"][:100],
        content=content.getvalue(),
        corrections=corrections,
        trained_at=now,
    )
    kept = TrainedModel.objects.order_by("-pk").values_list("pk", flat=True)[:KEPT]
    TrainedModel.objects.exclude(pk__in=list(kept)).delete()
    return installed


def forget_models() -> int:
    """Forget the trained models, so that the shipped one is in force; return how many there were."""
    return TrainedModel.objects.all().delete()[0]
