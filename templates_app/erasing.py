"""The part of the files in the erasure of a client; the copies are deleted afterwards (SEC-14)."""

from django.utils.translation import gettext_lazy as _

from buhbot.erasing import Counts, Person, call
from templates_app.models import ServiceOrder


def erase(person: Person) -> Counts:
    """Erase the files of the person and the questions without an answer."""
    gone = call("erase_files", person.telegram_id, person.words, person.quotes)
    orders, _each = ServiceOrder.objects.filter(person_id=person.telegram_id).delete()
    return [
        (_("Files, with their copies in the storage"), gone["files"]),
        (_("Questions that the FAQ did not know"), gone["questions"]),
        (_("Orders of services with their answers"), orders),
    ]
