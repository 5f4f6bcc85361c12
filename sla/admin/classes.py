"""What a message was taken for, in words, and the correction of it (CLS-04, CLS-07)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from buhbot.models import Message, User
from buhbot.services.audit import Change
from sla import services
from sla.classifier.memory import MEMORY_VERSION
from sla.models import Classification, Correction, Label, Request

Source = Classification.Source
LABEL_COLOURS: dict[str, str] = {
    Label.REQUEST: "primary",
    Label.CLARIFICATION: "info",
    Label.GRATITUDE: "success",
}
SOURCE_NAMES = {
    Source.RULES: gettext_lazy("by rules"),
    Source.MODEL: gettext_lazy("by the local model"),
    Source.LLM: gettext_lazy("by the language model"),
    Source.STAFF: gettext_lazy("by staff"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """The class of a client's message as a page shows it; `label` is empty where there is none."""

    message_id: int
    label: str
    text: str


def said_of(message: Message) -> Said | None:
    """Say what the message was taken for, how surely and by whom; None for what no client wrote."""
    if message.sender != Message.Sender.CLIENT:
        return None
    known: Classification | None = getattr(message, "classification", None)
    if known is None:
        return Said(message.pk, "", _("no class"))
    by = _("as corrected before") if known.version == MEMORY_VERSION else SOURCE_NAMES[Source(known.source)]
    sure = "" if known.source == Source.STAFF else f" {round(known.confidence * 100)}\u00a0%"
    return Said(message.pk, known.label, f"{known.get_label_display()}{sure} · {by}")


def label_of(message: Message) -> str:
    """Return the class that the message has now, empty for none."""
    return Classification.objects.filter(message=message).values_list("label", flat=True).first() or ""


def class_change(before: str, after: str) -> Change:
    """Say which class became which."""
    names = dict(Label.choices)
    return Change(_("class"), str(names.get(before, "—")), str(names.get(after, "—")))


def correct(message: Message, label: str, *, actor: User, now: datetime) -> tuple[bool, str]:
    """Correct the class; return whether it was done, and what to tell."""
    if label not in Label.values:
        return False, _("There is no such class.")
    try:
        changed = services.correct_class(
            message, label=label, actor=actor, origin=Correction.Origin.ADMIN, now=now
        )
    except services.NotAllowed:
        return False, _("You have no right to do this in this chat.")
    except services.NotAClientMessage:
        return False, _("Only what a client wrote has a class.")
    return True, _told(changed)


def change_in_words(note: str) -> str:
    """Write the note of an event as words: which class became which."""
    names = dict(Label.choices)
    return " → ".join(str(names.get(label, "—")) for label in note.split(">"))


def _told(changed: Request | None) -> str:
    if changed is None:
        return _("The class was corrected.")
    if changed.state == Request.State.CANCELLED:
        return _("The class was corrected. Request № %(number)d was cancelled.") % {"number": changed.pk}
    return _("The class was corrected. Request № %(number)d was opened.") % {"number": changed.pk}
