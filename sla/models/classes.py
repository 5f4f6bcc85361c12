"""What messages were taken for, and what people said they are (CLS-04, CLS-07)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from buhbot.models import Message, User


class Label(models.TextChoices):
    """The classes of messages."""

    REQUEST = "REQUEST", _("request")
    CLARIFICATION = "CLARIFICATION", _("clarification")
    GRATITUDE = "GRATITUDE", _("thanks")
    SPAM = "SPAM", _("noise")


class Classification(models.Model):
    """What a client message was taken for, and by what (CLS-04)."""

    Label = Label

    class Source(models.TextChoices):
        RULES = "rules", _("rules")
        MODEL = "model", _("model")
        LLM = "llm", _("language model")
        STAFF = "staff", _("staff")

    message = models.OneToOneField(
        Message, models.CASCADE, related_name="classification", verbose_name=_("message")
    )
    label = models.CharField(_("class"), max_length=16, choices=Label)
    confidence = models.FloatField(_("confidence"))
    source = models.CharField(_("by"), max_length=16, choices=Source)
    version = models.CharField(_("version"), max_length=100, blank=True)
    # When a language model is to be asked, and until when it is worth it; null: it is not to be asked.
    ask_llm_at = models.DateTimeField(null=True, blank=True, editable=False)
    ask_llm_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("class of a message")
        verbose_name_plural = _("classes of messages")
        indexes = [
            models.Index(
                fields=["ask_llm_at"],
                condition=Q(ask_llm_at__isnull=False),
                name="sla_classification_to_ask",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(label__in=Label.values), name="sla_classification_label_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=["rules", "model", "llm", "staff"]),
                name="sla_classification_source_known",
            ),
        ]

    def __str__(self) -> str:
        return self.get_label_display()


class Correction(models.Model):
    """What a person said a text is; kept as training data when the message is gone (CLS-07)."""

    class Origin(models.TextChoices):
        ADMIN = "admin", _("in Admin")
        REQUEST = "request", "/request"
        NOREQUEST = "norequest", "/norequest"

    message = models.ForeignKey(
        Message,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("message"),
    )
    text = models.TextField(_("text"))
    label = models.CharField(_("class"), max_length=16, choices=Label)
    label_before = models.CharField(_("class before"), max_length=16, choices=Label, blank=True)
    origin = models.CharField(_("from"), max_length=16, choices=Origin)
    made_at = models.DateTimeField(_("when"))
    made_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("who"),
    )

    class Meta:
        verbose_name = _("correction of a class")
        verbose_name_plural = _("corrections of classes")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(label__in=Label.values), name="sla_correction_label_known"),
            models.CheckConstraint(
                condition=Q(origin__in=["admin", "request", "norequest"]), name="sla_correction_origin_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text[:60]} · {self.get_label_display()}"


class TrainedModel(models.Model):
    """A model trained on the firm's corrections too (`manage.py train_classifier`); the newest is in force (CLS-07)."""

    version = models.CharField(_("version"), max_length=100)
    content = models.BinaryField()
    corrections = models.PositiveIntegerField(_("corrections"))
    trained_at = models.DateTimeField(_("trained"))

    class Meta:
        verbose_name = _("trained model")
        verbose_name_plural = _("trained models")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.version
