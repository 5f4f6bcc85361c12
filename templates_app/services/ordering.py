"""Orders of services: begun, answered field by field, cancelled; they run out after a day (CLI-04)."""

from datetime import datetime, timedelta

from django.db import transaction

from buhbot.models import Chat
from templates_app.models import Service, ServiceOrder
from templates_app.models.services import fields_of

MAX_ANSWER = 300
RUNS_OUT = timedelta(days=1)  # after the last question
State = ServiceOrder.State


class AnswerTooLong(ValueError):
    """An answer has at most MAX_ANSWER characters."""


class AnswerEmpty(ValueError):
    """An answer has to say something."""


@transaction.atomic
def start_order(
    service: Service, *, chat: Chat, said_in: Chat, topic_id: int, person_id: int, now: datetime
) -> tuple[ServiceOrder, bool]:
    """Begin an order; what the person had begun there of another service is given up (CLI-04).

    Returns the order and whether it is new: one of the same service goes on.
    """
    Chat.objects.select_for_update(no_key=True).get(pk=said_in.pk)
    asking = asked_order(said_in, person_id, now=now)
    if asking is not None and (asking.service_id, asking.chat_id) == (service.pk, chat.pk):
        return asking, False
    stale = ServiceOrder.objects.filter(said_in=said_in, person_id=person_id, state=State.ASKING)
    stale.update(state=State.CANCELLED if asking else State.EXPIRED)
    order = ServiceOrder(service=service, chat=chat, said_in=said_in, topic_id=topic_id, person_id=person_id)
    order.fields, order.started_at, order.asked_at = fields_of(service.fields), now, now
    order.state = State.ASKING if order.fields else State.ORDERED
    order.save(force_insert=True)
    return order, True


def asked_order(said_in: Chat, person_id: int, *, now: datetime) -> ServiceOrder | None:
    """Return the order about which the person is being asked there, locked; none after a day of silence."""
    rows = ServiceOrder.objects.select_for_update(of=("self",)).select_related("service", "chat", "said_in")
    asking = rows.filter(said_in=said_in, person_id=person_id, state=State.ASKING)
    return asking.filter(asked_at__gt=now - RUNS_OUT).first()


@transaction.atomic
def answer_order(order: ServiceOrder, text: str, *, now: datetime) -> None:
    """Take the answer to the field that was asked for; with the last one it is ordered (CLI-04).

    The order is locked. Raises AnswerEmpty or AnswerTooLong.
    """
    answer = " ".join(text.replace("\0", "").split())
    if not answer:
        raise AnswerEmpty
    if len(answer) > MAX_ANSWER:
        raise AnswerTooLong
    order.answers = [*order.answers, answer]
    order.asked_at = now
    order.state = State.ASKING if order.next_field else State.ORDERED
    order.save(update_fields=["answers", "asked_at", "state"])


def cancel_order(order: ServiceOrder) -> bool:
    """Give an order up; False: it was over already."""
    return bool(ServiceOrder.objects.filter(pk=order.pk, state=State.ASKING).update(state=State.CANCELLED))
