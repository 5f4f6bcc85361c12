"""Judge open requests anew when it changes who looks after their chats: absences, assignments, staff (TIM-04).

What has to change is read from the tables, so that no change can be forgotten, whoever made it: a message of staff that
counts by now, and other accountants on duty than the request names. Closed requests stay as they are.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from buhbot.models import Message
from buhbot.preferences import Preferences, preferences
from sla.duty import Chats, OnDuty, answerable_of, on_duty
from sla.models import OPEN_STATES, Request, RequestEvent, RequestMessage
from sla.selectors import by_accepted, open_requests
from sla.services.closing import answer
from sla.services.intake import answer_now
from sla.services.recognising import mistaken, recognise

log = structlog.get_logger(__name__)

Kind = RequestEvent.Kind
Part = RequestMessage.Part


@transaction.atomic
def reevaluate_chat_requests(chats: Chats, *, now: datetime) -> int:
    """Judge the open requests of the chats anew, in the transaction of the change; return how many changed (TIM-04).

    A staff message that came while a request was open and that counts by now ends it at its own date (ANS-02, ANS-03).
    The others name who is on duty now, and what was sent about them is edited. What people of the firm said before
    their accounts were linked counts as staff's from now on (ADM-04).
    """
    return _reevaluate(open_requests().filter(chat__in=chats), now)


def reevaluate_outdated(now: datetime) -> int:
    """Do the same for every open request to which it applies: absences begin and end by themselves (TIM-04)."""
    return _reevaluate(open_requests(), now)


def _reevaluate(requests: QuerySet[Request], now: datetime) -> int:
    chosen = preferences()
    for request_id in sorted(set(mistaken(requests).values_list("request_id", flat=True))):
        _safely(partial(recognise, request_id, now=now), request_id)
    waiting = RequestMessage.objects.filter(request__in=requests, part=Part.OTHER_STAFF)
    counted = waiting if chosen.any_staff_answers else waiting.filter(by_accepted("message__"))
    answered = [
        _safely(partial(_answer, request_id, chosen), request_id)
        for request_id in set(counted.values_list("request_id", flat=True))
    ]
    return sum(answered) + _renew_duties(requests, now)


def _safely(judge: Callable[[], bool], request_id: int) -> bool:
    """Judge one request; what is wrong with it holds up no other, and is tried again with the next round."""
    try:
        return judge()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("a request could not be judged anew", request=request_id)
        return False


@transaction.atomic
def _answer(request_id: int, chosen: Preferences) -> bool:
    request = (
        Request.objects.select_for_update(of=("self",))
        .select_related("chat", "calendar_version", "opened_by")
        .filter(pk=request_id, state__in=OPEN_STATES)
        .first()
    )
    reply = _reply(request, chosen) if request else None
    if request is None or reply is None:
        return False
    request.request_messages.filter(message=reply).delete()
    answer_now(request, reply, chosen, end=answer)
    return True


def _reply(request: Request, chosen: Preferences) -> Message | None:
    """The earliest message that counts by now; whoever opened a request again said that none before did."""
    said = Message.objects.filter(
        request_messages__request=request, request_messages__part=Part.OTHER_STAFF
    ).select_related("staff", "chat")
    reopened = request.events.filter(kind=Kind.REOPENED).order_by("-at").first()
    if reopened is not None:
        said = said.filter(sent_at__gt=reopened.at)
    counted = said if chosen.any_staff_answers else said.filter(by_accepted())
    return counted.order_by("sent_at", "telegram_message_id").first()


def _renew_duties(requests: QuerySet[Request], now: datetime) -> int:
    """Write down who is on duty now where it is somebody else; messages about the request are edited (REQ-06)."""
    kept = list(requests.values_list("pk", "chat_id", "on_duty", "assigned_to_id"))
    duties = on_duty({chat for _pk, chat, *_rest in kept}, at=now) if kept else {}
    renewed = [
        (pk, before, answerable_of(duties.get(chat, []), assigned)) for pk, chat, before, assigned in kept
    ]
    return sum(_renew(pk, before, after, now) for pk, before, after in renewed if _ids(before) != _ids(after))


def _renew(request_id: int, before: OnDuty, after: OnDuty, now: datetime) -> int:
    fields: dict[str, Any] = {"on_duty": after, "notices_outdated": True}
    is_changed = Request.objects.filter(pk=request_id, state__in=OPEN_STATES).update(**fields)
    if is_changed:
        note = f"{_names(before)} → {_names(after)}"[:500]
        RequestEvent.objects.create(request_id=request_id, kind=Kind.DUTY_CHANGED, at=now, note=note)
    return is_changed


def _ids(people: OnDuty) -> list[int]:
    return [person["id"] for person in people]


def _names(people: OnDuty) -> str:
    return ", ".join(person["name"] for person in people) or "—"
