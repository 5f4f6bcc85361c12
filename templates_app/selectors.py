"""Reads of templates, frequent questions and files; every list starts from what the person may see (RBAC-02)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, F, IntegerField, Q, QuerySet, When

from buhbot.models import Chat, Role, User
from buhbot.selectors import FULL_SIGHT, visible_chats, visible_messages
from templates_app.matching import Question, grouped
from templates_app.models import (
    FaqAnswer,
    FaqItem,
    QuickButton,
    ReceivedFile,
    Service,
    Template,
    UnansweredQuestion,
)
from templates_app.rules import tidy_shortcut

EXACT, SHORTCUT, TITLE, TEXT = range(4)
SPOKEN = (ReceivedFile.Kind.VOICE, ReceivedFile.Kind.VIDEO_NOTE)
MOST_QUESTIONS, SHOWN_QUESTIONS = 1_000, 3
LAST_FILES, MOST_BUTTONS = 10, 30


def visible_templates(user: User) -> QuerySet[Template]:
    """Return the templates that the person may look at: managers and administrators all, observers the firm's."""
    if user.role in FULL_SIGHT:
        return Template.objects.all()
    firm = Q(owner__isnull=True)
    return Template.objects.filter(firm if user.role == Role.OBSERVER else firm | Q(owner=user))


def usable_templates(user: User) -> QuerySet[Template]:
    """Return the templates that the person may send: the firm's and one's own (TPL-02)."""
    if user.role == Role.OBSERVER or not user.is_active:
        return Template.objects.none()
    return Template.objects.filter(Q(owner__isnull=True) | Q(owner=user))


def template_of(user: User, shortcut: str) -> Template | None:
    """Return the template of exactly this shortcut; a personal one hides the firm's."""
    found = usable_templates(user).filter(shortcut=tidy_shortcut(shortcut))
    return found.order_by(F("owner").asc(nulls_last=True)).first()


def matching_templates(user: User, words: str, *, limit: int) -> list[Template]:
    """Return the templates that fit what was typed: by shortcut, then title, then text; the more used first (TPL-02).

    Nothing typed: the most used ones.
    """
    typed = tidy_shortcut(words)
    rows = usable_templates(user).defer("search_title", "search_text")
    if typed:
        rows = rows.filter(
            Q(shortcut__contains=typed) | Q(search_title__contains=typed) | Q(search_text__contains=typed)
        )
    rank = Case(
        When(shortcut=typed, then=EXACT),
        When(shortcut__startswith=typed, then=SHORTCUT),
        When(search_title__contains=typed, then=TITLE),
        default=TEXT,
        output_field=IntegerField(),
    )
    return list(rows.order_by(rank, "-usage_count", "title", "pk")[:limit])


def faq_items() -> QuerySet[FaqItem]:
    """Return the items that answer."""
    return FaqItem.objects.filter(is_enabled=True)


def questions(items: QuerySet[FaqItem]) -> list[Question]:
    """Return the items as they are compared with messages: the question, and each line of the keywords (FAQ-02)."""
    rows = items.values_list("pk", "question", "keywords", "usage_count")
    return [
        Question(pk, (question, *filter(None, map(str.strip, keywords.splitlines()))), used)
        for pk, question, keywords, used in rows
    ]


def helped_messages(answer: FaqAnswer) -> list[int]:
    """Return the messages of the chat that an automatic answer has helped with."""
    helped = FaqAnswer.objects.filter(chat=answer.chat_id, verdict=FaqAnswer.Verdict.HELPED)
    return list(helped.values_list("message_id", flat=True))


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are much the same: how many there are, and some of them."""

    count: int
    texts: list[str]


def unanswered(user: User, *, since: datetime) -> list[Group]:
    """Return the questions without an item since the instant, alike ones together, the most asked first (FAQ-04)."""
    if user.role not in FULL_SIGHT:
        return []
    rows = UnansweredQuestion.objects.filter(
        asked_at__gte=since, message__in=visible_messages(user)
    ).order_by("-asked_at")
    texts = list(rows.values_list("message__text", flat=True)[:MOST_QUESTIONS])
    groups = grouped(texts)
    return [Group(len(group), list(dict.fromkeys(group))[:SHOWN_QUESTIONS]) for group in groups]


def visible_files(user: User) -> QuerySet[ReceivedFile]:
    """Return the files of the visible chats; observers see none (RBAC-02, FIL-03)."""
    if user.role == Role.OBSERVER:
        return ReceivedFile.objects.none()
    return ReceivedFile.objects.filter(chat__in=visible_chats(user))


def album_of(file: ReceivedFile) -> QuerySet[ReceivedFile]:
    """Return the files that came together with this one, itself included, in their order (FIL-01)."""
    if not file.media_group_id:
        return ReceivedFile.objects.filter(pk=file.pk)
    same = ReceivedFile.objects.filter(chat=file.chat_id, media_group_id=file.media_group_id)
    return same.order_by("message__telegram_message_id", "pk")


def decided_by(file: ReceivedFile) -> str:
    """Name who set the file's state last; empty: nobody yet."""
    last = file.events.select_related("actor").order_by("-at", "-pk").first()
    return str(last.actor) if last and last.actor else ""


def last_files(chat: Chat, *, reader: int | None) -> list[ReceivedFile]:
    """Return the client's last files, the newest first; speech is no document (CLI-02).

    What was sent to the bot alone is for the `reader` who sent it; None: the whole group reads (CLI-10).
    """
    is_open = Q(message__private_with=None)
    rows = ReceivedFile.objects.filter(chat=chat).exclude(kind__in=SPOKEN)
    rows = rows.filter(is_open | Q(message__private_with=reader) if reader else is_open)
    return list(rows.order_by("-received_at", "-pk")[:LAST_FILES])


def services_on_offer() -> QuerySet[Service]:
    """Return the services that clients may order, in their order (SRV-01)."""
    return Service.objects.filter(is_enabled=True).order_by("position", "pk")


def quick_buttons() -> QuerySet[QuickButton]:
    """Return the quick buttons of the client's menu, in their order (CLI-08)."""
    return QuickButton.objects.filter(is_enabled=True).order_by("position", "pk")[:MOST_BUTTONS]
