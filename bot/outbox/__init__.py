"""Queue what Telegram is to be told: rows that the sender turns into calls after the commit (OUT-01).

Every function checks that the audience fits the address (OUT-06) and writes in the caller's transaction.
"""

from bot.outbox.answers import MAX_TOAST, queue_button_answer, queue_suggestions
from bot.outbox.edits import edit_of, queue_deletion, queue_edit, retell, rewrite
from bot.outbox.many import (
    ClientLetter,
    Notice,
    Telling,
    queue_copies,
    queue_for_admins,
    queue_letters,
    queue_notices,
)
from bot.outbox.messages import GENERAL_TOPIC, Source, queue_copy, queue_message
from bot.outbox.rows import WrongAudience, address_of

__all__ = [
    "GENERAL_TOPIC",
    "MAX_TOAST",
    "ClientLetter",
    "Notice",
    "Source",
    "Telling",
    "WrongAudience",
    "address_of",
    "edit_of",
    "queue_button_answer",
    "queue_copies",
    "queue_copy",
    "queue_deletion",
    "queue_edit",
    "queue_for_admins",
    "queue_letters",
    "queue_message",
    "queue_notices",
    "queue_suggestions",
    "retell",
    "rewrite",
]
