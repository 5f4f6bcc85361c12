"""Answers that no message of staff brings: a template that the bot says for them (ANS-01, TPL-02)."""

from datetime import datetime

from django.db import transaction

from buhbot.models import Message
from buhbot.preferences import preferences
from buhbot.services.messages import say_instead, say_nothing
from sla.models import Request
from sla.selectors import is_accepted
from sla.services.actions import NotAllowed, RequestAlreadyOpen, open_again
from sla.services.intake import hear_staff


@transaction.atomic
def answer_through_bot(command: Message, *, text: str) -> None:
    """Let what the bot says for a staff member count as their message, at the date of the command (ANS-01, TPL-02).

    Raises NotAllowed for somebody whose messages do not count in the chat (ANS-02).
    """
    chosen, at = preferences(), command.sent_at
    if command.staff is None or not is_accepted(
        command.staff, command.chat, any_staff=chosen.any_staff_answers, at=at
    ):
        raise NotAllowed
    say_instead(command, text)
    hear_staff(command, chosen)


@transaction.atomic
def take_back_answer(command: Message, *, now: datetime) -> bool:
    """Open the request again which the bot's words had ended, as they could not be sent (CLI-10, TPL-02).

    Returns False where there is none, or a newer one of the topic is open.
    """
    say_nothing(command)
    rows = Request.objects.select_for_update(of=("self",)).select_related("chat", "calendar_version")
    request = rows.filter(answer=command, state=Request.State.ANSWERED).first()
    if request is None:
        return False
    try:
        open_again(request, actor=None, at=now)
    except RequestAlreadyOpen:
        return False
    return True
