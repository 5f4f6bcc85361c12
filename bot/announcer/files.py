"""Files of clients: accountants on duty hear of new ones, clients of what became of theirs (FIL-04)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from bot.announcer.alone import alone
from bot.models import OutgoingMessage
from bot.notices import files_of, queue_notices_of, refresh_notices
from bot.outbox import queue_message
from bot.texts import files as texts
from buhbot.models import Chat
from buhbot.selectors import place_of
from templates_app.models import FileEvent, ReceivedFile

Audience = OutgoingMessage.Audience
State = ReceivedFile.State
COLLECTED = timedelta(seconds=2)  # an album's files come one by one
TOLD_TO_CLIENTS = (State.DONE, State.RETURNED)


def tell_files(now: datetime) -> int:
    """Tell of new files and of changed ones; return how many facts there were."""
    new = ReceivedFile.objects.filter(is_untold=True, registered_at__lte=now - COLLECTED)
    changed = FileEvent.objects.filter(told_at=None)
    return sum(
        alone(tell, key, now)
        for tell, facts in ((_tell_new, new), (_tell_changed, changed))
        for key in list(facts.order_by("pk").values_list("pk", flat=True))
    )


@transaction.atomic
def _tell_new(file_id: int, now: datetime) -> int:
    """Tell the accountants on duty of a file and of those that came with it, unless that is done."""
    rows = ReceivedFile.objects.select_for_update(skip_locked=True, of=("self",)).select_related("chat")
    file = rows.filter(pk=file_id, is_untold=True).first()
    if file is None:
        return 0
    files = files_of(file)
    if not refresh_notices(files):
        queue_notices_of(files, now=now)
    ReceivedFile.objects.filter(pk__in=[one.pk for one in files]).update(is_untold=False)
    return len(files)


@transaction.atomic
def _tell_changed(event_id: int, now: datetime) -> int:
    """Tell what was done to a file, together with what was done to others at the same time, by one announcer."""
    Chat.objects.select_for_update(no_key=True).filter(files__events=event_id).first()
    rows = FileEvent.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
        "file__chat", "file__message"
    )
    event = rows.filter(pk=event_id, told_at=None).first()
    if event is None:
        return 0
    same = rows.filter(told_at=None, at=event.at, state=event.state, note=event.note, actor=event.actor_id)
    events = list(
        same.filter(file__chat=event.file.chat_id).order_by("file__message__telegram_message_id", "pk")
    )
    files = [one.file for one in events if (one.file.state, one.file.note) == (one.state, one.note)]
    if files and event.state in TOLD_TO_CLIENTS and event.file.chat.life_cycle == Chat.LifeCycle.ACTIVE:
        _tell_client(files)
    for together in _by_notice(files):
        refresh_notices(together)
    FileEvent.objects.filter(pk__in=[one.pk for one in events]).update(told_at=now)
    return len(events)


def _by_notice(files: Iterable[ReceivedFile]) -> Iterable[list[ReceivedFile]]:
    """Each group of files that came together, whole."""
    firsts = {file.media_group_id or str(file.message_id): file for file in files}
    return map(files_of, firsts.values())


def _tell_client(files: Sequence[ReceivedFile]) -> None:
    """Reply to the message of the first of them, in its topic."""
    first = files[0]
    is_done = first.state == State.DONE
    queue_message(
        place_of(first.message),
        audience=Audience.CLIENT,
        text=texts.done_for_client(files) if is_done else texts.returned_for_client(files, first.note),
        reply_to_message_id=first.message.telegram_message_id,
        topic_id=first.message.topic_id,
    )
