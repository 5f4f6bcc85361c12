"""Answers to frequent questions, the answers that were given, and the questions that had none (FAQ)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buhbot.models import Chat, Message

MAX_QUESTION, MAX_ANSWER = 300, 2000


class FaqItem(models.Model):
    """A frequent question and its answer (FAQ-01). `keywords` holds words and phrases, one a line."""

    question = models.CharField(_("question"), max_length=MAX_QUESTION, unique=True)
    answer = models.TextField(_("answer"), max_length=MAX_ANSWER)
    keywords = models.TextField(
        _("keywords and phrases"),
        max_length=2000,
        blank=True,
        help_text=_("One a line: other ways to ask the same. Word forms and small typos are understood."),
    )
    is_enabled = models.BooleanField(_("enabled"), default=True)
    usage_count = models.PositiveIntegerField(
        pgettext_lazy("FAQ", "answered"), default=0, db_default=0, editable=False
    )
    helped_count = models.PositiveIntegerField(_("helped"), default=0, db_default=0, editable=False)
    not_helped_count = models.PositiveIntegerField(_("did not help"), default=0, db_default=0, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("frequent question")
        verbose_name_plural = _("frequent questions")
        ordering = ["question"]

    def __str__(self) -> str:
        return self.question


class FaqAnswer(models.Model):
    """An answer that was given to a client's message by itself, and what the client said of it (FAQ-03, ANS-05)."""

    class Verdict(models.TextChoices):
        NONE = "", _("no reaction")
        HELPED = "helped", _("helped")
        NOT_HELPED = "not_helped", _("an accountant is wanted")

    item = models.ForeignKey(
        FaqItem, models.CASCADE, related_name="answers", verbose_name=_("frequent question")
    )
    chat = models.ForeignKey(Chat, models.CASCADE, related_name="faq_answers", verbose_name=_("chat"))
    message = models.OneToOneField(
        Message, models.CASCADE, related_name="faq_answer", verbose_name=_("message")
    )
    given_at = models.DateTimeField(_("given"))
    verdict = models.CharField(_("reaction"), max_length=16, choices=Verdict, blank=True, default="")

    class Meta:
        verbose_name = _("answer of the FAQ")
        verbose_name_plural = _("answers of the FAQ")
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=["", "helped", "not_helped"]),
                name="templates_app_faqanswer_verdict_known",
            )
        ]
        indexes = [
            models.Index(fields=["chat", "item", "-given_at"], name="templates_app_faqanswer_last"),
        ]

    def __str__(self) -> str:
        return str(self.item)


class UnansweredQuestion(models.Model):
    """A client's question to which no item fitted: what new items are made from (FAQ-04)."""

    message = models.OneToOneField(
        Message, models.CASCADE, related_name="unanswered_question", verbose_name=_("message")
    )
    asked_at = models.DateTimeField(_("asked"), db_index=True)

    class Meta:
        verbose_name = _("unanswered question")
        verbose_name_plural = _("unanswered questions")

    def __str__(self) -> str:
        return str(self.message)
