"""The first step about clients' files (ADM-08)."""

from datetime import datetime

from django.db.models import Exists
from django.urls import reverse
from django.utils.translation import gettext as _

from buhbot.admin.first_steps import Step
from templates_app.models import ReceivedFile


def storage_works(_now: datetime) -> list[Step]:
    """A file was copied to the storage, and none waits for another try (FIL-02)."""
    files, copy = ReceivedFile.objects, ReceivedFile.Copy
    failing = files.filter(copy=copy.WAITING).exclude(copy_error="")
    return [
        Step(
            title=_("Clients' files are kept in the storage"),
            is_done=files.filter(~Exists(failing), copy=copy.STORED).exists(),
            how=_(
                "Send any PDF into a client's chat; manage.py check_storage on the server says what is wrong."
            ),
            link=reverse("admin:templates_app_receivedfile_changelist"),
            where=_("Files"),
        )
    ]
