"""A language model's word on a message, from any server with OpenAI's chat interface (CLS-01, CLS-05, CLS-06).

Only Celery's worker asks. What goes wrong is told to nobody who serves clients: there is no answer then.
"""

import structlog
from django.conf import settings

from sla.classifier import Verdict
from sla.llm.client import Failed, post
from sla.llm.guard import Guard
from sla.llm.prompt import Nonsense, Question, answer_of, body_of

__all__ = ["Question", "ask", "guard", "is_configured", "keys", "may_ask"]

VERSION_LENGTH = 100

log = structlog.get_logger(__name__)
guard = Guard()


def is_configured() -> bool:
    """Say whether there is a language model to ask."""
    return all((settings.LLM_BASE_URL, settings.LLM_API_KEY, settings.LLM_MODEL))


def may_ask() -> bool:
    """Say whether the language model may be asked now: it is there, has not failed lately, and Redis answers."""
    return is_configured() and guard.is_closed()


def ask(question: Question) -> Verdict | None:
    """Return what the language model takes the text for, or took it for lately; None: no usable answer in 2 s."""
    known = guard.recall(question.key(settings.LLM_MODEL))
    label, confidence = known or _asked(question) or ("", 0.0)
    return Verdict(label, confidence, "llm", settings.LLM_MODEL[:VERSION_LENGTH]) if label else None


def keys(text: str, *, asked: str) -> list[str]:
    """Return under which keys an answer about the text may be kept: asked alone, and after a question of staff."""
    questions = (Question.about(text, asked=""), Question.about(text, asked=asked))
    return sorted({question.key(settings.LLM_MODEL) for question in questions})


def _asked(question: Question) -> tuple[str, float] | None:
    try:
        answer = answer_of(post(body_of(question, model=settings.LLM_MODEL)))
    except (Failed, Nonsense) as error:
        guard.note_failure(str(error))
        return None
    guard.note_answer(question.key(settings.LLM_MODEL), answer)
    return answer
