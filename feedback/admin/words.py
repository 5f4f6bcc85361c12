"""How surveys are shown: states in colours, who is asked, how far the sending is (SUR-03, SUR-04)."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from buhbot.admin.base import badge
from buhbot.admin.mailings import NAMED_CHATS, Named
from buhbot.audience import Tally
from buhbot.models import Chat
from buhbot.texts import share
from feedback.models import Delivery, Survey
from feedback.rules import EXPIRED, RUNNING
from feedback.selectors import Audience, Progress

COLOURS = {
    Survey.State.DRAFT: "",
    Survey.State.SCHEDULED: "info",
    Survey.State.SENDING: "warning",
    Survey.State.ACTIVE: "success",
    Survey.State.CLOSED: "",
    EXPIRED: "",
}


def state_badge(survey: Survey, *, now: datetime) -> str:
    """Show the state as it is by the clock."""
    state = survey.standing(now)
    word = _("is over") if state == EXPIRED else str(survey.get_state_display())
    return badge(word, COLOURS[state])


def members(found: Audience) -> dict[str, Any]:
    """Return what the page of an audience shows: numbers, and the first chats by name."""
    left_out = Counter(str(reason) for _chat, reason in found.left_out)
    asked, out = len(found.asked), len(found.left_out)
    most = max(NAMED_CHATS // 2, NAMED_CHATS - asked)  # of those left out, however many are asked
    rows = [*((chat, "") for chat in found.asked[: NAMED_CHATS - min(most, out)])]
    rows += [(chat, str(why)) for chat, why in found.left_out[:most]]
    return {
        "tally": Tally(len(found.asked), dict(left_out)),
        "left_out": [(skip_word(reason), number) for reason, number in sorted(left_out.items())],
        "named": [_named(chat, why) for chat, why in rows],
        "more": asked + out - len(rows),
    }


def skip_word(reason: str) -> str:
    """Say why a chat is left out."""
    return str(Delivery.Skip(reason).label)


def _named(chat: Chat, why: str) -> Named:
    title = chat.title if chat.title != str(chat) else ""
    return Named(chat.pk, str(chat), title, skip_word(why) if why else "")


def shown_progress(survey: Survey, found: Progress, *, now: datetime) -> dict[str, Any]:
    """Return what the page of a survey that was started says, and whether it is still of interest to look again."""
    sent = found.total - found.unfinished
    return {
        "survey": survey,
        "state": state_badge(survey, now=now),
        "progress": found,
        "sent": sent,
        "failed": found.counts.get(Delivery.State.FAILED, 0),
        "left_out": found.counts.get(Delivery.State.SKIPPED, 0),
        "reasons": [(skip_word(reason), number) for reason, number in sorted(found.skipped.items())],
        "rate": share(found.response_rate),
        "is_moving": survey.standing(now) in (*RUNNING, Survey.State.SCHEDULED) or found.unfinished > 0,
    }
