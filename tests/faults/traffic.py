"""People who go on talking while things break, and what must have come of what they said."""

import itertools
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from simulator.stack import Stack
from tests.faults.firm import TALKS, accountant_of, client_of, talk

Json = dict[str, Any]
QUESTION, MORE, ANSWER = range(3)
TEXTS = ("Когда будет готов отчёт № {}?", "И ещё нужна выписка № {}", "Готово, отправили № {}")
STEP_SECONDS = 5  # between two lines of a talk, by Telegram's clock
PAST_SECONDS = 3000
RETRY_SECONDS = 0.2
TAKEN_SECONDS = 60
POSTERS = 4
FIRST_POSTED_ID = 800_000_000


@dataclass(frozen=True)
class Line:
    message_id: int
    part: int
    text: str
    at: int


@dataclass(frozen=True, order=True)
class Wanted:
    """A request that must exist: its chat, when it opened and closed (unix seconds), how many client messages."""

    chat: int
    opened_at: int
    closed_at: int | None
    client_messages: int


@dataclass
class Talk:
    """One chat: a question, something more, the answer, and again, each a few seconds after the one before."""

    chat: int
    lines: list[Line] = field(default_factory=list)
    clock: int = field(default_factory=lambda: int(time.time()) - PAST_SECONDS)

    def next(self) -> tuple[int, str, int]:
        """Who says what, and when."""
        self.clock += STEP_SECONDS
        part = len(self.lines) % 3
        person = accountant_of(self.chat) if part == ANSWER else client_of(self.chat)
        return person, TEXTS[part].format(len(self.lines)), self.clock

    def said(self, message_id: int) -> None:
        part, text = len(self.lines) % 3, TEXTS[len(self.lines) % 3].format(len(self.lines))
        self.lines.append(Line(message_id, part, text, self.clock))

    def wanted(self) -> Iterable[Wanted]:
        for start in range(0, len(self.lines), 3):
            one = self.lines[start : start + 3]
            closed_at = one[ANSWER].at if len(one) == 3 else None
            yield Wanted(self.chat, one[QUESTION].at, closed_at, min(len(one), 2))


class Traffic:
    """Half of the talks go through the simulator; the rest is posted to the webhook, again until it is taken.

    Leaving the block ends the talking; then everything has been said at least once and answered with 200.
    """

    def __init__(self, stack: Stack, *, pause: float = 0.02, talks: int = TALKS) -> None:
        self.stack = stack
        self.pause = pause
        self.talks = [Talk(talk(number)) for number in range(talks)]
        self.posted: list[int] = []
        self.refusals: dict[int, int] = {}
        self.errors: list[BaseException] = []
        self._ids = itertools.count(FIRST_POSTED_ID + int(time.time() * 10) % 10_000_000 * 10)
        self._stop = threading.Event()
        half = talks // 2
        lots = [
            [one for one in self.talks[half:] if one.chat % POSTERS == number] for number in range(POSTERS)
        ]
        works = [(self._through_simulator, self.talks[:half]), *((self._straight, lot) for lot in lots)]
        self._threads = [threading.Thread(target=self._run, args=work) for work in works]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if self.errors:
            raise self.errors[0]

    def wait_for_lines(self, count: int) -> None:
        """Go on talking until so many lines were said."""
        while sum(len(one.lines) for one in self.talks) < count and not self.errors:
            time.sleep(0.05)

    def wanted(self) -> list[Wanted]:
        return sorted(itertools.chain.from_iterable(one.wanted() for one in self.talks))

    def _run(self, work: Any, talks: list[Talk]) -> None:
        try:
            work(talks)
        except BaseException as error:
            self.errors.append(error)
            raise

    def _through_simulator(self, talks: list[Talk]) -> None:
        with self.stack.simulator() as simulator:
            for turn, one in enumerate(itertools.cycle(talks)):
                if self._stop.is_set():
                    return
                person, text, at = one.next()
                one.said(simulator.send(person, one.chat, text, date=at))
                if turn % 5 == 0:
                    simulator.start(client_of(one.chat))  # is answered by a greeting
                time.sleep(self.pause)

    def _straight(self, talks: list[Talk]) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.stack.webhook_secret}
        with httpx.Client(timeout=15, trust_env=False, headers=headers) as http:
            for one in itertools.cycle(talks):
                if self._stop.is_set():
                    return
                self._post(http, self._update(one))
                time.sleep(self.pause * POSTERS)

    def _update(self, one: Talk) -> Json:
        person, text, at = one.next()
        message_id = len(one.lines) + 1
        one.said(message_id)
        return {
            "update_id": next(self._ids),
            "message": {
                "message_id": message_id,
                "date": at,
                "chat": {"id": one.chat, "type": "supergroup", "title": f"Клиент {-one.chat}"},
                "from": {"id": person, "is_bot": False, "first_name": "Клиент"},
                "text": text,
            },
        }

    def _post(self, http: httpx.Client, update: Json) -> None:
        deadline = time.monotonic() + TAKEN_SECONDS
        while time.monotonic() < deadline:
            try:
                status = http.post(self.stack.webhook_url, json=update).status_code
            except httpx.HTTPError:
                status = 0
            if status == 200:
                self.posted.append(update["update_id"])
                return
            self.refusals[status] = self.refusals.get(status, 0) + 1
            time.sleep(RETRY_SECONDS)
        raise TimeoutError(f"the webhook did not take an update within {TAKEN_SECONDS} s: {self.refusals}")
