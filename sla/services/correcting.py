"""What people say a message is: it takes effect at once, and teaches the classifier (CLS-07)."""

from datetime import datetime

from django.db import transaction

from buhbot.models import Chat, Message, User
from sla.models import Classification, Correction, Label, Request
from sla.selectors import may_act
from sla.services.actions import NotAllowed
from sla.services.classifying import NOT_ASKED
from sla.services.reclassifying import note_reclassified, take_as_none, take_as_request


class NotAClientMessage(Exception):
    """Only what a client wrote has a class."""


@transaction.atomic
def correct_class(message: Message, *, label: str, actor: User, origin: str, now: datetime) -> Request | None:
    """Let the message be what the person says; return the request that this opened or cancelled, if any (CLS-07).

    A REQUEST opens one with the message's date if none is open. Anything else cancels the open one that has the
    message, if nothing else was asked in it. Raises NotAllowed or NotAClientMessage.
    """
    chat = Chat.objects.select_for_update().get(pk=message.chat_id)  # nothing is heard meanwhile
    if not may_act(actor, chat):
        raise NotAllowed
    if message.sender != Message.Sender.CLIENT:
        raise NotAClientMessage
    message.chat = chat
    before = record_correction(message, label=label, actor=actor, origin=origin, now=now)
    if label == Label.REQUEST:
        changed = take_as_request(message, label, actor=actor, now=now)
    else:
        changed = take_as_none(message, actor=actor, now=now)
    touched = changed or _request_of(message)
    if touched is not None and before != label:
        note_reclassified(touched, before=before, after=label, actor=actor, now=now)
    return changed


def record_correction(message: Message, *, label: str, actor: User, origin: str, now: datetime) -> str:
    """Store the class and keep the text as training data; return the class before, empty if there was none.

    What staff had said before is not kept a second time.
    """
    known = Classification.objects.filter(message=message).first()
    before = known.label if known else ""
    is_said = known is not None and known.source == Classification.Source.STAFF and before == label
    said = {"label": label, "confidence": 1.0, "source": Classification.Source.STAFF, "version": ""}
    Classification.objects.update_or_create(message=message, defaults=said | NOT_ASKED)
    if not is_said:
        Correction.objects.create(
            message=message,
            text=message.text,
            label=label,
            label_before=before,
            origin=origin,
            made_at=now,
            made_by=actor,
        )
    return before


def _request_of(message: Message) -> Request | None:
    row = message.request_messages.select_related("request").order_by("-pk").first()
    return row.request if row else None
