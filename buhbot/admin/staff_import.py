"""Many staff at once: a list with a dry run, and a page of one-time links to print (STF-04)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from buhbot.admin.base import ScopedAdmin, person
from buhbot.admin.changes import NOTHING
from buhbot.models import Role, User
from buhbot.qr import qr_code
from buhbot.selectors import visible_staff
from buhbot.services.audit import Change
from buhbot.services.people import create_staff_link, link_lifetime
from buhbot.services.staff_import import check_list, import_list
from buhbot.staff_list import MOST_ROWS, Line, NoList, TooManyLines, Verdict, decode

MOST_BYTES = 256 * 1024
VERDICTS = {
    Verdict.NEW: (_("will be added"), "success"),
    Verdict.KNOWN: (_("has an account already: left as it is"), "info"),
    Verdict.REPEATED: (_("stands in the list twice"), "warning"),
    Verdict.NO_NAME: (_("the name is missing"), "danger"),
    Verdict.BAD_EMAIL: (_("this is no e-mail address"), "danger"),
    Verdict.BAD_ROLE: (_("the role is not known"), "danger"),
    Verdict.TOO_LONG: (_("too long"), "danger"),
}


class StaffListForm(forms.Form):
    """A list as a file or as text."""

    file = forms.FileField(
        label=_("File (CSV)"),
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.txt,text/csv"}),
    )
    text = forms.CharField(
        label=_("Or the list itself"), required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 10})
    )

    def clean(self) -> dict[str, Any]:
        file = self.cleaned_data.get("file")
        if file is not None and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large."))
        text = decode(file.read()) if file is not None else self.cleaned_data.get("text", "")
        if not text.strip():
            raise forms.ValidationError(_("Choose a file, or paste the list."))
        try:
            self.lines = check_list(text)
        except TooManyLines:
            raise forms.ValidationError(_("At most %(most)d people at once.") % {"most": MOST_ROWS}) from None
        except NoList:
            raise forms.ValidationError(_("This is no list: a line is too long.")) from None
        return {"text": text}


class StaffImport(ScopedAdmin):
    """The part of the staff page for many people at once."""

    list_before_template = "buhbot/admin/staff_import_link.html"

    def bot_username(self) -> str:
        """Return the bot's name in Telegram; empty while it is not known."""
        return ""

    def import_urls(self) -> list[URLPattern]:
        view, links = self.import_view, never_cache(self.links_view)
        return [
            path("import/", self.admin_site.admin_view(view), name="buhbot_user_import"),
            path("links/", self.admin_site.admin_view(links), name="buhbot_user_links"),
        ]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Take a list, show what would become of it, and add the people when that was looked at (STF-04)."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = StaffListForm(request.POST or None, request.FILES or None)
        lines: list[Line] = form.lines if form.is_valid() else []
        added: list[User] = []
        if lines and "add" in request.POST:
            added = import_list(lines)
            for user in added:
                self._log_added(request, user)
        context = {
            "form": form,
            "rows": [_row(line) for line in lines],
            "text": form.cleaned_data["text"] if lines else "",
            "new_count": sum(line.verdict == Verdict.NEW for line in lines),
            "added": added,
        }
        return self._page(request, "staff_import", gettext("Staff from a list"), context)

    def _log_added(self, request: Any, user: User) -> None:
        """Write down who came with which role, as a form of one person does (ADM-10)."""
        given = {"email": user.email, "role": user.get_role_display()}
        request.audit_changes = [
            Change(str(User._meta.get_field(name).verbose_name), NOTHING, value)  # type: ignore[union-attr]
            for name, value in given.items()
        ]
        self.log_addition(request, user, gettext("Added from a list."))

    def links_view(self, request: HttpRequest) -> HttpResponse:
        """Make one-time links for the people who are named, and show them to be printed (STF-01, STF-04)."""
        if request.method != "POST":
            raise PermissionDenied
        keys = [key for key in request.POST.getlist("person") if key.isdecimal()]
        return self._links(request, visible_staff(person(request)).filter(pk__in=keys))

    @action(description=_("One-time links to print"), permissions=["change"])
    def print_links(self, request: HttpRequest, chosen: QuerySet[User]) -> HttpResponse:
        return self._links(request, chosen)

    def _links(self, request: HttpRequest, chosen: Iterable[User]) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        people = [user for user in chosen if user.is_active and user.telegram_id is None]
        now, username = timezone.now(), self.bot_username()
        cards = []
        for user in people:
            token = create_staff_link(user, now=now)
            self.log_action(request, user, gettext("A Telegram link was made."))
            link = f"https://t.me/{username}?start={token}" if username else ""
            cards.append(
                {
                    "person": user,
                    "link": link,
                    "command": f"/start {token}",
                    "qr": qr_code(link) if link else "",
                }
            )
        context = {"cards": cards, "valid_until": now + link_lifetime(), "username": username}
        response = self._page(request, "staff_links", gettext("One-time links"), context)
        response["Cache-Control"] = "no-store"
        return response

    def _page(self, request: HttpRequest, name: str, title: str, context: dict[str, Any]) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **context}
        return TemplateResponse(request, f"buhbot/admin/{name}.html", whole)


def _row(line: Line) -> dict[str, Any]:
    words, colour = VERDICTS[line.verdict]
    role = Role(line.role).label if line.role in Role.values else line.role
    return {"line": line, "role": role, "verdict": words, "colour": colour}
