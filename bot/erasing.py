"""The part of the inbox and the outbox in the erasure of a client (SEC-14)."""

from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bot.models import InboundUpdate
from buhbot.erasing import CannotErase, Counts, Person, call


def erase(person: Person) -> Counts:
    """Erase what Telegram sent of the person and what was said of them. Raises CannotErase while something waits."""
    if _waiting(person.telegram_id):
        raise CannotErase(_("The bot has not read all messages of this client yet. Try again in a minute."))
    known = call("erase_private", person.telegram_id)
    gone = call("erase_traffic", person.telegram_id, person.words, person.sure, person.quotes)
    return [
        (gettext_lazy("Chats in which the client was known as a member"), known["memberships"]),
        (gettext_lazy("Updates as Telegram sent them"), gone["received"]),
        (gettext_lazy("Messages of the bot that named or quoted the client"), gone["sent"]),
    ]


def _waiting(telegram_id: int) -> bool:
    names = RawSQL("payload @? format('strict $.** ? (@ == %%s)', %s)::jsonpath", [telegram_id])
    waiting = InboundUpdate.objects.filter(state=InboundUpdate.State.PENDING).annotate(names=names)
    return waiting.filter(Q(lane=telegram_id) | Q(names=True)).exists()
