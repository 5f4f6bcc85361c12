"""Let the requests follow a class that became known after the message was heard (CLS-01, CLS-07)."""

from contextlib import suppress
from datetime import datetime

from django.db.models import Q, QuerySet

from buhbot.models import Message, User
from buhbot.preferences import preferences
from sla.models import OPEN_STATES, Request, RequestEvent, RequestMessage
from sla.services.actions import ChatNotWatched, RequestAlreadyOpen, TooLateToReopen, reopen
from sla.services.closing import close
from sla.services.intake import answer_from_log, hear_again

Reason = Request.Reason
SMALL_TALK = ("GRATITUDE", "SPAM")


def take_as_request(message: Message, label: str, *, actor: User | None, now: datetime) -> Request | None:
    """Open a request with the message's date, unless one is open or had it; return the one that changed.

    One that has the message and was cancelled as none is opened again when a person says so.
    """
    if not message.chat.is_watched:
        return None
    had = Request.objects.filter(request_messages__message=message)
    cancelled = had.filter(close_reason=Reason.NOT_A_REQUEST).order_by("pk").last()
    if cancelled is not None:
        return _open_again(cancelled, actor, now) if actor else None
    if _is_in_a_request(message):
        return None
    hear_again(message, label)
    row = message.request_messages.select_related("request").order_by("-pk").first()
    return row.request if row is not None and row.request.opened_by_id == message.pk else None


def take_as_none(message: Message, *, actor: User | None, now: datetime) -> Request | None:
    """Cancel the open request that has the message, if the client asked nothing else in it; return it.

    Without an actor, a machine says so: it does not if anybody acted on the request.
    """
    request = _locked().filter(request_messages__message=message, state__in=OPEN_STATES).first()
    if request is None or _holds_more(request, message) or (actor is None and _is_acted_on(request)):
        return None
    close(
        request,
        state=Request.State.CANCELLED,
        at=now,
        actor=actor,
        event=RequestEvent.Kind.CANCELLED,
        reason=Reason.NOT_A_REQUEST,
    )
    return request


def note_reclassified(
    request: Request, *, before: str, after: str, actor: User | None, now: datetime
) -> None:
    """Write down that a class changed, from which to which; without an actor the language model said so."""
    RequestEvent.objects.create(
        request=request,
        kind=RequestEvent.Kind.RECLASSIFIED,
        at=now,
        actor=actor,
        note=f"{before}>{after}",
    )


def _open_again(request: Request, actor: User, now: datetime) -> Request | None:
    """Take the cancellation back, and look for an answer that was given meanwhile."""
    with suppress(ChatNotWatched, RequestAlreadyOpen, TooLateToReopen):
        reopened = reopen(request.pk, actor=actor, now=now)
        answer_from_log(reopened, preferences())
        return reopened
    return None


def _is_in_a_request(message: Message) -> bool:
    """Say whether a request has the message that is open, or lasted longer than to its date or edit."""
    at = message.edited_at or message.sent_at
    had = Q(request__closed_at=None) | Q(request__closed_at__gte=at)
    return message.request_messages.filter(had).exists()


def _holds_more(request: Request, message: Message) -> bool:
    """Say whether the client said something else in it that is not small talk (principle 7)."""
    said = request.request_messages.filter(part=RequestMessage.Part.CLIENT).exclude(message=message)
    return said.exclude(message__classification__label__in=SMALL_TALK).exists()


def _is_acted_on(request: Request) -> bool:
    """Say whether a person took, paused, put off or touched the request, or staff wrote since it was opened."""
    staff = (Message.Sender.STAFF, Message.Sender.ANONYMOUS_ADMIN)
    spoke = Message.objects.filter(
        chat=request.chat_id,
        topic_id=request.topic_id,
        sender__in=staff,
        sent_at__gte=request.opened_at,
    )
    return request.events.filter(actor__isnull=False).exists() or spoke.exists()


def _locked() -> QuerySet[Request]:
    return Request.objects.select_for_update(of=("self",)).select_related("chat", "calendar_version")
