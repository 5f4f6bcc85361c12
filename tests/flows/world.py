"""A firm with one client chat, and a way to let things happen in it: update in, message out."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.conf import settings
from django.db.models import F
from django.test import Client

from bot.announcer import announce
from bot.consumer import process_pending
from bot.models import InboundUpdate, OutgoingMessage
from buhbot.models import Assignment, Chat, Role, Tier, User
from sla.models import Alert, Request
from sla.services import fire_due
from tests.flows import telegram
from tests.flows.telegram import Json

CHAT_ID = -1001000000001
CLIENT_ID = 501
SENT = 8_000_000  # numbers of the bot's own messages: neither keys of rows nor those of other messages
_presses = count(1)
PASSWORD = "long-enough-for-tests"


def staff(name: str, role: str = Role.ACCOUNTANT, telegram_id: int | None = None) -> User:
    return User.objects.create_user(
        f"{name.lower()}@firm.test", None, full_name=name, role=role, telegram_id=telegram_id
    )


@dataclass
class World:
    """What the tests of the flows see of the product: what comes in, and what goes out."""

    chat: Chat
    accountant: User
    manager: User
    admin: User
    web: Client = field(default_factory=Client)

    def receive(self, **content: Any) -> None:
        """Post an update as Telegram does, and let the bot take it."""
        self.post(telegram.update(**content))
        process_pending()

    def post(self, update: Json) -> None:
        answer = self.web.post(
            "/webhook/telegram",
            update,
            content_type="application/json",
            headers={"X-Telegram-Bot-Api-Secret-Token": settings.TELEGRAM_WEBHOOK_SECRET},
        )
        assert answer.status_code == 200, answer.content

    def says(self, who: User | int, text: str, at: datetime, **fields: Any) -> Json:
        """A person writes in the client's chat; a text or what `fields` carry."""
        person_id = who if isinstance(who, int) else who.telegram_id or 0
        message = telegram.message(
            telegram.group(self.chat.telegram_id), telegram.person(person_id), at, text, **fields
        )
        self.receive(message=message)
        return message

    def client_says(self, text: str, at: datetime, **fields: Any) -> Json:
        return self.says(CLIENT_ID, text, at, **fields)

    def edits(self, message: Json, text: str, at: datetime) -> None:
        self.receive(edited_message=message | {"text": text, "edit_date": int(at.timestamp())})

    def passes(self, now: datetime) -> None:
        """Let the timers and the announcer see the instant."""
        fire_due(now)
        announce(now)

    def presses(self, who: User | int, button: str, message: OutgoingMessage) -> str:
        """Press a button under a message; return the toast."""
        message.refresh_from_db(fields=["telegram_message_id"])
        person_id = who if isinstance(who, int) else who.telegram_id or 0
        query = f"q{next(_presses)}"
        data = next(b["callback_data"] for b in buttons(message) if b["text"] == button)
        self.receive(
            callback_query={
                "id": query,
                "from": telegram.person(person_id),
                "chat_instance": "1",
                "data": data,
                "message": telegram.message(
                    telegram.private(person_id),
                    telegram.person(1, "BuhBot", is_bot=True),
                    message.created_at,
                    "…",
                    message_id=message.telegram_message_id,
                ),
            }
        )
        answer = OutgoingMessage.objects.get(payload__callback_query_id=query)
        return str(answer.payload["text"])

    def request(self) -> Request:
        return Request.objects.get()

    def sent_to(self, person: User | Chat) -> list[OutgoingMessage]:
        """The messages and edits queued for a person or a chat, oldest first."""
        address = {"recipient" if isinstance(person, User) else "chat": person}
        return list(
            OutgoingMessage.objects.filter(**address).exclude(method="answerCallbackQuery").order_by("pk")
        )

    def texts_to(self, person: User | Chat) -> list[str]:
        return [str(message.payload.get("text", "")) for message in self.sent_to(person)]

    def alerts_to(self, person: User) -> list[str]:
        """The texts of the alerts queued for a person, edits left out."""
        sent = [message for message in self.sent_to(person) if message.alerts.exists()]
        return [str(message.payload["text"]) for message in sent]

    def all_sent(self) -> None:
        """Let what is queued count as sent."""
        OutgoingMessage.objects.filter(state="queued").update(
            state="sent", telegram_message_id=F("pk") + SENT, telegram_chat_id=1
        )

    def levels(self) -> list[int]:
        return list(Alert.objects.order_by("pk").values_list("level", flat=True))

    def failed(self) -> list[str]:
        return list(InboundUpdate.objects.exclude(error="").values_list("error", flat=True))


def buttons(message: OutgoingMessage) -> list[Json]:
    rows = message.payload.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


def build() -> World:
    telegram.begin()
    accountant = staff("Анна", telegram_id=601)
    manager = staff("Михаил", Role.MANAGER, 602)
    admin = staff("Ирина", Role.ADMIN, 603)
    chat = Chat.objects.create(
        telegram_id=CHAT_ID,
        kind="supergroup",
        title="ООО «Ромашка»",
        client_name="ООО «Ромашка»",
        tier=Tier.objects.get(code="standard"),
        is_monitored=True,
        registered_at=datetime.fromisoformat("2026-01-01T00:00+00:00"),
    )
    Assignment.objects.create(
        chat=chat, user=accountant, duty="accountant", is_primary=True, told_at=chat.registered_at
    )
    Assignment.objects.create(chat=chat, user=manager, duty="manager", told_at=chat.registered_at)
    return World(chat, accountant, manager, admin)


def ask_elsewhere(world: World, at: datetime, *, chats: int, name: str = "Клиент") -> list[Request]:
    """Let the clients of so many other chats, which the same people look after, ask something."""
    client = telegram.person(700)
    made = [_other_chat(world, number, f"{name} {number}") for number in range(1, chats + 1)]
    for chat in made:
        group = telegram.group(chat.telegram_id, chat.title)
        world.receive(message=telegram.message(group, client, at, "Когда будет акт?"))
    return list(Request.objects.filter(chat__in=made).order_by("pk"))


def _other_chat(world: World, number: int, title: str) -> Chat:
    chat = Chat.objects.create(
        telegram_id=CHAT_ID - number,
        kind="supergroup",
        title=title,
        tier=world.chat.tier,
        is_monitored=True,
        registered_at=world.chat.registered_at,
    )
    for row in world.chat.assignments.all():
        row.pk, row.chat = None, chat
        row.save(force_insert=True)
    return chat


def make_team_chat(world: World) -> Chat:
    return Chat.objects.create(
        telegram_id=-100999,
        kind="supergroup",
        title="Команда",
        is_team=True,
        tier=world.chat.tier,
        registered_at=world.chat.registered_at,
    )


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
