"""Reads of templates and frequent questions; every list starts from what the person may see (RBAC-02)."""

from django.db.models import Case, F, IntegerField, Q, QuerySet, When

from buhbot.models import Role, User
from buhbot.selectors import FULL_SIGHT
from templates_app.models import FaqItem, Template
from templates_app.rules import tidy_shortcut

EXACT, SHORTCUT, TITLE, TEXT = range(4)


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
