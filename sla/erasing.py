"""The part of the requests in the erasure of a client: words go, requests and times stay (SEC-14)."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from buhbot.erasing import CannotErase, Counts, Person, call
from buhbot.models import Message
from sla import llm
from sla.conversation import situation_of_logged
from sla.llm.guard import ANSWERS_SECONDS
from sla.models import Classification
from sla.selectors import open_requests


def erase(person: Person) -> Counts:
    """Erase what the person asked, and what was learnt from it. Raises CannotErase while a request is open.

    An open request without its words could not be answered, and to close it is a decision of people.
    """
    still_open = open_requests().filter(request_messages__message__sender_id=person.telegram_id)
    numbers = ", ".join(
        f"№\u00a0{pk}" for pk in still_open.order_by("pk").values_list("pk", flat=True).distinct()
    )
    if numbers:
        raise CannotErase(
            _("Requests of this client are open: %(numbers)s. Answer or close them first.")
            % {"numbers": numbers}
        )
    keys = _remembered(person)
    gone = call("erase_requests", person.telegram_id, person.words, person.quotes)
    transaction.on_commit(lambda: llm.guard.forget_answers(keys), robust=True)
    return [
        (gettext_lazy("Requests that lose their text"), gone["requests"]),
        (gettext_lazy("Corrections that the classifier learnt from"), gone["corrections"]),
    ]


def _remembered(person: Person) -> list[str]:
    """Return the keys of the language model's answers about the person's texts that may still be kept (CLS-05)."""
    since = person.now - timedelta(seconds=ANSWERS_SECONDS)
    judged = Classification.objects.filter(source=Classification.Source.LLM, message__sent_at__gte=since)
    said = Message.objects.filter(sender_id=person.telegram_id, classification__in=judged)
    asked = [(message.text, situation_of_logged(message).context.staff_text) for message in said]
    return [key for text, question in asked for key in llm.keys(text, asked=question)]
