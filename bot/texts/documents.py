"""What clients read of their files: the last ones with their states (CLI-02)."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.html import escape
from django.utils.translation import gettext as _

from bot.rules import shorten
from bot.texts.files import MARKS, named
from bot.texts.words import bold, moment
from templates_app.models import ReceivedFile

State = ReceivedFile.State
MAX_NOTE = 200


def statuses(client: str, files: Sequence[ReceivedFile], *, now: datetime) -> str:
    """List files with when they came and how they stand, the newest first."""
    if not files:
        return _(
            "We have no files of %(client)s yet. Send a document, and I will say that it has arrived."
        ) % {"client": bold(client)}
    title = _("The last files of %(client)s:") % {"client": bold(client)}
    return "\n".join([title, "", *(_line(file, now) for file in files)])


def _line(file: ReceivedFile, now: datetime) -> str:
    state = State(file.state)
    standing = file.get_state_display()
    if file.note:
        standing += f": {file.note}"
    came = moment(file.received_at, now=now)
    return f"{MARKS[state]} {named(file)}, {came} — {shorten(escape(standing), limit=MAX_NOTE)}"
