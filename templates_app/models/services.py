"""What clients order: services with fields to ask for, quick buttons, orders on their way (SRV-01, CLI-04, CLI-08)."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from buhbot.models import Chat

MAX_SERVICE, MAX_DESCRIPTION, MAX_PRICE = 100, 1000, 100
MAX_FIELDS, MAX_FIELD = 10, 100
MAX_LABEL, MAX_WISH = 40, 100


def require_fields(lines: str) -> None:
    """Check the fields to ask for: not too many, none too long."""
    fields = fields_of(lines)
    if len(fields) > MAX_FIELDS or any(len(field) > MAX_FIELD for field in fields):
        limits = {"count": MAX_FIELDS, "length": MAX_FIELD}
        raise ValidationError(
            _("At most %(count)d fields, of at most %(length)d characters each."), params=limits
        )


def fields_of(lines: str) -> list[str]:
    """Return what is to be asked for: each line that is not empty, once."""
    return list(dict.fromkeys(filter(None, (" ".join(line.split()) for line in lines.splitlines()))))


class Service(models.Model):
    """A service on offer (SRV-01). `fields` holds what the client is asked for, one a line."""

    name = models.CharField(_("service"), max_length=MAX_SERVICE, unique=True)
    description = models.TextField(
        _("description"),
        max_length=MAX_DESCRIPTION,
        blank=True,
        validators=[MaxLengthValidator(MAX_DESCRIPTION)],
    )
    price = models.CharField(
        _("price line"), max_length=MAX_PRICE, blank=True, help_text=_("As clients read it: from 5,000 ₽.")
    )
    fields = models.TextField(
        _("fields to ask for"),
        max_length=2000,
        blank=True,
        validators=[require_fields],
        help_text=_("One a line: the bot asks for them one after another. Empty: the order needs no more."),
    )
    is_enabled = models.BooleanField(_("enabled"), default=True)
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class QuickButton(models.Model):
    """A button of the client's menu that opens a request of its kind (CLI-08)."""

    label = models.CharField(
        _("button"), max_length=MAX_LABEL, unique=True, help_text=_("As clients read it, such as 📄 Act.")
    )
    wish = models.CharField(
        _("what is ordered"), max_length=MAX_WISH, help_text=_("As the accountant reads it in the request.")
    )
    is_enabled = models.BooleanField(_("enabled"), default=True)
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("quick button")
        verbose_name_plural = _("quick buttons")
        ordering = ["position", "label"]

    def __str__(self) -> str:
        return self.label


class ServiceOrder(models.Model):
    """A client's order of a service while its fields are asked for (CLI-04).

    `chat` is the client's, whose accountants will see it; `said_in` is where the bot asks. `fields` are those of the
    service when the order began.
    """

    class State(models.TextChoices):
        ASKING = "asking", _("the fields are asked for")
        ORDERED = "ordered", _("ordered")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("not finished")

    service = models.ForeignKey(Service, models.CASCADE, related_name="orders", verbose_name=_("service"))
    chat = models.ForeignKey(Chat, models.CASCADE, related_name="service_orders", verbose_name=_("client"))
    said_in = models.ForeignKey(
        Chat, models.CASCADE, related_name="service_dialogues", verbose_name=_("chat")
    )
    topic_id = models.BigIntegerField(_("topic"), default=0)
    person_id = models.BigIntegerField(_("Telegram id"))
    fields = models.JSONField(default=list)
    answers = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.ASKING)
    started_at = models.DateTimeField(_("started"))
    asked_at = models.DateTimeField(_("last question"))

    class Meta:
        verbose_name = _("order of a service")
        verbose_name_plural = _("orders of services")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["asking", "ordered", "cancelled", "expired"]),
                name="templates_app_serviceorder_state_known",
            ),
            models.UniqueConstraint(
                fields=["said_in", "person_id"],
                condition=Q(state="asking"),
                name="templates_app_serviceorder_one_asked",
            ),
        ]

    def __str__(self) -> str:
        return str(self.service)

    @property
    def next_field(self) -> str:
        """What is to be asked for next; empty when everything is answered."""
        return str(self.fields[len(self.answers)]) if len(self.answers) < len(self.fields) else ""
