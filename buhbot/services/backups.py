"""Write down which backups were made (BAK-01)."""

from collections.abc import Sequence
from datetime import datetime

from buhbot.models import Backup


def register_backup(
    *, name: str, made_at: datetime, size_bytes: int, sha256: str, places: Sequence[str]
) -> Backup:
    """Add the archive that is whole and where it should be; the metric and the checks of its age go by it."""
    return Backup.objects.create(
        name=name, made_at=made_at, size_bytes=size_bytes, sha256=sha256, places=list(places)
    )
