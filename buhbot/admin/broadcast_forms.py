"""The form of a broadcast: what it says and to whom, as long as it is a draft; and when it is to start (STF-05)."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import OuterRef
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from buhbot.admin.stale import StampedForm
from buhbot.markup import MAX_MESSAGE, NothingToRead, TooLong, UnclosedTag, message_html
from buhbot.models import Broadcast

Audience = Broadcast.Audience
FARTHEST = timedelta(days=366)
PICKED_NOW = ArraySubquery(
    Broadcast.chats.through.objects.filter(broadcast=OuterRef("pk")).order_by("chat").values("chat")
)


class BroadcastForm(StampedForm):
    """What a draft says and to whom; once it is released nothing changes any more."""

    state = ("state", "title", "text", "audience", "segment_id")
    parts: ClassVar[dict[str, Any]] = {"picked_now": PICKED_NOW}

    class Meta:
        model = Broadcast
        fields = ("title", "text", "audience", "segment", "chats")

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        _html, problem = seen_in_telegram(text)
        if problem:
            raise ValidationError(problem)
        return text

    def clean(self) -> dict[str, Any] | None:
        self._require_draft()
        super().clean()
        given = self.cleaned_data
        audience = given.get("audience")
        if audience != Audience.SEGMENT:
            given["segment"] = None
        elif not given.get("segment") and "segment" not in self.errors:
            self.add_error("segment", _("Choose a segment, or write to all."))
        if audience != Audience.PICKED:
            given["chats"] = []
        elif not given.get("chats") and "chats" not in self.errors:
            self.add_error("chats", _("Choose the chats, or write to all."))
        return given

    def _require_draft(self) -> None:
        """Hold the row until it is saved: nobody can release it meanwhile."""
        if self.instance.pk is None:
            return
        row = Broadcast.objects.select_for_update(of=("self",)).get(pk=self.instance.pk)
        if not row.is_draft:
            raise ValidationError(
                _("It has been released meanwhile; nothing was saved. Open the page anew to see how it goes.")
            )


class FirmTime(forms.DateTimeField):
    """Day and time on the firm's clock. An hour that is left out or comes twice when clocks are changed is refused."""

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except ValidationError as error:
            if getattr(error, "code", "") == "ambiguous_timezone":
                raise ValidationError(_("The clocks are changed then: choose another time.")) from error
            raise


class ScheduleForm(forms.Form):
    """When a broadcast is to start, on the firm's clock."""

    start_at = FirmTime(
        label=_("Start"),
        error_messages={
            "required": _("Choose day and time."),
            "invalid": _("Write day and time like 25.12.2026 10:00."),
        },
        widget=forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": "bb-input bb-start"}
        ),
    )

    def clean_start_at(self) -> datetime:
        start_at: datetime = self.cleaned_data["start_at"]
        now = timezone.now()
        if start_at <= now:
            raise ValidationError(_("This time is over. Choose a later one."))
        if start_at > now + FARTHEST:
            raise ValidationError(_("This is more than a year ahead. Check the year."))
        return start_at


def seen_in_telegram(text: str) -> tuple[SafeString, str]:
    """Return a text as Telegram will show it, and in words what is wrong with it; one of both is empty."""
    try:
        return SafeString(message_html(text)), ""  # nosec B703 (it escapes all but known tags)
    except NothingToRead:
        problem = gettext("There is nothing to read yet.")
    except UnclosedTag as error:
        tag = gettext("The tag <%(tag)s> is not closed, not opened, or closed out of turn.")
        problem = tag % {"tag": error}
    except TooLong as error:
        long = gettext("Too long: %(length)s characters with the formatting; Telegram takes %(most)s.")
        problem = long % {"length": error, "most": MAX_MESSAGE}
    return SafeString(""), problem
