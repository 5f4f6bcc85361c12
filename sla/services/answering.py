"""Answers that no message of staff brings: a template that the bot says for them, or the FAQ (ANS-01, ANS-05)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from buhbot.models import Message
from buhbot.preferences import preferences
from buhbot.services.messages import note_undelivered, say_instead, say_nothing
from sla.models import OPEN_STATES, Label, Request, RequestEvent, RequestMessage
from sla.selectors import is_accepted
from sla.services.actions import NotAllowed, RequestAlreadyOpen, open_again
from sla.services.closing import close
from sla.services.intake import answer_from_log, hear_staff

Part = RequestMessage.Part


@transaction.atomic
def answer_through_bot(command: Message, *, text: str) -> None:
    """Let what the bot says for a staff member count as their message, at the date of the command (ANS-01, TPL-02).

    Raises NotAllowed for somebody whose messages do not count in the chat (ANS-02).
    """
    chosen, at = preferences(), command.sent_at
    if command.staff is None or not is_accepted(
        command.staff, command.chat, any_staff=chosen.any_staff_answers, at=at
    ):
        raise NotAllowed
    say_instead(command, text)
    hear_staff(command, chosen)


@transaction.atomic
def end_by_faq(message: Message, *, question: str, helped: Collection[int], now: datetime) -> Request | None:
    """End the request of a message whose author was helped by an automatic answer, to nobody's credit (ANS-05).

    Returns None, and ends nothing, where none is open or the client has asked something else in it; `helped` are the
    messages that were answered so before.
    """
    rows = Request.objects.select_for_update(of=("self",)).select_related("chat", "calendar_version")
    request = rows.filter(state__in=OPEN_STATES, request_messages__message=message).first()
    if request is None:
        return None
    asked = request.request_messages.filter(part=Part.CLIENT, message__classification__label=Label.REQUEST)
    if asked.exclude(message__in=[message.pk, *helped]).exists():
        return None
    close(
        request,
        state=Request.State.ANSWERED,
        at=max(now, request.opened_at),
        actor=None,
        event=RequestEvent.Kind.FAQ_ANSWERED,
        reason=Request.Reason.FAQ,
        note=question[:500],
    )
    return request


@transaction.atomic
def take_back_answer(command: Message, *, now: datetime) -> bool:
    """Open the request again which the bot's words had ended, as they could not be sent (CLI-10, TPL-02).

    Returns False where there is none, a newer one of the topic is open, or staff have answered since.
    """
    if command.is_private:
        note_undelivered(command)
    else:
        say_nothing(command)
    rows = Request.objects.select_for_update(of=("self",)).select_related("chat", "calendar_version")
    request = rows.filter(answer=command, state=Request.State.ANSWERED).first()
    if request is None:
        return False
    try:
        open_again(request, at=now)
    except RequestAlreadyOpen:
        return False
    RequestEvent.objects.create(request=request, kind=RequestEvent.Kind.REOPENED, at=now)
    answer_from_log(request, preferences())
    return request.is_open
