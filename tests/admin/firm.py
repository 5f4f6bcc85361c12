"""A firm with own and foreign chats, and browsers that are signed in to Admin as its people."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import timezone

from bot.models import InboundUpdate, OutgoingMessage
from buhbot.models import (
    Absence,
    Assignment,
    AuditEntry,
    Broadcast,
    Calendar,
    Chat,
    ChatLabel,
    Message,
    Role,
    Segment,
    SurveyOptOut,
    Tier,
    User,
)
from buhbot.rules import IncomingChat, IncomingMessage, IncomingPerson
from buhbot.services.absences import save_absence
from buhbot.services.audit import record
from feedback.models import Delivery, FollowUp, Survey, Vote, VoteEvent
from sla.models import Alert, ChatPolicy, Correction, Invitation, Policy, Request
from sla.services import create_invitation, fire_due, register_message
from templates_app.models import FaqItem, QuickButton, ReceivedFile, Service, Template

ASKED_AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # a Monday, 10:00 in Moscow
CLIENT = IncomingPerson(501, "Клиент")
OVERDUE_AT = ASKED_AT + timedelta(minutes=61)


class Browser(Client):
    """A browser each of whose requests may be rolled back without the test's own rows."""

    def request(self, **environ: Any) -> Any:
        with transaction.atomic():
            return super().request(**environ)


@dataclass(frozen=True)
class Rows:
    """The rows that hang on one chat."""

    chat: Chat
    assignment: Assignment
    message: Message
    request: Request
    alert: Alert
    outgoing: OutgoingMessage


@dataclass(frozen=True)
class Firm:
    people: dict[str, User]
    own: Rows
    foreign: Rows
    update: InboundUpdate
    correction: Correction

    def survey(self, **fields: Any) -> Survey:
        given = {
            "title": "Осень",
            "question": "Довольны?",
            "period_from": date(2026, 7, 1),
            "period_to": date(2026, 9, 30),
            "created_at": ASKED_AT,
        }
        return Survey.objects.create(**given | fields)

    def delivery_to(self, chat: Chat) -> Delivery:
        survey = self.survey(
            title="Лето",
            state="active",
            started_at=ASKED_AT,
            expires_at=timezone.now() + timedelta(days=7),
        )
        return Delivery.objects.create(
            survey=survey, chat=chat, state="delivered", queued_at=ASKED_AT, delivered_at=ASKED_AT
        )

    def follow_up(self, **fields: Any) -> FollowUp:
        """The open, overdue follow-up of a low rating in the own chat."""
        given = {"telegram_id": 501, "name": "Дарья", "rating": 2, "comment": "Долго ждали"}
        times = {"voted_at": ASKED_AT, "changed_at": ASKED_AT, "commented_at": ASKED_AT}
        vote = Vote.objects.create(delivery=self.delivery_to(self.own.chat), **given, **times)
        due = {"opened_at": ASKED_AT, "due_at": OVERDUE_AT}
        return FollowUp.objects.create(**{"vote": vote, "rating": 2, **due} | fields)

    def vote_in(self, chat: Chat) -> Vote:
        """A vote in a survey that runs, with its history."""
        delivery = self.delivery_to(chat)
        vote = Vote.objects.create(
            delivery=delivery, telegram_id=501, name="Дарья", rating=2, voted_at=ASKED_AT, changed_at=ASKED_AT
        )
        VoteEvent.objects.create(vote=vote, kind="given", rating=2, at=ASKED_AT)
        return vote

    def opt_out(self) -> SurveyOptOut:
        return SurveyOptOut.objects.create(telegram_id=501, name="Дарья", since=ASKED_AT)

    def absence_of(self, role: str) -> Absence:
        """An absence, to come, of the accountant or of the other one, whom the administrator stands in for."""
        user = self.people.get(role, self.foreign.assignment.user)
        soon = timezone.now() + timedelta(days=3)
        absence = Absence(user=user, substitute=self.people[Role.ADMIN])
        known = Absence.objects.filter(user=user).first()
        return known or save_absence(absence, first=soon.date(), last=soon.date(), now=timezone.now())

    def template_of(self, role: str) -> Template:
        """A personal template of the accountant or of the other one."""
        user = self.people.get(role, self.foreign.assignment.user)
        made = {"title": "Счёт отправлен", "text": "Счёт для {{client_name}} отправлен"}
        return Template.objects.get_or_create(owner=user, shortcut="счет", defaults=made)[0]

    def label(self) -> ChatLabel:
        """A label that no chat carries."""
        return ChatLabel.objects.get_or_create(name="НДС")[0]

    def segment(self) -> Segment:
        """A segment of one chat, picked by hand."""
        segment, _is_new = Segment.objects.get_or_create(name="Важные")
        segment.chats.add(self.own.chat)
        return segment

    def broadcast(self, **fields: Any) -> Broadcast:
        """A draft to all."""
        made = {"title": "Новый адрес", "text": "Мы <b>переехали</b>", "created_at": ASKED_AT, **fields}
        return Broadcast.objects.get_or_create(created_by=self.people[Role.MANAGER], **made)[0]

    def frequent_question(self) -> FaqItem:
        """An item of the FAQ."""
        return FaqItem.objects.get_or_create(question="Какие у вас реквизиты?", answer="Они в договоре")[0]

    def service(self) -> Service:
        """A service on offer."""
        made = {"price": "5 000 ₽", "fields": "ИНН\nТелефон"}
        return Service.objects.get_or_create(name="Регистрация ИП", defaults=made)[0]

    def quick_button(self) -> QuickButton:
        """A quick button of the menu."""
        return QuickButton.objects.get_or_create(label="Копия договора", wish="Копия договора")[0]

    def file_of(self, message: Message) -> ReceivedFile:
        """A file that came with the message, and its copy."""
        made = {"kind": "document", "name": "акт.pdf", "telegram_file_id": "f", "size_bytes": 2048}
        made |= {
            "copy": "stored",
            "bucket": "documents",
            "storage_key": "1/abc",
            "mime_type": "application/pdf",
        }
        times = {"received_at": ASKED_AT, "registered_at": ASKED_AT, "copy_after": ASKED_AT}
        return ReceivedFile.objects.get_or_create(
            chat=message.chat, message=message, file_unique_id="u", defaults={**made, **times}
        )[0]

    def invitation(self) -> Invitation:
        """An invitation that nobody has used yet."""
        made = Invitation(client_name="Лютик", created_by=self.people[Role.MANAGER])
        if not (known := Invitation.objects.first()):
            create_invitation(made, hours=72, now=timezone.now())
        return known or made

    def audited(self) -> AuditEntry:
        """An entry of the audit log."""
        record("done", actor=self.people[Role.ADMIN], about=self.own.chat, now=ASKED_AT)
        return AuditEntry.objects.latest("pk")

    def browser(self, role: str) -> Browser:
        """A browser in which the firm's person of the role is signed in."""
        client = Browser()
        client.force_login(self.people[role])
        return client


def person(name: str, role: str, telegram_id: int | None = None) -> User:
    return User.objects.create_user(
        f"{role}{telegram_id or 0}@firm.test", full_name=name, role=role, telegram_id=telegram_id
    )


def say(chat: Chat, text: str, at: datetime, message_id: int, who: IncomingPerson = CLIENT) -> None:
    """Let somebody, a client at first, say something in the chat."""
    incoming = IncomingMessage(
        chat=IncomingChat(chat.telegram_id, chat.kind, chat.title),
        message_id=message_id,
        sent_at=at,
        kind="text",
        person=who,
        text=text,
    )
    register_message(incoming, now=at)


def ask(chat: Chat, text: str, at: datetime = ASKED_AT, message_id: int = 1) -> Request:
    """Let a client ask something in the chat."""
    say(chat, text, at, message_id)
    return Request.objects.get(chat=chat, opened_at=at)


def client_chat(number: int, title: str, accountant: User) -> Chat:
    chat = Chat.objects.create(
        telegram_id=-1001000000000 - number,
        kind="supergroup",
        title=title,
        client_name=title,
        tier=Tier.objects.get(code="standard"),
        is_monitored=True,
        registered_at=ASKED_AT,
    )
    Assignment.objects.create(chat=chat, user=accountant, is_primary=True)
    ChatPolicy.objects.create(chat=chat, policy=Policy.objects.get(is_default=True))
    return chat


def _rows(number: int, title: str, accountant: User) -> Rows:
    chat = client_chat(number, title, accountant)
    request = ask(chat, f"Когда будет готов акт сверки для {title}?")
    fire_due(OVERDUE_AT)
    alert = request.alerts.get(level=1)
    outgoing = OutgoingMessage.objects.create(
        audience="staff", recipient=accountant, payload={"text": title}, state="undelivered"
    )
    outgoing.alerts.add(alert)
    request.refresh_from_db()
    return Rows(chat, chat.assignments.get(), request.opened_by, request, alert, outgoing)


def build() -> Firm:
    people: dict[str, User] = {
        Role.ADMIN: person("Ирина", Role.ADMIN, 603),
        Role.MANAGER: person("Михаил", Role.MANAGER, 602),
        Role.ACCOUNTANT: person("Анна", Role.ACCOUNTANT, 601),
        Role.OBSERVER: person("Ольга", Role.OBSERVER),
    }
    other = person("Борис", Role.ACCOUNTANT, 604)
    update = InboundUpdate.objects.create(
        update_id=7,
        lane=1,
        payload={"update_id": 7},
        state="failed",
        attempts=3,
        error="Traceback\nValueError: x",
    )
    own = _rows(1, "Ромашка", people[Role.ACCOUNTANT])
    correction = Correction.objects.create(
        text="Всем хорошего дня", label="SPAM", label_before="REQUEST", origin="admin", made_at=ASKED_AT
    )
    return Firm(people, own, _rows(2, "Вектор", other), update, correction)


def calendar() -> Calendar:
    return Calendar.objects.get(is_default=True)
