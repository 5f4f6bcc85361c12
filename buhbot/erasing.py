"""The erasure of one client at the client's request: every room erases its part, in one transaction (SEC-14).

Names, texts, files and numbers go; requests, times and counts stay, of nobody. Rows that are only ever added to are
changed by functions of the database, which administrators and commands may call (SEC-03).
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.errors import LockNotAvailable, QueryCanceled

from buhbot.models import AuditEntry, Chat, Message, MessageRevision, SurveyOptOut, User
from buhbot.services.audit import record

# Letters of a text by which it is known again; shorter ones say nothing of anybody.
LEAST_QUOTE, LONGEST_QUOTE = 10, 40
LEAST_NAME = 3
LOCK_MS = 3000  # how long a page waits for a chat that the bot is at work in
WORD = "[[:alnum:]_]"


class CannotErase(Exception):
    """Something has to be done first; the words say what, and `command` is what to type on the server."""

    command = ""


class TooMuch(CannotErase):
    """A page cannot wait for it."""

    command = "manage.py erase_client"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to erase, and how to find them: patterns for the database, and beginnings of their texts."""

    telegram_id: int
    names: tuple[str, ...]
    words: str
    sure: str
    quotes: tuple[str, ...]
    now: datetime


Counts = list[tuple[str | Promise, int]]
Erase = Callable[[Person], Counts]


def erase_client(
    telegram_id: int, *, actor: User | None, now: datetime, seconds: float | None = None
) -> Counts:
    """Erase the person for good; return what went, in words. Raises CannotErase.

    With `seconds` it gives up when the database needs longer for a step, and nothing has happened.
    """
    with _patience(seconds), transaction.atomic():
        gone = _erase(telegram_id, now)
        note = _("A client was erased at the client's request.")
        record(AuditEntry.Kind.DONE, actor=actor, note=note, now=now)
    return gone


def rehearse(telegram_id: int, *, now: datetime, seconds: float | None = None) -> Counts:
    """Return what `erase_client` would erase: it is done, and taken back. Raises CannotErase."""
    with _patience(seconds), transaction.atomic():
        gone = _erase(telegram_id, now)
        transaction.set_rollback(True)
    return gone


@contextmanager
def _patience(seconds: float | None) -> Iterator[None]:
    """Let no step within take longer, nor wait long for what the bot is at work on."""
    if seconds is None:
        yield
        return
    try:
        with transaction.atomic():
            _set_timeouts(str(round(seconds * 1000)), str(LOCK_MS))
            yield
            _set_timeouts("0", "0")  # for the rest of the request
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise CannotErase(
                _("The bot is at work in a chat of this client. Try again in a minute.")
            ) from None
        if isinstance(error.__cause__, QueryCanceled):
            raise TooMuch(
                _("So much is stored that a page cannot wait for it. Ask whoever runs the server to do:")
            ) from None
        raise


def _set_timeouts(statement_ms: str, lock_ms: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true), set_config('lock_timeout', %s, true)",
            [statement_ms, lock_ms],
        )


def names_of(telegram_id: int) -> list[str]:
    """Return the names under which the person is known here; none: nobody of this number is."""
    said = Message.objects.filter(sender_id=telegram_id, staff=None).order_by()
    private = Chat.objects.filter(telegram_id=telegram_id, kind=Chat.Kind.PRIVATE)
    names = {*said.values_list("sender_name", flat=True).distinct()}
    names |= {name for row in private.values_list("title", "username", "client_name") for name in row}
    names |= {*SurveyOptOut.objects.filter(telegram_id=telegram_id).values_list("name", flat=True)}
    return sorted(name for name in names if name)


def chats_of(telegram_id: int) -> list[Chat]:
    """Return the chats in which the person wrote, and the one with the bot."""
    said = Message.objects.filter(sender_id=telegram_id, staff=None).order_by()
    return list(
        Chat.objects.filter(Q(pk__in=said.values("chat")) | Q(telegram_id=telegram_id)).order_by("pk")
    )


def _erase(telegram_id: int, now: datetime) -> Counts:
    if User.objects.filter(telegram_id=telegram_id).exists():
        raise CannotErase(_("This is a staff member: unlink the Telegram account first."))
    if telegram_id <= 0:
        raise CannotErase(_("This is no number of a person."))
    _hold_chats(telegram_id)
    person = _person(telegram_id, now)
    rooms: list[Erase] = [import_string(path) for path in settings.ERASING]
    return [line for erase_part in rooms for line in erase_part(person)]


def _hold_chats(telegram_id: int) -> None:
    """Nothing is heard in the chats of the person until the end of the transaction."""
    said = Message.objects.filter(sender_id=telegram_id).values("chat")
    chats = Chat.objects.select_for_update().filter(Q(pk__in=said) | Q(telegram_id=telegram_id))
    list(chats.order_by("pk").values_list("pk", flat=True))


def _person(telegram_id: int, now: datetime) -> Person:
    said = Message.objects.filter(sender_id=telegram_id, staff=None).order_by()
    texts = {text for row in said.values_list("text", "file_name").iterator() for text in row}
    texts |= {*MessageRevision.objects.filter(message__in=said).order_by().values_list("text", flat=True)}
    names = tuple(name for name in names_of(telegram_id) if len(name) >= LEAST_NAME)
    number = str(telegram_id)
    sure = [number, *(name for name in names if " " in name.strip() or _is_username(telegram_id, name))]
    return Person(telegram_id, names, _pattern([number, *names]), _pattern(sure), _quotes(texts), now)


def _is_username(telegram_id: int, name: str) -> bool:
    return Chat.objects.filter(telegram_id=telegram_id, username=name).exists()


def _pattern(words: list[str]) -> str:
    """Return a regular expression of Postgres that finds any of the words, as whole words."""
    longest_first = sorted(set(words), key=len, reverse=True)
    return f"(?<!{WORD})({'|'.join(map(re.escape, longest_first))})(?!{WORD})"


def _quotes(texts: set[str]) -> tuple[str, ...]:
    """Return the beginnings of the texts in plain words, as the database reads them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT left(plain, %s) FROM unnest(%s::text[]) AS text, plain_words(text) AS plain"
            " WHERE length(plain) >= %s",
            [LONGEST_QUOTE, sorted(texts), LEAST_QUOTE],
        )
        return tuple(text for (text,) in cursor.fetchall())


def call(function: str, *values: Any) -> dict[str, int]:
    """Call one of the database's erasing functions; return what it counted."""
    given = [list(value) if isinstance(value, tuple) else value for value in values]
    places = ", ".join(
        ["%s::bigint", *("%s::text[]" if isinstance(v, list) else "%s::text" for v in given[1:])]
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({places})", given)
        (counted,) = cursor.fetchone()
    return json.loads(counted) if isinstance(counted, str) else dict(counted)


def erase(person: Person) -> Counts:
    """Erase the person from messages, private chat and journals."""
    gone = call("erase_person", person.telegram_id, person.words, person.sure, person.quotes)
    return [
        (gettext_lazy("Messages that lose name and text"), gone["messages"]),
        (gettext_lazy("Earlier versions of messages"), gone["revisions"]),
        (gettext_lazy("Private chat with the bot"), gone["private"]),
        (gettext_lazy("Journal entries that lose names and texts"), gone["audited"]),
    ]
