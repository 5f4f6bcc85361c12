"""Random histories of a firm: requests that are opened, answered, paused and undone by the services themselves."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from buhbot.models import Assignment, Calendar, Chat, Message, Role, Tier, User
from buhbot.services.calendars import current_version
from sla import services
from sla.models import Request
from sla.services.closing import answer, close, move_answer
from sla.services.opening import move_opening, open_request
from sla.services.pausing import hear_client, pause

START = datetime(2026, 3, 2, tzinfo=UTC)  # clocks change in New York on the 8th, in Berlin on the 29th
DAYS = 28
NOW = START + timedelta(days=DAYS, hours=9)
_numbers = count(1)


def person(name: str, role: str = Role.ACCOUNTANT) -> User:
    return User.objects.create_user(f"{next(_numbers)}@firm.test", full_name=name, role=role)


def client_chat(name: str, tier: str, *accountants: User, calendar: Calendar | None = None) -> Chat:
    chat = Chat.objects.create(
        telegram_id=-next(_numbers), kind="supergroup", title=name, tier=Tier.objects.get(code=tier),
        is_monitored=True, registered_at=START, calendar=calendar,
    )  # fmt: skip
    for number, user in enumerate(accountants):
        Assignment.objects.create(chat=chat, user=user, is_primary=number == 0)
    return chat


def message(chat: Chat, at: datetime, staff: User | None = None, topic_id: int = 0) -> Message:
    return Message.objects.create(
        chat=chat, telegram_chat_id=chat.telegram_id, telegram_message_id=next(_numbers), kind="text",
        sender="staff" if staff else "client", staff=staff, sent_at=at, text="…", topic_id=topic_id,
    )  # fmt: skip


@dataclass
class Firm:
    """Three accountants, a manager, four chats of three tiers; one of them works at night in New York."""

    people: list[User] = field(default_factory=lambda: [person(name) for name in ("Анна", "Борис", "Вера")])
    manager: User = field(default_factory=lambda: person("Михаил", Role.MANAGER))
    chats: list[Chat] = field(default_factory=list)

    def __post_init__(self) -> None:
        anna, boris, vera = self.people
        nights = Calendar.objects.create(
            name="ночь", time_zone="America/New_York", weekly={str(day): "22:00-06:00" for day in range(1, 8)}
        )
        current_version(nights)
        self.chats = [
            client_chat("Ромашка", "standard", anna, boris),
            client_chat("Вектор", "premium", boris),
            client_chat("Гранд", "basic", vera, calendar=nights),
            client_chat("Ничья", "standard"),
        ]


@dataclass
class History:
    """Plays fates, each at least once, each for a request in a topic of its own."""

    firm: Firm
    dice: random.Random
    topics: "count[int]" = field(default_factory=lambda: count(1))

    def play(self, requests: int) -> None:
        fates = [
            self.open, self.answered, self.answered, self.answered, self.answered, self.resolved, self.cancelled,
            self.answered_at_due, self.reopened, self.withdrawn, self.paused, self.still_paused, self.opened_earlier,
        ]  # fmt: skip
        for fate in fates + self.dice.choices(fates, k=requests - len(fates)):
            fate()

    def after(self, at: datetime) -> datetime:
        """Some time later, mostly soon, never after now."""
        scale = self.dice.choice([300, 3600, 20_000, 200_000])
        return min(at + timedelta(seconds=self.dice.randint(1, scale)), NOW)

    def anybody(self) -> User:
        return self.dice.choice([*self.firm.people, self.firm.manager])

    def open(self) -> Request:
        at = START + timedelta(seconds=self.dice.randrange(DAYS * 86400))
        if self.dice.random() < 0.2:
            at = at.replace(hour=21, minute=0, second=0)  # midnight in Moscow
        return open_request(message(self.dice.choice(self.firm.chats), at, topic_id=next(self.topics)))

    def answers(self, request: Request, at: datetime) -> None:
        answer(request, message(request.chat, at, self.anybody(), request.topic_id))

    def answered(self) -> Request:
        request = self.open()
        self.answers(request, self.after(request.opened_at))
        return request

    def answered_at_due(self) -> None:
        request = self.open()
        self.answers(request, request.due_at + timedelta(seconds=self.dice.choice([0, 1])))

    def resolved(self) -> None:
        self._close(services.resolve)

    def cancelled(self) -> None:
        self._close(services.cancel)

    def _close(self, end: Callable[..., Request]) -> None:
        request = self.open()
        end(request.pk, actor=self.firm.manager, now=self.after(request.opened_at))

    def reopened(self) -> None:
        request = self.answered()
        assert request.closed_at
        at = request.closed_at + timedelta(minutes=5)
        request = services.reopen(request.pk, actor=self.firm.manager, now=at)
        if self.dice.random() < 0.5:
            self.answers(request, self.after(at))

    def withdrawn(self) -> None:
        """A breach fires, and then an earlier answer turns up: the first one, or one before it."""
        request = self.open()
        services.fire_due(request.due_at)
        request.refresh_from_db()
        self.answers(request, request.due_at + timedelta(minutes=20))
        earlier = message(
            request.chat, request.due_at - timedelta(seconds=5), self.anybody(), request.topic_id
        )
        move_answer(request, earlier)

    def paused(self) -> None:
        request = self._waits()
        word = message(request.chat, self.after(request.paused_at or NOW), topic_id=request.topic_id)
        hear_client(request, word)
        if self.dice.random() < 0.7:
            self.answers(request, self.after(word.sent_at))

    def still_paused(self) -> None:
        request = self._waits()
        if self.dice.random() < 0.5:
            at = self.after(request.paused_at or NOW)
            close(request, state="resolved", at=at, actor=self.anybody(), event="resolved")

    def _waits(self) -> Request:
        request = self.open()
        pause(request, actor=self.anybody(), at=self.after(request.opened_at))
        return request

    def opened_earlier(self) -> None:
        request = self.answered()
        move_opening(
            request, message(request.chat, request.opened_at - timedelta(hours=2), topic_id=request.topic_id)
        )
