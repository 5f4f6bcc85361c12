"""A client of the control API for tests and the demo."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

Json = dict[str, Any]
Found = TypeVar("Found")


class SimulatorError(Exception):
    """The simulator refused an order; the text says why."""


class NothingHappened(AssertionError):
    """What was waited for did not come in time."""


def _words(message: Json) -> str:
    return str(message.get("text") or message.get("caption") or "")


class Simulator:
    """One running simulator. Persons and chats are named by their Telegram ids."""

    def __init__(self, base_url: str, *, timeout: float = 30) -> None:
        self.base_url = base_url.rstrip("/")
        self._http = httpx.Client(base_url=self.base_url, timeout=timeout, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def post(self, order: str, **spec: Any) -> Any:
        """Give any order of the control API; parameters that are None are left out."""
        chosen = {name: value for name, value in spec.items() if value is not None}
        return self._read(self._http.post(f"/sim/{order}", json=chosen))

    def get(self, question: str, **spec: Any) -> Any:
        chosen = {name: value for name, value in spec.items() if value is not None}
        return self._read(self._http.get(f"/sim/{question}", params=chosen))

    @staticmethod
    def _read(answer: httpx.Response) -> Any:
        if answer.is_error:
            raise SimulatorError(f"{answer.status_code}: {answer.text}")
        return answer.json()

    # The world

    def reset(self) -> None:
        """Empty the world, the records and the faults; the webhook stays."""
        self.post("reset")

    def load(self, **world: Any) -> Json:
        result: Json = self.post("load", **world)
        return result

    def person(
        self, first_name: str = "Иван", *, side: str = "client", started: bool = False, **fields: Any
    ) -> int:
        """Make a person (id, last_name, username, language_code, is_bot); `started`: the bot may write."""
        return int(self.post("persons", first_name=first_name, side=side, started=started, **fields)["id"])

    def group(
        self,
        title: str = "ООО «Ромашка»",
        *,
        members: list[int],
        kind: str = "supergroup",
        bot: str = "member",
        **fields: Any,
    ) -> int:
        """Make a group, supergroup or forum (admins, creator, privacy, topics, id, quiet)."""
        return int(self.post("chats", title=title, members=members, type=kind, bot=bot, **fields)["id"])

    def topic(self, chat: int, name: str) -> int:
        return int(self.post("topic", chat=chat, name=name)["topic"])

    def member(
        self, chat: int, person: int | str, status: str = "member", *, by: int | None = None, **fields: Any
    ) -> None:
        """Bring a person, or "bot", to a status: member, administrator, restricted, left, kicked."""
        self.post("member", chat=chat, person=person, status=status, by=by, **fields)

    def rename(self, chat: int, title: str, *, by: int | None = None) -> None:
        self.post("chat", chat=chat, title=title, by=by)

    def privacy(self, chat: int, *, is_on: bool) -> None:
        self.post("chat", chat=chat, privacy=is_on)

    def migrate(self, chat: int, *, membership: bool = False, id: int | None = None) -> int:
        """Upgrade a group and give the id of the supergroup."""
        return int(self.post("migrate", chat=chat, membership=membership, id=id)["id"])

    def bot(self, **settings: Any) -> Json:
        """Read or change the bot: username, first_name, reads_all_messages, answer_ttl_seconds."""
        result: Json = self.post("bot", **settings)
        return result

    # What people do

    def send(self, person: int, chat: int | None = None, text: str = "", **spec: Any) -> int:
        """Send as a person (to the bot in private without `chat`) and give the message id.

        kind, caption, file, reply_to, topic, album, date (unix seconds), forward_from, anonymous, fields.
        """
        return int(self.post("send", person=person, chat=chat or person, text=text, **spec)["message_id"])

    def send_file(self, person: int, chat: int | None = None, *, kind: str = "document", **spec: Any) -> int:
        """Send a file: `path`, or `content` bytes with `name`, or `size` alone; the rest as in send."""
        file: Json = {name: spec.pop(name) for name in ("name", "mime", "size") if name in spec}
        path, content = spec.pop("path", None), spec.pop("content", None)
        if path is not None:
            file.setdefault("name", Path(path).name)
            content = Path(path).read_bytes()
        if content is not None:
            file["content_base64"] = base64.b64encode(content).decode()
        return self.send(person, chat, kind=kind, file=file, **spec)

    def album(
        self, person: int, chat: int, items: list[Json], *, caption: str = "", **spec: Any
    ) -> list[int]:
        sent = self.post("album", person=person, chat=chat, items=items, caption=caption, **spec)
        return [int(message["message_id"]) for message in sent]

    def edit(self, person: int, chat: int, message_id: int, text: str, *, date: int | None = None) -> None:
        self.post("edit", person=person, chat=chat, message_id=message_id, text=text, date=date)

    def delete(self, person: int, chat: int, message_id: int) -> None:
        self.post("delete", person=person, chat=chat, message_id=message_id)

    def react(
        self, person: int, chat: int, message_id: int, emoji: str = "👍", *, date: int | None = None
    ) -> None:
        self.post("react", person=person, chat=chat, message_id=message_id, emoji=emoji, date=date)

    def press(self, person: int, chat: int, message_id: int, text: str | None = None, **spec: Any) -> Json:
        """Press an inline button by `text`, `data` or `index`.

        Gives answered, toast, show_alert, url; waits up to `wait` seconds (5) for the bot's answer.
        `force=True` presses `data` that stands on no button.
        """
        result: Json = self.post("press", person=person, chat=chat, message_id=message_id, text=text, **spec)
        return result

    def start(self, person: int, payload: str = "", *, date: int | None = None) -> int:
        """Press Start in private, by a deep link if there is a payload."""
        return int(self.post("start", person=person, payload=payload, date=date)["message_id"])

    def startgroup(self, person: int, chat: int, payload: str, **spec: Any) -> int:
        return int(self.post("startgroup", person=person, chat=chat, payload=payload, **spec)["message_id"])

    def block(self, person: int) -> None:
        self.post("block", person=person, blocked=True)

    def unblock(self, person: int) -> None:
        self.post("block", person=person, blocked=False)

    def deactivate(self, person: int) -> None:
        self.post("deactivate", person=person)

    def inline(self, person: int, query: str, *, chat: int | None = None, wait: float = 5) -> Json:
        """Type an inline query and give answered and results."""
        result: Json = self.post("inline", person=person, chat=chat or person, query=query, wait=wait)
        return result

    def choose(self, person: int, chat: int, result: Json, *, query: str = "") -> int:
        return int(self.post("choose", person=person, chat=chat, result=result, query=query)["message_id"])

    # What the bot did

    def messages(self, chat: int, *, after: int = 0) -> list[Json]:
        result: list[Json] = self.get("messages", chat=chat, after=after)
        return result

    def bot_messages(self, chat: int, *, after: int = 0) -> list[Json]:
        """Give the messages of the chat that the bot sent."""
        return [message for message in self.messages(chat, after=after) if message["from"]["is_bot"]]

    def texts(self, chat: int, *, after: int = 0) -> list[str]:
        """Give the texts (or captions) that the bot sent to the chat."""
        return [_words(message) for message in self.bot_messages(chat, after=after)]

    def calls(self, method: str | None = None, *, chat: int | None = None, since: int = 0) -> list[Json]:
        """Give the calls of the Bot API: seq, time, method, params, ok, error_code, message_id, fault…"""
        result: list[Json] = self.get("calls", method=method, chat=chat, since=since)
        return result

    def clear_calls(self) -> None:
        self.post("calls/clear")

    def wait_for(self, find: Callable[[], Found], *, seconds: float = 10, about: str = "") -> Found:
        """Ask again and again until `find` gives something true; raises NothingHappened."""
        deadline = time.monotonic() + seconds
        while True:
            found = find()
            if found:
                return found
            if time.monotonic() > deadline:
                raise NothingHappened(f"nothing within {seconds} s {about}".strip())
            time.sleep(0.05)

    def wait_message(self, chat: int, contains: str = "", *, after: int = 0, seconds: float = 10) -> Json:
        """Wait for a message of the bot whose text or caption contains these words."""

        def find() -> Json | None:
            for message in self.bot_messages(chat, after=after):
                if contains in _words(message):
                    return message
            return None

        found = self.wait_for(find, seconds=seconds, about=f"with «{contains}» in chat {chat}")
        if found is None:
            raise NothingHappened(contains)
        return found

    # Updates, faults and limits

    def updates(self, *, since: int = 0) -> list[Json]:
        result: list[Json] = self.get("updates", since=since)
        return result

    def inject(self, *updates: Json) -> None:
        """Deliver updates as they are, with any update_id."""
        self.post("updates", updates=list(updates))

    def redeliver(self, *update_ids: int) -> None:
        self.post("redeliver", update_ids=list(update_ids))

    def delivery(self, **switches: Any) -> Json:
        """Read or switch delivery: paused, copies, ordered, shuffled (on release)."""
        result: Json = self.post("delivery", **switches) if switches else self.get("delivery")
        return result

    def wait_delivered(self, *, seconds: float = 10) -> None:
        """Wait until no update is pending."""
        self.wait_for(
            lambda: self.delivery()["pending"] == 0, seconds=seconds, about="while updates were pending"
        )

    def fault(self, mode: str, **order: Any) -> None:
        """Order a fault: methods, chat_ids, probability, seconds, count, retry_after, hang_seconds."""
        self.post("faults", mode=mode, **order)

    def latency(self, ms: float) -> None:
        self.post("latency", ms=ms)

    def clear_faults(self) -> None:
        self.post("faults/clear")

    def limits(self, **settings: Any) -> Json:
        """Read or change: enabled, per_second, private_burst, group_per_minute, forget; gives `refused`."""
        result: Json = self.post("limits", **settings)
        return result
