"""The pages of a chat beside its settings: how it stands, who is in it, what is said in it (ADM-04)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext

from buhbot.admin.base import person
from buhbot.models import Chat, Message, Role, User
from buhbot.selectors import Seen, people_seen, visible_chats, visible_messages, visible_staff
from buhbot.services.audit import Change
from buhbot.services.people import LinkedAlready, TelegramAccountTaken, link_account
from sla.admin.bubbles import bubble, told_by
from sla.admin.health import checks_of
from sla.admin.recompute import reevaluate
from sla.admin.words import moment
from sla.models import Label
from sla.selectors import SERVING_ROLES, newest_version_of, open_requests

MOST_PEOPLE = 100
PER_PAGE = 50
LAST_PAGE = 1000
LONGEST_SEARCH = 200
KIND_COLOURS: dict[str, str] = {
    Message.Sender.CLIENT: "primary",
    Message.Sender.STAFF: "success",
    Message.Sender.BOT: "info",
    Message.Sender.ANONYMOUS_ADMIN: "warning",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who wrote in the chat, as the page shows it."""

    telegram_id: int
    name: str
    kind: str
    colour: str
    count: int
    at: str
    may_be_staff: bool


def person_of(seen: Seen, *, now: datetime) -> Person:
    """Say who somebody in the chat is: staff by name and role, else what Telegram said."""
    sender = Message.Sender.STAFF if seen.staff else Message.Sender(seen.last.sender)
    return Person(
        telegram_id=seen.telegram_id,
        name=str(seen.staff) if seen.staff else seen.last.sender_name or str(seen.telegram_id),
        kind=seen.staff.get_role_display() if seen.staff else str(sender.label),
        colour=KIND_COLOURS.get(sender, ""),
        count=seen.count,
        at=moment(seen.last.sent_at, now=now),
        may_be_staff=sender == Message.Sender.CLIENT,
    )


class ChatPages:
    """Views of one chat; mixed into its Admin page."""

    admin_site: Any
    opts: Any
    log_action: Any

    def reads_all_messages(self) -> bool | None:
        """Whether privacy mode is off; None: not known. The room that asks Telegram knows."""
        return None

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/health/", wrap(self.health_view), name="buhbot_chat_health"),
            path("<int:pk>/people/", wrap(self.people_view), name="buhbot_chat_people"),
            path("<int:pk>/staff/", wrap(self.staff_view), name="buhbot_chat_staff"),
            path("<int:pk>/conversation/", wrap(self.conversation_view), name="buhbot_chat_conversation"),
        ]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    def health_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show in words whether the bot can do its work in the chat, and what to do if not."""
        chat, user = self._chat(request, pk), person(request)
        checks = checks_of(
            chat,
            version=newest_version_of(chat),
            reads_all=self.reads_all_messages(),
            is_staff_seen=user.role in SERVING_ROLES,
            now=timezone.now(),
        )
        return self._page(request, chat, "sla/admin/chat_health.html", "health", {"checks": list(checks)})

    def people_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show who writes in the chat, and what each counts as."""
        chat, now = self._chat(request, pk), timezone.now()
        free = visible_staff(person(request)).filter(is_active=True, telegram_id=None).order_by("full_name")
        content = {
            "people": [person_of(one, now=now) for one in people_seen(chat, most=MOST_PEOPLE)],
            "accounts": list(free) if request.user.has_perm("buhbot.change_user") else [],
            "may_erase": person(request).role == Role.ADMIN,
            "is_silent": chat.kind == Chat.Kind.PRIVATE
            and chat.telegram_id > 0
            and not chat.messages.exists(),
        }
        return self._page(request, chat, "sla/admin/chat_people.html", "people", content)

    def staff_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take somebody who wrote in the chat for a person of the firm; judge the open requests anew (TIM-04)."""
        chat = self._chat(request, pk)
        if request.method != "POST" or not request.user.has_perm("buhbot.change_user"):
            raise PermissionDenied
        telegram_id, account = request.POST.get("telegram_id", ""), request.POST.get("account", "")
        keys = [int(key) if key.isdecimal() and len(key) <= 18 else 0 for key in (telegram_id, account)]
        user = visible_staff(person(request)).filter(pk=keys[1]).first()
        is_seen = chat.messages.filter(sender_id=keys[0], sender=Message.Sender.CLIENT).exists()
        if user is None or not is_seen:
            messages.error(request, gettext("Choose a person of the chat and a staff account."))
        else:
            self._link(request, chat, user, keys[0])
        return HttpResponseRedirect(reverse("admin:buhbot_chat_people", args=[pk]))

    def _link(self, request: HttpRequest, chat: Chat, user: User, telegram_id: int) -> None:
        try:
            link_account(user, telegram_id=telegram_id, now=timezone.now())
        except LinkedAlready:
            messages.error(request, gettext("This account is linked to Telegram already, or switched off."))
        except TelegramAccountTaken:
            messages.error(request, gettext("This person of the chat has a staff account already."))
        else:
            touched = open_requests().filter(request_messages__message__sender_id=telegram_id)
            reevaluate(request, Chat.objects.filter(pk__in=touched.values("chat")))
            said = gettext("The Telegram account was linked, as seen in the chat «%(chat)s».") % {
                "chat": chat
            }
            self.log_action(request, user, said, [Change(gettext("Telegram id"), "—", str(telegram_id))])
            told = gettext("%(name)s counts as staff now; the open requests were judged anew.")
            messages.success(request, told % {"name": user})

    def conversation_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what was said in the chat, the newest page first, or what of it holds the words searched for."""
        chat, now = self._chat(request, pk), timezone.now()
        words = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
        number = _page_number(request.GET.get("page", ""))
        said = told_by(visible_messages(person(request)).filter(chat=chat))
        if words:
            said = said.filter(Q(text__icontains=words) | Q(sender_name__icontains=words))
        start = (number - 1) * PER_PAGE
        found = list(said.order_by("-sent_at", "-pk")[start : start + PER_PAGE + 1])
        content = {
            "bubbles": [bubble(message, now=now) for message in found[:PER_PAGE][::-1]],
            "words": words,
            "older": number + 1 if len(found) > PER_PAGE else 0,
            "newer": number - 1,
            "labels": Label.choices,
            "may_correct": request.user.has_perm("sla.add_correction"),
        }
        return self._page(request, chat, "sla/admin/chat_conversation.html", "conversation", content)

    def _chat(self, request: HttpRequest, pk: int) -> Chat:
        """Find a chat whose people and messages the person may see; observers see titles and figures only."""
        user = person(request)
        if user.role == Role.OBSERVER or not user.has_perm("buhbot.view_chat"):
            raise PermissionDenied
        return get_object_or_404(visible_chats(user), pk=pk)

    def _page(
        self, request: HttpRequest, chat: Chat, template: str, tab: str, content: dict[str, Any]
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": str(chat),
            "opts": self.opts,
            "original": chat,
            "chat": chat,
            "tab": tab,
            "more_tabs": more_tabs(chat, person(request)),
            **content,
        }
        return TemplateResponse(request, template, context)


def more_tabs(chat: Chat, user: User) -> list[dict[str, Any]]:
    """Return the tabs that other rooms bring along for the person (setting CHAT_TABS)."""
    makers: list[Callable[[Chat, User], dict[str, Any] | None]] = list(map(import_string, settings.CHAT_TABS))
    return [tab for make in makers if (tab := make(chat, user))]


def _page_number(given: str) -> int:
    """Read the number of a page; the first one for anything that is none."""
    return min(max(int(given), 1), LAST_PAGE) if given.isdecimal() and len(given) < 9 else 1
