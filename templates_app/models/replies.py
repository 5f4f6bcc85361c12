"""Ready texts that staff send by a word (TPL-01)."""

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buhbot.models import User

MAX_TITLE, MAX_SHORTCUT, MAX_TEXT = 100, 32, 2000


def searched(field: str) -> Func:
    """The field in small letters, with е for ё."""
    return Func(Lower(field), Value("ё"), Value("е"), function="translate", output_field=models.TextField())


class Template(models.Model):
    """A text with variables. Without an owner it is the firm's, else personal; names are unique within either."""

    class Category(models.TextChoices):
        GREETING = "greeting", _("greeting")
        STATUS = "status", _("status")
        DOCUMENT_REQUEST = "document_request", _("document request")
        REMINDER = "reminder", _("reminder")
        CLOSING = "closing", _("closing")

    title = models.CharField(_("title"), max_length=MAX_TITLE)
    shortcut = models.CharField(
        _("shortcut"),
        max_length=MAX_SHORTCUT,
        help_text=_("One word, as in /template invoice. Case and the dots of ё make no difference."),
    )
    text = models.TextField(_("text"), max_length=MAX_TEXT, validators=[MaxLengthValidator(MAX_TEXT)])
    category = models.CharField(_("category"), max_length=32, choices=Category, default=Category.STATUS)
    owner = models.ForeignKey(
        User,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="templates",
        verbose_name=_("personal, of"),
        help_text=_("Empty: the firm's, for everybody."),
    )
    usage_count = models.PositiveIntegerField(
        pgettext_lazy("template", "used"), default=0, db_default=0, editable=False
    )
    # Kept by the database, so that a search reads 1,000 texts within milliseconds (TPL-02).
    search_title = models.GeneratedField(
        expression=searched("title"), output_field=models.TextField(), db_persist=True
    )
    search_text = models.GeneratedField(
        expression=searched("text"), output_field=models.TextField(), db_persist=True
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["title"],
                condition=Q(owner__isnull=True),
                name="templates_app_template_firm_title",
                violation_error_message=_("The firm has a template with this title already."),
            ),
            models.UniqueConstraint(
                fields=["owner", "title"],
                name="templates_app_template_own_title",
                violation_error_message=_("There is a personal template with this title already."),
            ),
            models.UniqueConstraint(
                fields=["shortcut"],
                condition=Q(owner__isnull=True),
                name="templates_app_template_firm_shortcut",
                violation_error_message=_("The firm has a template with this shortcut already."),
            ),
            models.UniqueConstraint(
                fields=["owner", "shortcut"],
                name="templates_app_template_own_shortcut",
                violation_error_message=_("There is a personal template with this shortcut already."),
            ),
            models.CheckConstraint(
                condition=Q(category__in=["greeting", "status", "document_request", "reminder", "closing"]),
                name="templates_app_template_category_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title
