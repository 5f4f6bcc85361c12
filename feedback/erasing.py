"""The part of the surveys in the erasure of a client: ratings stay, of nobody (SEC-14, FBK-05)."""

from django.utils.translation import gettext_lazy as _

from buhbot.erasing import Counts, Person, call


def erase(person: Person) -> Counts:
    """Erase who voted and what was said about it; the figures of the surveys do not change."""
    gone = call("erase_feedback", person.telegram_id, person.words, person.quotes)
    return [
        (_("Votes that lose the name"), gone["votes"]),
        (_("Comments on votes"), gone["comments"]),
    ]
