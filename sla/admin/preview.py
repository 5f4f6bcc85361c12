"""The effect of changed terms before they are saved: the form is saved, measured and taken back (ADM-06)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from buhbot.admin.base import ScopedAdmin
from buhbot.texts import share
from sla.admin.recompute import TermsAdmin
from sla.effects import Effect, chats_named, effect_of, terms_in_force

BUTTON = "_preview"
NAMED_CHATS = 10


class Measured(Exception):
    """The form was saved and the effect measured; on its way out this takes all of it back."""

    def __init__(self, effect: Effect) -> None:
        super().__init__("a preview")
        self.effect = effect


class Unsaved:
    """A form that only shows what was typed: as it never is valid, it can never be saved."""

    def is_valid(self) -> bool:
        super().is_valid()  # type: ignore[misc]
        return False


class PreviewAdmin(TermsAdmin):
    """A page whose rows decide by which policy chats are served, with a button that says what a change means."""

    actions_submit_line = ("preview",)
    change_form_before_template = "sla/admin/effect.html"

    @action(description=_("Preview"), permissions=["change"], attrs={"name": BUTTON}, icon="visibility")
    def preview(self, request: HttpRequest, obj: Any) -> None:
        """Only the button: a form that carries its name is never saved."""

    def changeform_view(
        self, request: Any, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method == "POST" and BUTTON in request.POST:
            request.terms_before = terms_in_force()
            try:
                wrong: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
                return wrong
            except Measured as measured:
                request.is_measured = True
                extra_context = {**(extra_context or {}), **shown(measured.effect)}
        response: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
        return response

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        if not hasattr(request, "terms_before"):
            super().save_related(request, form, formsets, change)
            return
        ScopedAdmin.save_related(self, request, form, formsets, change)
        raise Measured(effect_of(request.terms_before, terms_in_force(), now=timezone.now()))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        return type(form)("Shown", (Unsaved, form), {}) if hasattr(request, "is_measured") else form


def shown(effect: Effect) -> dict[str, Any]:
    """Return what the page says of an effect."""
    named = list(chats_named(effect.chats)[:NAMED_CHATS])
    return {
        "effect": effect,
        "effect_chats": named,
        "effect_more": len(effect.chats) - len(named),
        "share_before": share(effect.before.compliance),
        "share_after": share(effect.after.compliance),
        "alerts_change": _difference(effect.alerts_a_week),
        "colour": _colour(effect),
    }


def _difference(number: float) -> str:
    """Write «+12», «−0,5» or «0»."""
    text = f"{number:+.1f}".removesuffix(".0")
    return "0" if text in {"+0", "-0"} else text.replace(".", ",").replace("-", "−")


def _colour(effect: Effect) -> str:
    """Worse, better, or the same."""
    before, after = effect.before.compliance, effect.after.compliance
    if before is None or after is None or before == after:
        return ""
    return "success" if after > before else "danger"
