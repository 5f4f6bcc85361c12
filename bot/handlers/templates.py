"""Templates: `/template счет` in a client's chat, lists in private, suggestions while typing `@bot сч…` (TPL-02)."""

from datetime import datetime

from django.utils import timezone
from django.utils.html import escape
from telegram import Message as TelegramMessage
from telegram import Update

from bot.handlers.clients import on_message
from bot.handlers.commands import Command, take_command, tell_refusal, write_refusal
from bot.handlers.private import answer_client
from bot.handlers.staff import staff_behind
from bot.models import TEMPLATE_SUBJECT, OutgoingMessage
from bot.outbox import queue_message, queue_suggestions
from bot.relay import copied_message
from bot.texts import orders
from bot.texts import templates as texts
from bot.texts.private import not_answerable
from buhbot.models import Chat, User
from buhbot.services.people import mark_person_reachable
from sla import services
from sla.selectors import calendar_version_of, open_requests
from templates_app.models import Template
from templates_app.rules import filled
from templates_app.selectors import matching_templates, template_of, usable_templates
from templates_app.services.replies import count_use
from templates_app.texts import values_at

Audience = OutgoingMessage.Audience
LISTED, NEAR, SUGGESTED = 30, 5, 20


def on_template(update: Update) -> None:
    """Send the template to the client's chat, or tell in private why not; without a shortcut, list them there."""
    command = take_command(update)
    if command is None:
        return
    if not command.words:
        _list(command.staff, "")
        return
    refusal = _send(command)
    if refusal:
        tell_refusal(command, refusal)


def _send(command: Command) -> str:
    """Send what was asked for; say why it could not be."""
    asked, staff = command.message, command.staff
    if asked is None or not asked.chat.is_watched:
        return orders.not_watched()
    template = template_of(staff, command.words)
    if template is None:
        return texts.unknown(command.words, _named(matching_templates(staff, command.words, limit=NEAR)))
    text = filled(template.text, _values(asked.chat, staff, asked.topic_id, at=asked.sent_at))
    if not text:
        return texts.empty()
    try:
        services.answer_through_bot(asked, text=text)
    except services.NotAllowed:
        write_refusal(asked)
        return texts.not_accepted()
    count_use(template)
    queue_message(
        asked.chat,
        audience=Audience.CLIENT,
        text=escape(text),
        topic_id=asked.topic_id,
        reply_to_message_id=asked.reply_to_message_id,
        subject=f"{TEMPLATE_SUBJECT}{asked.pk}",
    )
    return ""


def _values(chat: Chat, staff: User, topic_id: int, *, at: datetime) -> dict[str, str]:
    """The values of the variables in this chat at the instant (TPL-03)."""
    waiting = open_requests().filter(chat=chat, topic_id=topic_id, opened_at__lte=at).first()
    zone = calendar_version_of(chat).time_zone
    names = {"client_name": chat.client_name, "chat_title": chat.title, "accountant_name": str(staff)}
    return names | values_at(at, zone, due_at=waiting.due_at if waiting and waiting.has_due else None)


def on_private_template(update: Update) -> None:
    """List the templates that fit; what a client writes goes the way of all."""
    message, person = update.message, update.effective_user
    staff = staff_behind(person) if person else None
    if message is None or staff is None:
        on_message(update)
        return
    mark_person_reachable(staff)
    words = " ".join((message.text or "").split()[1:])
    if message.reply_to_message is None or not words:
        _list(staff, words)
        return
    refusal = _answer_with(message, staff, words)
    if refusal:
        queue_message(staff, audience=Audience.STAFF, text=refusal)


def _answer_with(message: TelegramMessage, staff: User, words: str) -> str:
    """Send the template to the client whose private message is replied to; say why it could not be (CLI-10)."""
    replied = message.reply_to_message
    question = copied_message(staff, replied.message_id) if replied else None
    if question is None:
        return not_answerable()
    template = template_of(staff, words)
    if template is None:
        return escape(texts.unknown(words, _named(matching_templates(staff, words, limit=NEAR))))
    text = filled(template.text, _values(question.chat, staff, question.topic_id, at=message.date))
    if not text:
        return texts.empty()
    refusal = answer_client(message, staff, text=text)
    if not refusal:
        count_use(template)
    return refusal


def _list(staff: User, words: str) -> None:
    found = matching_templates(staff, words, limit=LISTED)
    queue_message(staff, audience=Audience.STAFF, text=texts.listed(_named(found), words))


def _named(found: list[Template]) -> list[tuple[str, str]]:
    return [(template.shortcut, template.title) for template in found]


def on_inline_query(update: Update) -> None:
    """Offer staff the templates that fit what is typed; clients are offered nothing (TPL-02)."""
    query = update.inline_query
    staff = staff_behind(query.from_user) if query else None
    if query is None or staff is None:
        return
    found = matching_templates(staff, query.query, limit=SUGGESTED)
    zone = timezone.get_default_timezone_name()
    values = {"accountant_name": str(staff)} | values_at(timezone.now(), zone)
    offered = [(template, filled(template.text, values)) for template in found]
    results = [_suggestion(template, text) for template, text in offered if text]
    queue_suggestions(staff, query_id=query.id, results=results)


def _suggestion(template: Template, text: str) -> dict[str, object]:
    return {
        "type": "article",
        "id": str(template.pk),
        "title": template.title,
        "description": texts.suggestion(text),
        "input_message_content": {"message_text": text},
    }


def on_chosen(update: Update) -> None:
    """Count the use of a template that was chosen while typing, if Telegram tells of it."""
    chosen = update.chosen_inline_result
    staff = staff_behind(chosen.from_user) if chosen else None
    if chosen is None or staff is None or not chosen.result_id.isdecimal():
        return
    template = usable_templates(staff).filter(pk=int(chosen.result_id[:18])).first()
    if template is not None:
        count_use(template)
