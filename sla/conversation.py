"""Reads what is known around a message before it takes effect, in one round trip (CLS-03, PERF-04)."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from buhbot.models import Chat, Message
from buhbot.preferences import Preferences, chosen
from buhbot.rules import IncomingMessage
from sla.classifier import Context
from sla.learnt import READ_MARKS, Marks

Place = dict[str, Any]

READ = f"""
WITH here AS (
    SELECT %(chat)s::bigint AS chat_id, %(topic)s::bigint AS topic_id, %(at)s::timestamptz AS at,
        (SELECT id FROM buhbot_message
         WHERE telegram_chat_id = %(telegram_chat)s AND telegram_message_id = %(message)s) AS message_id
)
SELECT
    here.message_id,
    (SELECT id FROM buhbot_user WHERE telegram_id = %(person)s AND is_active),
    (SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM buhbot_preference)::text,
    open.id IS NULL AND NOT EXISTS (
        SELECT FROM sla_request AS past
        WHERE past.chat_id = here.chat_id AND past.topic_id = here.topic_id AND past.closed_at > here.at
    ) AND NOT EXISTS (
        SELECT FROM buhbot_message AS later
        WHERE later.chat_id = here.chat_id AND later.topic_id = here.topic_id AND later.sent_at >= here.at
            AND (later.sent_at, later.telegram_message_id) > (here.at, %(message)s)
    ),
    open.opened_at <= here.at AND open.opened_by_id IS DISTINCT FROM here.message_id,
    spoken.sent_at,
    spoken.text,
    (SELECT text FROM buhbot_message AS replied
     WHERE replied.telegram_chat_id = %(telegram_chat)s AND replied.telegram_message_id = %(reply_to)s
        AND replied.sender = 'staff'),
    {READ_MARKS}
FROM here
LEFT JOIN sla_request AS open ON open.chat_id = here.chat_id AND open.topic_id = here.topic_id
    AND open.state IN ('open', 'waiting_client')
LEFT JOIN LATERAL (
    SELECT sent_at, text FROM buhbot_message AS staff
    WHERE staff.chat_id = here.chat_id AND staff.topic_id = here.topic_id AND staff.sender = 'staff'
        AND staff.sent_at <= here.at
    ORDER BY staff.sent_at DESC LIMIT 1
) AS spoken ON true
"""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known around a message: its key if it is logged, who of the firm sent it, the settings in force.

    `is_quiet`: nothing is open in its topic, and nothing there ended or was said after it.
    """

    message_id: int | None
    staff_id: int | None
    preferences: Preferences
    is_quiet: bool
    context: Context
    learnt: Marks = Marks()


def situation_of(incoming: IncomingMessage, chat: Chat) -> Situation:
    """Read the situation in which a message was sent, in its chat and topic, at its own date."""
    person = incoming.person if incoming.sender_chat_id is None else None
    place: Place = {
        "chat": chat.pk,
        "topic": incoming.topic_id,
        "at": incoming.sent_at,
        "telegram_chat": incoming.chat.telegram_id,
        "message": incoming.message_id,
        "person": person.telegram_id if person else None,
        "reply_to": incoming.reply_to_message_id,
    }
    return _read(place)


def situation_of_logged(message: Message) -> Situation:
    """Read the situation in which a message of the log was sent."""
    place: Place = {
        "chat": message.chat_id,
        "topic": message.topic_id,
        "at": message.sent_at,
        "telegram_chat": message.telegram_chat_id,
        "message": message.telegram_message_id,
        "person": None,
        "reply_to": message.reply_to_message_id,
    }
    return _read(place)


def _read(place: Place) -> Situation:
    with connection.cursor() as cursor:
        cursor.execute(READ, place)
        own, staff, settings, is_quiet, was_open, spoke_at, said, replied, *marks = cursor.fetchone()
    preferences = chosen(json.loads(settings))
    return Situation(
        message_id=own,
        staff_id=staff,
        preferences=preferences,
        is_quiet=is_quiet,
        context=Context(
            has_open_request=bool(was_open),
            staff_text=replied or said or "",
            since_staff=spoke_at and place["at"] - spoke_at,
            is_reply_to_staff=bool(replied),
            grace=timedelta(minutes=preferences.clarification_minutes),
        ),
        learnt=Marks(*marks),
    )
