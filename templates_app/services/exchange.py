"""Take templates over from a table: first what would change, then the change itself (TPL-04)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import transaction

from buhbot.models import User
from buhbot.selectors import FULL_SIGHT
from buhbot.services import audit
from templates_app.models import Template
from templates_app.selectors import visible_templates
from templates_app.services.replies import BadShortcut, UnknownVariables, require_sound
from templates_app.tables import Row

FIELDS = ("title", "category", "text")
Key = tuple[int | None, str]


class Kind(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why a line is refused."""

    BAD_SHORTCUT = "bad_shortcut"
    UNKNOWN_VARIABLES = "unknown_variables"
    UNKNOWN_OWNER = "unknown_owner"
    NOT_YOURS = "not_yours"
    UNKNOWN_CATEGORY = "unknown_category"
    TITLE_TAKEN = "title_taken"
    TWICE = "twice"
    INVALID = "invalid"


class Refused(Exception):
    """The line cannot be taken over; `details` says more where there is more to say."""

    def __init__(self, why: Refusal, details: list[str] | None = None) -> None:
        super().__init__(why)
        self.why, self.details = why, details or []


@dataclass(slots=True)
class Change:
    """A line and what becomes of it; `fields` are those that change, `before` what they said."""

    row: Row
    kind: Kind
    template: Template
    fields: list[str] = field(default_factory=list)
    before: dict[str, str] = field(default_factory=dict)
    why: Refusal | None = None
    details: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Known:
    """What there is already, and what the lines before brought."""

    actor: User
    owners: dict[str, User]
    categories: dict[str, str]
    templates: dict[Key, Template]
    titles: dict[Key, Template]
    seen: set[Key] = field(default_factory=set)


def plan_import(rows: Iterable[Row], *, actor: User) -> list[Change]:
    """Say of each line what it would change; nothing is written (TPL-04)."""
    existing = list(visible_templates(actor))
    known = _Known(
        actor,
        owners={user.email.casefold(): user for user in User.objects.all()},
        categories={
            word.casefold(): value
            for value, label in Template.Category.choices
            for word in (value, str(label))
        },
        templates={(one.owner_id, one.shortcut): one for one in existing},
        titles={(one.owner_id, one.title): one for one in existing},
    )
    return [_change(row, known) for row in rows]


@transaction.atomic
def apply_import(changes: Iterable[Change], *, now: datetime) -> tuple[list[Template], list[Template]]:
    """Write the new and the changed ones; return both lists. Refused lines are passed over."""
    wanted = [change for change in changes if change.kind in {Kind.NEW, Kind.CHANGED}]
    for change in wanted:
        change.template.changed_at = now
    new = [change.template for change in wanted if change.kind == Kind.NEW]
    changed = [change.template for change in wanted if change.kind == Kind.CHANGED]
    for template in changed:  # in the order of the lines, as one may take the title that another gave up
        Template.objects.filter(pk=template.pk).update(
            **{name: getattr(template, name) for name in (*FIELDS, "changed_at")}
        )
    return Template.objects.bulk_create(new, batch_size=500), changed


def _change(row: Row, known: _Known) -> Change:
    template = Template(shortcut=row.shortcut, title=row.title, text=row.text)
    try:
        template.owner = _owner(row, known)
        template.category = _category(row, known)
        _require_valid(template)
        return _compared(row, template, known)
    except Refused as refused:
        return Change(row, Kind.REFUSED, template, why=refused.why, details=refused.details)


def _owner(row: Row, known: _Known) -> User | None:
    """Accountants bring templates of their own; others say whose, or mean the firm's."""
    actor, written = known.actor, (row.owner or "").casefold()
    owner = known.owners.get(written)
    if written and owner is None:
        raise Refused(Refusal.UNKNOWN_OWNER, [row.owner or ""])
    if actor.role in FULL_SIGHT:
        return owner
    if row.owner is not None and owner != actor:
        raise Refused(Refusal.NOT_YOURS)
    return actor


def _category(row: Row, known: _Known) -> str:
    if not row.category:
        return ""
    if row.category.casefold() not in known.categories:
        raise Refused(Refusal.UNKNOWN_CATEGORY, [row.category])
    return known.categories[row.category.casefold()]


def _require_valid(template: Template) -> None:
    try:
        require_sound(template)
        template.clean_fields(exclude=["category", "owner", "search_title", "search_text"])
    except BadShortcut:
        raise Refused(Refusal.BAD_SHORTCUT) from None
    except UnknownVariables as error:
        raise Refused(Refusal.UNKNOWN_VARIABLES, error.names) from None
    except ValidationError as error:
        raise Refused(
            Refusal.INVALID, [f"{_name(name)}: {' '.join(said)}" for name, said in error.message_dict.items()]
        ) from None


def differences(change: Change) -> list[audit.Change]:
    """Return what the line changed, in words, for the audit log (ADM-10)."""
    return [
        audit.Change(_name(name), before, _shown(change.template, name))
        for name, before in change.before.items()
    ]


def _shown(template: Template, name: str) -> str:
    return str(template.get_category_display() if name == "category" else getattr(template, name))


def _name(field_name: str) -> str:
    return str(Template._meta.get_field(field_name).verbose_name)  # type: ignore[union-attr]


def _compared(row: Row, template: Template, known: _Known) -> Change:
    key, titled = (template.owner_id, template.shortcut), (template.owner_id, template.title)
    if key in known.seen:
        raise Refused(Refusal.TWICE)
    before = known.templates.get(key)
    holder = known.titles.get(titled)
    if holder is not None and holder is not before:
        raise Refused(Refusal.TITLE_TAKEN)
    known.seen.add(key)
    if before is None:
        template.category = template.category or Template.Category.STATUS
        known.titles[titled] = template
        return Change(row, Kind.NEW, template)
    return _differences(row, before, template, known)


def _differences(row: Row, before: Template, given: Template, known: _Known) -> Change:
    given.category = given.category or before.category
    fields = [name for name in FIELDS if getattr(before, name) != getattr(given, name)]
    known.titles.pop((before.owner_id, before.title), None)
    said = {name: _shown(before, name) for name in fields}
    for name in fields:
        setattr(before, name, getattr(given, name))
    known.titles[before.owner_id, before.title] = before
    return Change(row, Kind.CHANGED if fields else Kind.SAME, before, fields, said)
