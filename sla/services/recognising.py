"""Take as staff's what people of the firm said before their Telegram accounts were linked (ADM-04, TIM-04)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from buhbot.models import Message, User
from sla.models import OPEN_STATES, Request, RequestEvent, RequestMessage
from sla.rules import ends_request
from sla.services.closing import close
from sla.services.opening import join

Part = RequestMessage.Part
Sender = Message.Sender
Rows = QuerySet[RequestMessage]


def mistaken(requests: Iterable[int] | QuerySet[Request]) -> Rows:
    """Return what counts as a client's in the requests, and was said by somebody who is of the firm by now."""
    staff = User.objects.filter(is_active=True, telegram_id__isnull=False)
    return RequestMessage.objects.filter(
        request__in=requests,
        part=Part.CLIENT,
        message__sender=Sender.CLIENT,
        message__sender_id__in=staff.values("telegram_id"),
    )


@transaction.atomic
def recognise(request_id: int, *, now: datetime) -> bool:
    """Give an open request the messages of staff as such; one that only staff opened is cancelled as none.

    Closed requests stay as they are (principle 4). Who judges the request anew afterwards finds the answer.
    """
    rows = Request.objects.select_for_update(of=("self",)).select_related("chat", "calendar_version")
    request = rows.filter(pk=request_id, state__in=OPEN_STATES).first()
    said = list(mistaken([request_id]).select_related("message__chat")) if request else []
    if request is None or not said:
        return False
    _mark([row.message for row in said])
    if not _is_of_clients(request):
        reason = Request.Reason.NOT_A_REQUEST
        event = RequestEvent.Kind.CANCELLED
        close(request, state=Request.State.CANCELLED, at=now, actor=None, event=event, reason=reason)
        return True
    for row in said:
        if row.message_id != request.opened_by_id:
            _move(request, row)
    return True


def _is_of_clients(request: Request) -> bool:
    return request.request_messages.filter(part=Part.CLIENT, message__sender=Sender.CLIENT).exists()


def _move(request: Request, row: RequestMessage) -> None:
    row.delete()
    is_command = row.message.text.startswith("/")
    if ends_request(row.message.kind, is_command=is_command):
        join(request, row.message, Part.OTHER_STAFF)


def _mark(messages: Iterable[Message]) -> None:
    people = dict(
        User.objects.filter(
            telegram_id__in={message.sender_id for message in messages}, is_active=True
        ).values_list("telegram_id", "pk")
    )
    for message in messages:
        staff = people[message.sender_id]
        Message.objects.filter(pk=message.pk).update(sender=Sender.STAFF, staff=staff)
