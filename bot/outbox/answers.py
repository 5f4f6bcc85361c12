"""Queue what must arrive within seconds: answers to presses and suggestions while typing (OUT-01)."""

from bot.models import OutgoingMessage
from bot.outbox.rows import make_row
from buhbot.models import Chat, User

Audience = OutgoingMessage.Audience
Method = OutgoingMessage.Method
Priority = OutgoingMessage.Priority

MAX_TOAST = 200
SUGGESTIONS_SECONDS = 5  # for how long Telegram may offer the same again


def queue_button_answer(
    to: Chat | User, *, audience: str, query_id: str, text: str = "", is_alert: bool = False, url: str = ""
) -> OutgoingMessage:
    """Queue the answer to a press: a toast of plain text, or a window. It overtakes everything (OUT-01).

    `to` is where the button was pressed; `url` leads to the bot itself, and is opened. Raises WrongAudience (OUT-06).
    """
    toast = text if len(text) <= MAX_TOAST else text[: MAX_TOAST - 1].rstrip() + "…"
    payload: dict[str, object] = {"callback_query_id": query_id, "text": toast, "show_alert": is_alert}
    if url:
        payload["url"] = url
    row = make_row(to, audience=audience, method=Method.ANSWER, payload=payload, priority=Priority.ANSWER)
    row.save(force_insert=True)
    return row


def queue_suggestions(to: User, *, query_id: str, results: list[dict[str, object]]) -> OutgoingMessage:
    """Queue what a staff member is offered while typing `@bot …`; it is of use for seconds only (TPL-02, OUT-01)."""
    payload: dict[str, object] = {
        "inline_query_id": query_id,
        "results": results,
        "cache_time": SUGGESTIONS_SECONDS,
        "is_personal": True,
    }
    row = make_row(
        to, audience=Audience.STAFF, method=Method.INLINE, payload=payload, priority=Priority.ANSWER
    )
    row.save(force_insert=True)
    return row
