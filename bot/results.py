"""What an answer or an error of Telegram makes of a letter, written down with the notices that follow."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import DatabaseError, InterfaceError, OperationalError, transaction

from bot.calls import Accepted
from bot.failures import Failure, Meaning
from bot.mailings import is_mailing, tell_mailings
from bot.models import ANSWER_SUBJECT, FAILURE_SUBJECT, SAYING, TEMPLATE_SUBJECT, OutgoingMessage
from bot.outbox import Telling, queue_for_admins, queue_message
from bot.relay import tell_undelivered
from bot.rules import retry_delay
from bot.services.deliveries import Letter, Outcome, record
from bot.texts.delivery import not_delivered
from bot.texts.templates import not_sent
from bot.unheard import note_heard, note_unheard
from buhbot.models import Message
from buhbot.ops.metrics import ALERT_DWELL_SECONDS, OUTBOX_SENT
from sla.services import take_back_answer

log = logging.getLogger(__name__)
Audience = OutgoingMessage.Audience
Method = OutgoingMessage.Method
Priority = OutgoingMessage.Priority
State = OutgoingMessage.State

CHANGES = {Method.EDIT: "edit", Method.CAPTION: "edit", Method.DELETE: "deletion"}
RETRIED = "retried"


def accepted(letter: Letter, taken: Accepted, *, at: datetime, error: str = "") -> Outcome:
    """Say that Telegram took the letter."""
    return Outcome(
        letter,
        State.SENT,
        at,
        error=error,
        message_id=taken.message_id,
        text=taken.text,
        said_at=taken.said_at,
    )


def put_back(letter: Letter, *, at: datetime, wait_seconds: float = 0.0, error: str = "") -> Outcome:
    """Say that the letter was not tried, or failed without fault: it waits and loses no attempt."""
    attempts = letter.row.attempts
    return Outcome(
        letter,
        State.QUEUED,
        at,
        error=error or letter.row.error,
        attempts=attempts,
        wait_seconds=wait_seconds,
    )


def ended(letter: Letter, *, at: datetime) -> Outcome:
    """Say that the letter need not or cannot be sent, as was seen when it was claimed."""
    row = letter.row
    tells = letter.end == State.UNDELIVERED and row.method == Method.SEND and _is_alert(row)
    attempts = row.attempts
    return Outcome(letter, letter.end, at, error=letter.error, attempts=attempts, tells_admins=tells)


def failed(letter: Letter, failure: Failure, *, at: datetime, wait_seconds: float = 0.0) -> Outcome:
    """Say what a failure makes of the letter; one that may pass costs an attempt (OUT-04)."""
    row, reason = letter.row, failure.reason
    match failure.meaning:
        case Meaning.DONE:
            return accepted(letter, Accepted(letter.message_id), at=at, error=reason)
        case Meaning.NEEDLESS:
            return Outcome(letter, State.CANCELLED, at, error=reason, attempts=row.attempts)
        case Meaning.UNREACHABLE:
            return _undelivered(letter, reason, at=at, tells=_is_alert(row), is_unreachable=True)
        case Meaning.REFUSED | Meaning.SIMPLIFY:
            return _undelivered(letter, reason, at=at, tells=True)
    attempts = row.attempts + 1
    delay = retry_delay(attempts)
    if delay is None:
        return _undelivered(letter, reason, at=at, tells=True)
    wait = max(delay, wait_seconds)
    return Outcome(letter, State.QUEUED, at, error=reason, attempts=attempts, wait_seconds=wait)


def _is_alert(row: OutgoingMessage) -> bool:
    """Whether somebody of the firm misses something when it does not arrive; of failed notices nobody is told."""
    is_internal = row.audience != Audience.CLIENT
    return is_internal and row.priority == Priority.ALERT and row.subject != FAILURE_SUBJECT


def _undelivered(
    letter: Letter, reason: str, *, at: datetime, tells: bool, is_unreachable: bool = False
) -> Outcome:
    return Outcome(
        letter,
        State.UNDELIVERED,
        at,
        error=reason,
        attempts=letter.row.attempts + 1,
        is_unreachable=is_unreachable,
        tells_admins=tells and letter.row.subject != FAILURE_SUBJECT,
    )


def write_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Write what became of letters, all at once; one that cannot be written does not keep the others.

    Raises OperationalError or InterfaceError when the database is away: nothing is lost, write them again.
    """
    try:
        _write(outcomes)
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError:
        log.exception("outcomes could not be written together")
        for outcome in outcomes:
            _write_alone(outcome)


def _write_alone(outcome: Outcome) -> None:
    """Write one outcome; when that fails too, note only its state, lest the letter be sent again for ever."""
    try:
        _write([outcome])
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError:
        row = outcome.letter.row
        log.exception("outcome of %s could not be written", row.pk)
        OutgoingMessage.objects.filter(pk=row.pk).update(state=outcome.state, lease_until=None)


def _write(outcomes: Sequence[Outcome]) -> None:
    with transaction.atomic():
        written = record(outcomes)
        tell_mailings(written)
        for outcome in written:
            if outcome.tells_admins:
                _tell_admins(outcome)
            if _is_lost_answer(outcome):
                _take_back(outcome)
        _note_hearing(written)
        instants = _instants(written)
    for outcome in written:
        _measure(outcome, instants.get(outcome.letter.row.pk, []))


def _instants(outcomes: Sequence[Outcome]) -> dict[int, list[datetime]]:
    """Return the instants that messages which were sent tell of; one for each alert of a list (TIM-02)."""
    rows = [outcome.letter.row for outcome in outcomes if outcome.state == State.SENT]
    found = {row.pk: [row.due_at] for row in rows if row.due_at is not None}
    tellings = Telling.objects.filter(outgoingmessage__in=found) if found else Telling.objects.none()
    several: dict[int, list[datetime]] = {}
    for message_id, instant in tellings.values_list("outgoingmessage_id", "alert__instant"):
        several.setdefault(message_id, []).append(instant)
    return found | several


def _note_hearing(outcomes: Sequence[Outcome]) -> None:
    """Say of alerts that nobody could be told once their last message has failed (ALR-02, principle 11)."""
    told = [one for one in outcomes if one.letter.row.due_at is not None and one.is_final]
    failed = [one.letter.row for one in told if one.state == State.UNDELIVERED]
    sent = [one.letter.row for one in told if one.state == State.SENT]
    if failed:
        note_unheard(failed, now=told[-1].at)
    if sent:
        note_heard(sent)


def _tell_admins(outcome: Outcome) -> None:
    """Queue one notice an hour for each address that fails; for a mailing one in all: its page counts the rest."""
    row = outcome.letter.row
    to = row.chat or row.recipient
    address = f"chat{row.chat_id}" if row.chat_id else f"user{row.recipient_id}"
    if is_mailing(row):
        address = row.subject
    queue_for_admins(
        not_delivered(str(to), outcome.error, row.pk),
        dedupe_key=f"{FAILURE_SUBJECT}:{address}:{outcome.at:%Y%m%d%H}",
        subject=FAILURE_SUBJECT,
    )


def _is_lost_answer(outcome: Outcome) -> bool:
    row = outcome.letter.row
    is_answer = row.subject.startswith((TEMPLATE_SUBJECT, ANSWER_SUBJECT)) and row.method in SAYING
    return is_answer and outcome.state == State.UNDELIVERED


def _take_back(outcome: Outcome) -> None:
    """Open the request again which staff's words were to answer, and tell who said them (TPL-02, CLI-10)."""
    row = outcome.letter.row
    said = Message.objects.filter(pk=int(row.subject.partition(":")[2]))
    answer = said.select_related("staff", "chat").first()
    if answer is None or answer.staff is None:
        return
    is_open_again = take_back_answer(answer, now=outcome.at)
    if answer.is_private:
        tell_undelivered(answer, is_open_again=is_open_again, now=outcome.at)
    elif answer.staff.is_active and answer.staff.telegram_id is not None:
        text = not_sent(str(row.chat), is_open_again)
        queue_message(answer.staff, audience=Audience.STAFF, text=text, priority=Priority.ALERT)


def _measure(outcome: Outcome, instants: Sequence[datetime]) -> None:
    row = outcome.letter.row
    kind = CHANGES.get(Method(row.method)) or Priority(row.priority).name.lower()
    result = RETRIED if outcome.state == State.QUEUED else outcome.state
    OUTBOX_SENT.labels(kind=kind, result=result).inc()
    for instant in instants:
        ALERT_DWELL_SECONDS.observe(max(0.0, (outcome.at - instant).total_seconds()))
