"""Answer frequent questions by themselves, and learn how the answers fared (FAQ-03, ANS-05)."""

import threading
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Max, Sum

from buhbot.models import Message
from templates_app.matching import Matcher
from templates_app.models import FaqAnswer, FaqItem, UnansweredQuestion
from templates_app.selectors import faq_items, questions

Sender = Message.Sender
Verdict = FaqAnswer.Verdict
SAME_ANSWER = timedelta(hours=1)
STAFF_IS_THERE = timedelta(minutes=10)
STALE = timedelta(minutes=10)
COUNTERS = {Verdict.HELPED: "helped_count", Verdict.NOT_HELPED: "not_helped_count"}


class _Made(threading.local):
    version: dict[str, object] | None = None
    matcher: Matcher | None = None


_made = _Made()


@transaction.atomic(savepoint=False)
def answer_question(message: Message, *, is_request: bool, now: datetime) -> FaqAnswer | None:
    """Find the item that answers a client's new message, and write down that it is given (FAQ-03).

    Returns None where none fits, the item was given in the chat within the hour, staff wrote within ten minutes, or
    the message is older than that. A request to which no item fits is kept for new ones (FAQ-04).
    """
    matcher = _matcher()
    best = matcher.best(message.text) if matcher else None
    if best is None:
        if is_request:
            UnansweredQuestion.objects.create(message=message, asked_at=message.sent_at)
        return None
    if now - message.sent_at > STALE or _is_staff_there(message) or _is_given(best.key, message):
        return None
    FaqItem.objects.filter(pk=best.key).update(usage_count=F("usage_count") + 1)
    return FaqAnswer.objects.create(
        item_id=best.key, chat=message.chat, message=message, given_at=message.sent_at
    )


def _matcher() -> Matcher | None:
    """The enabled items made ready; made anew when one of them has changed. None: there are none."""
    version = faq_items().aggregate(Count("pk"), Max("changed_at"), Sum("usage_count"))
    if not version["pk__count"]:
        return None
    if _made.version != version:
        _made.matcher, _made.version = Matcher(questions(faq_items())), version
    return _made.matcher


def _is_staff_there(message: Message) -> bool:
    """Whether somebody of the firm looks after the chat right now, who answers better."""
    said = Message.objects.filter(chat=message.chat, sender__in=[Sender.STAFF, Sender.ANONYMOUS_ADMIN])
    return said.filter(sent_at__gt=message.sent_at - STAFF_IS_THERE).exists()


def _is_given(item_id: int, message: Message) -> bool:
    given = FaqAnswer.objects.filter(chat=message.chat, item=item_id)
    return given.filter(given_at__gt=message.sent_at - SAME_ANSWER).exists()


@transaction.atomic
def react(answer: FaqAnswer, verdict: str) -> bool:
    """Note what the client said of the answer; False: something was said before (ANS-05)."""
    fresh = FaqAnswer.objects.filter(pk=answer.pk, verdict=Verdict.NONE)
    if not fresh.update(verdict=verdict):
        return False
    counter = COUNTERS[Verdict(verdict)]
    FaqItem.objects.filter(pk=answer.item_id).update(**{counter: F(counter) + 1})
    return True
