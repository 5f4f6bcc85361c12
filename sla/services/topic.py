"""The requests of a topic that a message may concern, read and locked in one statement (PERF-14)."""

from dataclasses import dataclass
from typing import Any

from buhbot.models import Message
from buhbot.services.calendars import version
from sla.models import OPEN_STATES, Request

# Written out, as each message asks it: to let Django put it together costs three times its execution.
AROUND = f"""
SELECT request.*, opened.telegram_message_id AS opened_by_number
FROM sla_request AS request JOIN buhbot_message AS opened ON opened.id = request.opened_by_id
WHERE request.chat_id = %(chat)s AND request.topic_id = %(topic)s AND (
    request.state IN {OPEN_STATES}
    OR request.opened_at <= %(sent_at)s AND request.closed_at > %(sent_at)s
)
ORDER BY request.opened_at DESC
FOR UPDATE OF request
"""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a message meets: the open request of its topic, and the closed ones in whose life it falls, latest first.

    Nobody else changes them until the transaction ends.
    """

    open: Request | None
    closed: list[Request]


def topic_of(message: Message) -> Topic:
    """Lock and return the requests of the message's topic that it may concern."""
    values = {"chat": message.chat_id, "topic": message.topic_id, "sent_at": message.sent_at}
    found: list[Any] = list(Request.objects.raw(AROUND, values))
    for request in found:
        request.chat, request.calendar_version = message.chat, version(request.calendar_version_id)
    waiting = next((request for request in found if request.is_open), None)
    return Topic(waiting, [request for request in found if not request.is_open])


def is_after_opening(request: Any, message: Message) -> bool:
    """Say whether the message follows the one that opened the request; of one second, Telegram's numbers decide."""
    opened = (request.opened_at, request.opened_by_number)
    return (message.sent_at, message.telegram_message_id) > opened
