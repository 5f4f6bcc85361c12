"""What a client's message is taken for, and whether a language model is to be asked too (CLS-01, CLS-04)."""

from datetime import datetime, timedelta
from typing import Any

from buhbot.models import Chat, Message
from buhbot.ops.metrics import CLASSIFIER_REQUESTS, CLASSIFIER_SECONDS
from buhbot.rules import IncomingMessage
from sla import llm
from sla.classifier import Verdict, in_context, is_unsure
from sla.conversation import Situation, situation_of
from sla.learnt import judge
from sla.models import Label
from sla.rules import label_of_kind

WORTH_ASKING = timedelta(minutes=10)
"""After that the local answer stands, whatever kept the language model from being asked."""

NOT_ASKED: dict[str, datetime | None] = {"ask_llm_at": None, "ask_llm_until": None}


def is_request(incoming: IncomingMessage, *, chat: Chat) -> bool:
    """Say whether a text that is not logged would be a REQUEST in the chat; no language model is asked."""
    known = situation_of(incoming, chat)
    judged = judge(incoming.text, known.learnt)
    return in_context(judged, incoming.text, known.context).label == Label.REQUEST


def classified(message: Message, known: Situation, *, now: datetime) -> dict[str, Any]:
    """Return the columns of the message's classification: by its kind, else by its text in the situation (CLS-03)."""
    with CLASSIFIER_SECONDS.time():
        label = label_of_kind(
            message.kind,
            has_text=bool(message.text),
            files_open_requests=known.preferences.files_open_requests,
        )
        judged = judge(message.text, known.learnt) if label is None else Verdict(label, 1.0)
        verdict = in_context(judged, message.text, known.context) if label is None else judged
    is_asked = known.preferences.asks_language_model and llm.is_configured() and is_unsure(judged)
    asked = {"ask_llm_at": now, "ask_llm_until": now + WORTH_ASKING} if is_asked else NOT_ASKED
    return columns(verdict) | asked


def columns(verdict: Verdict) -> dict[str, Any]:
    """Return the columns of a verdict, and count it (CLS-04, MON-01)."""
    CLASSIFIER_REQUESTS.labels(source=verdict.source, label=verdict.label).inc()
    return {
        "label": verdict.label,
        "confidence": verdict.confidence,
        "source": verdict.source,
        "version": verdict.version,
    }
