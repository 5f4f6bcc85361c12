"""Broadcasts: written with a preview, released after a look at who gets them, watched and stopped (STF-05).

Registered by the room that can write to Telegram: `bot/admin/broadcasts.py`.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from buhbot.admin.base import badge, moment, person
from buhbot.admin.broadcast_forms import BroadcastForm, ScheduleForm, seen_in_telegram
from buhbot.admin.broadcast_progress import SENT, WRITTEN_TO, copies_with, missed, progress_of
from buhbot.admin.calendars import ZONES
from buhbot.admin.mailings import listed
from buhbot.admin.segments import GroupingAdmin, keys
from buhbot.audience import OF_BROADCASTS, chats_chosen, chosen_chats
from buhbot.models import Broadcast, Segment, User
from buhbot.services import broadcasts

State = Broadcast.State
COLOURS: dict[str, str] = {
    State.DRAFT: "",
    State.SCHEDULED: "info",
    State.SENDING: "warning",
    State.DONE: "success",
    State.STOPPED: "danger",
}
UNDER_WAY = (State.SCHEDULED, State.SENDING)
ANNOTATED = BroadcastForm.parts | {"sent_count": copies_with(SENT), "to_count": copies_with(WRITTEN_TO)}


class BroadcastAdmin(GroupingAdmin):
    """A draft is a form; what is released is a page that shows how it goes."""

    form = BroadcastForm
    list_display = ("title", "state_word", "to_whom", "starts", "arrived", "created_by")
    list_select_related = ("segment", "created_by")
    list_filter = ("state",)
    search_fields = ("title", "text")
    search_help_text = _("Title or text")
    ordering = ("-pk",)
    autocomplete_fields = ("segment", "chats")
    actions = None
    change_form_outer_before_template = "buhbot/admin/broadcast_panel.html"
    change_form_before_template = "buhbot/admin/seen.html"
    change_form_after_template = "buhbot/admin/broadcast_live.html"
    readonly_fields = ("to_whom",)

    class Media:
        js = ("buhbot/live.js",)

    def send_test(self, to: User, text: str) -> None:
        """Send a person who can be reached what clients would get."""
        raise NotImplementedError

    # The rows, and who may do what with them

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(**ANNOTATED)
        return counted.select_related("segment", "created_by").prefetch_related("chats")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_change_permission(request, obj)) and (obj is None or obj.is_draft)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_delete_permission(request, obj)) and (obj is None or obj.is_draft)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete a draft; one that was released meanwhile stays."""
        if not broadcasts.delete_draft(obj):
            raise PermissionDenied

    # The form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return BroadcastForm.Meta.fields if obj is None or obj.is_draft else ("title", "to_whom")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.created_by, obj.created_at = person(request), timezone.now()
        super().save_model(request, obj, form, change)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._back_to(obj)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._back_to(obj)

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        obj = kwargs.get("obj")
        shown = {} if obj is None else self._shown(request, obj)
        context |= shown | {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    # Pages of our own

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, Any] = {
            "release": self.release_view,
            "progress": self.progress_view,
            "test": self.test_view,
            "stop": self.stop_view,
            "recall": self.recall_view,
        }
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"buhbot_broadcast_{name}")
            for name, view in pages.items()
        ]
        look = path("look/", self.admin_site.admin_view(self.look_view), name="buhbot_broadcast_look")
        return [look, *own, *super().get_urls()]

    def look_view(self, request: HttpRequest) -> HttpResponse:
        """Show what is being written as Telegram will, and who would get it."""
        if request.method != "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        given = request.POST
        audience = given.get("audience", "")
        segment = Segment.objects.filter(pk__in=keys(given, "segment")).first()
        chats = chats_chosen(audience, segment=segment, picked=keys(given, "chats"))
        written, problem = seen_in_telegram(given.get("text", ""))
        content = {"written": written, "problem": problem, **listed(chats, OF_BROADCASTS)}
        return render(request, "buhbot/admin/broadcast_look.html", content)

    def release_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, with all that is known of it; then let it go, now or later."""
        broadcast = self._row(request, pk)
        if not broadcast.is_draft:
            messages.warning(request, gettext("It has been released already."))
            return self._back_to(broadcast)
        form = ScheduleForm(request.POST if request.POST.get("when") == "later" else None)
        if request.method == "POST" and (not form.is_bound or form.is_valid()):
            return self._release(request, broadcast, form)
        return self._ask(request, broadcast, form)

    def _release(self, request: HttpRequest, broadcast: Broadcast, form: ScheduleForm) -> HttpResponse:
        start_at = form.cleaned_data["start_at"] if form.is_bound else None
        try:
            broadcasts.lock_draft(broadcast)
            if request.POST.get("seen") != BroadcastForm(instance=self._row(request, broadcast.pk)).stamp:
                messages.error(request, gettext("It was changed meanwhile. Look at it once more."))
                return HttpResponseRedirect(reverse("admin:buhbot_broadcast_release", args=[broadcast.pk]))
            broadcasts.release_broadcast(broadcast, start_at=start_at, now=timezone.now())
        except broadcasts.NotADraft:
            messages.warning(request, gettext("It has been released already."))
        except broadcasts.NobodyToWriteTo:
            messages.error(request, gettext("There is nobody to write to: choose other chats."))
        except broadcasts.StartInThePast:
            messages.error(request, gettext("This time is over. Choose a later one."))
        else:
            self._tell_release(request, broadcast, form)
        return self._back_to(broadcast)

    def _tell_release(self, request: HttpRequest, broadcast: Broadcast, form: ScheduleForm) -> None:
        said = gettext("Being sent.")
        if form.is_bound:
            at = timezone.localtime(form.cleaned_data["start_at"])
            said = gettext("Will be sent at %(at)s.") % {"at": f"{at:%d.%m.%Y %H:%M}"}
        self.log_action(request, broadcast, said)
        messages.success(request, said)

    def _ask(self, request: HttpRequest, broadcast: Any, form: ScheduleForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            **self._shown(request, broadcast),
            **listed(chosen_chats(broadcast), OF_BROADCASTS),
            "title": gettext("Send the broadcast"),
            "subtitle": str(broadcast),
            "opts": self.opts,
            "form": form,
            "stamp": BroadcastForm(instance=broadcast).stamp,
            "zone": dict(ZONES).get(zone := timezone.get_current_timezone_name(), zone),
        }
        return TemplateResponse(request, "buhbot/admin/broadcast_release.html", context)

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show how it goes; asked for again and again while it is under way."""
        broadcast = self._row(request, pk)
        content = self._shown(request, broadcast)
        answer = render(request, "buhbot/admin/broadcast_progress.html", content)
        if broadcast.is_draft:  # recalled: the page is a form again
            answer["HX-Refresh"] = "true"
        return answer

    def test_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send a draft to the person who asks, and nobody else."""
        broadcast, me = self._pressed(request, pk), person(request)
        written, problem = seen_in_telegram(broadcast.text)
        if problem:
            messages.error(request, problem)
        elif me.telegram_id is None:
            messages.error(
                request,
                gettext(
                    "Your account is not linked to Telegram, so there is nowhere to send the test. Ask an administrator"
                    " for a link: it is made on your page among the staff."
                ),
            )
        elif not me.is_reachable:
            messages.error(
                request,
                gettext("The bot cannot write to you. Open the chat with it, press Start and try again."),
            )
        else:
            self.send_test(me, written)
            said = gettext("A test was sent to %(name)s.") % {"name": me}
            self.log_action(request, broadcast, said)
            messages.success(request, said)
        return self._back_to(broadcast)

    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Stop it while it is being sent."""
        broadcast = self._pressed(request, pk)
        said = gettext("Stopped: who has not got it yet will not get it.")
        is_done = broadcasts.stop_broadcast(broadcast, now=timezone.now())
        return self._done(request, broadcast, said if is_done else "")

    def recall_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a scheduled one a draft again."""
        broadcast = self._pressed(request, pk)
        said = gettext("Recalled: it is a draft again.")
        return self._done(request, broadcast, said if broadcasts.recall_broadcast(broadcast) else "")

    def _done(self, request: HttpRequest, broadcast: Broadcast, said: str) -> HttpResponse:
        if said:
            self.log_action(request, broadcast, said)
            messages.success(request, said)
        else:
            messages.warning(
                request, gettext("Too late: its state has changed. The page shows how it stands.")
            )
        return self._back_to(broadcast)

    # What they share

    def _row(self, request: HttpRequest, pk: int) -> Any:
        return get_object_or_404(self.get_queryset(request), pk=pk)

    def _pressed(self, request: HttpRequest, pk: int) -> Any:
        if request.method != "POST":
            raise PermissionDenied
        return self._row(request, pk)

    def _back_to(self, broadcast: Broadcast) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:buhbot_broadcast_change", args=[broadcast.pk]))

    def _shown(self, request: HttpRequest, broadcast: Any) -> dict[str, Any]:
        written, problem = seen_in_telegram(broadcast.text)
        content = {
            "broadcast": broadcast,
            "written": written,
            "problem": problem,
            "state_badge": self.state_word(broadcast),
            "is_live": broadcast.state in UNDER_WAY,
        }
        if broadcast.state == State.SCHEDULED:
            content |= listed(chosen_chats(broadcast), OF_BROADCASTS)
        elif not broadcast.is_draft:
            progress = progress_of(broadcast)
            is_live = content["is_live"] or progress.waiting > 0
            content |= {"progress": progress, "is_live": is_live, **missed(broadcast)}
        return content

    # The columns of the list

    @display(description=_("state"), ordering="state")
    def state_word(self, broadcast: Broadcast) -> str:
        return badge(broadcast.get_state_display(), COLOURS[broadcast.state])

    @display(description=_("to whom"))
    def to_whom(self, broadcast: Any) -> str:
        if broadcast.segment is not None:
            return str(broadcast.segment)
        if broadcast.audience == Broadcast.Audience.PICKED:
            return gettext("picked by hand: %(count)d") % {"count": len(broadcast.picked_now)}
        return str(broadcast.get_audience_display())

    @display(description=_("start"), ordering="start_at")
    def starts(self, broadcast: Broadcast) -> str:
        return moment(broadcast.started_at or broadcast.start_at, now=timezone.now())

    @display(description=_("delivered"))
    def arrived(self, broadcast: Any) -> str:
        if broadcast.started_at is None:
            return "—"
        return gettext("%(sent)d of %(all)d") % {"sent": broadcast.sent_count, "all": broadcast.to_count}
