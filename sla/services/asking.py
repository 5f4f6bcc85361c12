"""Ask the language model about messages of which the local one was not sure (CLS-01, CLS-05).

A classification that waits has `ask_llm_at`. It is claimed with a lease, asked about outside any transaction, and
the answer applied in one that looks again.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from buhbot.models import Chat
from buhbot.preferences import preferences
from sla import llm
from sla.classifier import CERTAIN, Verdict, was_asked
from sla.conversation import situation_of_logged
from sla.models import Classification, Label
from sla.services.classifying import WORTH_ASKING, columns
from sla.services.intake import would_open
from sla.services.reclassifying import note_reclassified, take_as_none, take_as_request

LEASE = timedelta(seconds=15)


def ask_next(now: datetime) -> bool:
    """Ask about the message that waits longest; False: none waits, one is being asked about, or it makes no sense now.

    One at a time, so that a slow language model never holds up more than one of the workers.
    """
    waiting = _claim(now) if llm.may_ask() and preferences().asks_language_model else None
    if waiting is None:
        return False
    context = situation_of_logged(waiting.message).context
    asked = context.staff_text if was_asked(context) else ""
    verdict = llm.ask(llm.Question.about(waiting.message.text, asked=asked))
    _apply(waiting, verdict, now)
    return True


@transaction.atomic
def _claim(now: datetime) -> Classification | None:
    """Lease the row that waits longest; those that have waited too long are given up."""
    waiting = Classification.objects.filter(ask_llm_at__isnull=False)
    waiting.filter(ask_llm_until__lte=now).update(ask_llm_at=None, ask_llm_until=None)
    heard_at = F("ask_llm_until") - WORTH_ASKING  # by the clock of another host, which may be ahead of ours
    if waiting.filter(ask_llm_at__gt=Greatest(now, heard_at)).exists():
        return None
    row = (
        waiting.select_for_update(skip_locked=True, of=("self",))
        .select_related("message__chat")
        .order_by("ask_llm_at", "pk")
        .first()
    )
    if row is not None:
        row.ask_llm_at = now + LEASE
        row.save(update_fields=["ask_llm_at"])
    return row


@transaction.atomic
def _apply(claimed: Classification, verdict: Verdict | None, now: datetime) -> None:
    """Take the answer over, unless the message was edited, corrected or given up meanwhile; None: it stays as it is."""
    Chat.objects.select_for_update().get(pk=claimed.message.chat_id)  # nothing is heard meanwhile
    row = (
        Classification.objects.select_for_update(of=("self",))
        .select_related("message__chat")
        .filter(pk=claimed.pk, ask_llm_at=claimed.ask_llm_at)
        .first()
    )
    if row is None:
        return
    before = row.label
    row.ask_llm_at = row.ask_llm_until = None
    if verdict is not None and not _is_certain(row):
        for column, value in columns(verdict).items():
            setattr(row, column, value)
    row.save()
    if row.label != before:
        _follow(row, before, now)


def _is_certain(row: Classification) -> bool:
    return row.label == Label.REQUEST and row.confidence >= CERTAIN


def _follow(row: Classification, before: str, now: datetime) -> None:
    """Let the requests follow; the facts of people come first (CLS-01)."""
    if would_open(row.message, row.label):
        changed = take_as_request(row.message, row.label, actor=None, now=now)
    else:
        changed = take_as_none(row.message, actor=None, now=now)
    if changed is not None:
        note_reclassified(changed, before=before, after=row.label, actor=None, now=now)
