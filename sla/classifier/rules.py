"""Decisions that need no model: clear signals of a text, and what the context changes (CLS-01, CLS-03)."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from sla.classifier.signals import PHRASES
from sla.classifier.text import Reading, read
from sla.classifier.words import kinds_of

RULES_VERSION = "rules-3"
STAFF_QUESTION_HOLDS = timedelta(days=3)
"""How long, by the wall clock, what staff asked last is taken to be what the client answers."""

STAFF_GRACE = timedelta(minutes=10)
CERTAIN = 0.95
"""A REQUEST of at least this confidence stays one whatever the context."""

GREY = (0.10, 0.85)
"""Between these probabilities of REQUEST the model is not sure, and a language model may be asked."""

PING = re.compile(
    r"(?:ну )?(?:ау+|ал+[оеё]+|эй|прием|вы (?:тут|здесь|где|живы|на (?:месте|связи))|есть кто(?: живой| нибудь)?|"
    r"кто[ -]нибудь|тук[ -]тук|ответьте|ответьте пожалуйста|вопрос|срочно)(?: [?!.,]+)*"
)
YES_NO = re.compile(
    r"^(?:да|нет|не|неа|ага|верно|именно|точно|все верно|все правильно|подтвержд\w+|согласн\w+|согласен)\b"
)
ASKING_KINDS = frozenset({"do", "tell", "order", "ли", "help"})
ASKING_PHRASES = tuple(
    re.compile(PHRASES[name])
    for name in (
        "question mark", "starts with question word", "what about", "and short a", "what if", "polite ask", "need",
        "still waiting", "not come", "not work", "not understood", "wrong thing", "complaint", "urgent", "call me",
        "ping", "anyone", "infinitive at start", "authority wants", "letter came", "english ask",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """A class with how sure we are of it (0–1), and what said so.

    `request_probability` is how likely the text is a REQUEST, whatever the label.
    """

    label: str
    confidence: float
    source: str = "rules"
    version: str = RULES_VERSION
    request_probability: float = 0.0


def is_unsure(verdict: Verdict) -> bool:
    """Say whether a language model is worth asking: the trained model decided, and was not sure (CLS-01)."""
    return verdict.source == "model" and GREY[0] < verdict.request_probability < GREY[1]


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the conversation when a client writes."""

    has_open_request: bool = False
    staff_text: str = ""
    since_staff: timedelta | None = None
    is_reply_to_staff: bool = False
    grace: timedelta = STAFF_GRACE


def certain(reading: Reading) -> Verdict | None:
    """Name the class where one signal decides; None: the model is asked."""
    if not any(word != "?" for word in reading.words):
        return _wordless(reading)
    if "bare name" in reading.marks:
        return Verdict("REQUEST", 0.8, request_probability=0.8)
    if PING.fullmatch(reading.text):
        return Verdict("REQUEST", 0.97, request_probability=0.97)
    if "?" not in reading.words and all("nod" in kinds_of(word) for word in reading.words):
        return Verdict("SPAM", 0.95, request_probability=0.02)
    return None


def _wordless(reading: Reading) -> Verdict:
    if "?" in reading.text:
        return Verdict("REQUEST", 0.9, request_probability=0.9)
    return Verdict("SPAM", 0.97, request_probability=0.01)


def asks(text: str) -> bool:
    """Say whether a text has a question, an order or a trouble of its own."""
    reading = read(text)
    return any(pattern.search(reading.text) for pattern in ASKING_PHRASES) or any(
        ASKING_KINDS.intersection(kinds_of(word)) for word in reading.words
    )


def in_context(verdict: Verdict, text: str, context: Context) -> Verdict:
    """Let the conversation change the class of a text (CLS-03).

    What answers a question of staff, or adds to an open request, and asks nothing itself is a CLARIFICATION.
    With nothing open and nothing asked there is nothing to clarify: the safe side is a REQUEST, unless staff
    spoke within the grace, ten minutes by default (REQ-04).
    """
    is_answer = was_asked(context)
    if (
        verdict.label == "REQUEST"
        and verdict.confidence < CERTAIN
        and (is_answer or context.has_open_request)
    ):
        return verdict if asks(text) else _changed(verdict, "CLARIFICATION")
    if verdict.label == "SPAM" and is_answer and YES_NO.match(read(text).text):
        return _changed(verdict, "CLARIFICATION")
    if verdict.label == "CLARIFICATION" and not (
        is_answer or context.has_open_request or _just_spoke(context)
    ):
        return _changed(verdict, "REQUEST")
    return verdict


def was_asked(context: Context) -> bool:
    """Say whether the client's words follow a question of staff."""
    is_recent = context.since_staff is not None and context.since_staff <= STAFF_QUESTION_HOLDS
    return (is_recent or context.is_reply_to_staff) and bool(context.staff_text) and asks(context.staff_text)


def _just_spoke(context: Context) -> bool:
    return context.since_staff is not None and context.since_staff <= context.grace


def _changed(verdict: Verdict, label: str) -> Verdict:
    return replace(verdict, label=label, source="rules", version=RULES_VERSION)
