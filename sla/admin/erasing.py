"""The erasure of one client, asked for from a chat of theirs: what will go, then a typed confirmation (SEC-14)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext

from buhbot.admin.base import person
from buhbot.erasing import CannotErase, Counts, chats_of, erase_client, names_of, rehearse
from buhbot.models import Chat, Message, Role
from buhbot.retention import BACKUP_WEEKS

PATIENCE_SECONDS = 20  # a browser and nginx wait for a minute


class ErasurePage:
    """The page of the erasure; mixed into the Admin page of chats, and for administrators only."""

    admin_site: Any
    _chat: Any
    _page: Any

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = path("<int:pk>/erase/", wrap(self.erase_view), name="buhbot_chat_erase")
        return [own, *super().get_urls()]  # type: ignore[misc]

    def erase_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what would go; erase it when the person's number was typed in."""
        if person(request).role != Role.ADMIN:
            raise PermissionDenied
        chat = self._chat(request, pk)
        asked = (request.POST if request.method == "POST" else request.GET).get("person", "")
        telegram_id = known_person(chat, asked)
        if telegram_id is None:
            messages.error(
                request, gettext("Choose a client of the chat. Whoever was erased is not known here.")
            )
            return HttpResponseRedirect(reverse("admin:buhbot_chat_people", args=[pk]))
        if request.method == "POST" and _is_confirmed(request, telegram_id):
            return self._erase(request, chat, telegram_id)
        return self._foreseen(request, chat, telegram_id)

    def _foreseen(self, request: HttpRequest, chat: Chat, telegram_id: int) -> HttpResponse:
        content: dict[str, Any] = {
            "telegram_id": telegram_id,
            "names": names_of(telegram_id),
            "chats": chats_of(telegram_id),
            "is_mistyped": request.method == "POST",
            "backup_weeks": BACKUP_WEEKS,
        }
        try:
            content["gone"] = _some(rehearse(telegram_id, now=timezone.now(), seconds=PATIENCE_SECONDS))
        except CannotErase as refusal:
            content["refusal"] = str(refusal)
            content["command"] = refusal.command and f"{refusal.command} {telegram_id}"
        return self._page(request, chat, "sla/admin/chat_erase.html", "people", content)  # type: ignore[no-any-return]

    def _erase(self, request: HttpRequest, chat: Chat, telegram_id: int) -> HttpResponse:
        try:
            gone = erase_client(
                telegram_id, actor=person(request), now=timezone.now(), seconds=PATIENCE_SECONDS
            )
        except CannotErase:  # since the page was shown; it says so once more
            return self._foreseen(request, chat, telegram_id)
        told = gettext(
            "The client is erased. Gone: %(what)s. Copies of files leave the storage within minutes."
        )
        what = "; ".join(f"{name} — {count}" for name, count in _some(gone)) or "—"
        messages.success(request, told % {"what": what})
        return HttpResponseRedirect(reverse("admin:buhbot_chat_people", args=[chat.pk]))


def known_person(chat: Chat, asked: str) -> int | None:
    """Read whom to erase: somebody who wrote in the chat as no staff, or whose private chat it is."""
    number = int(asked) if asked.isdecimal() and len(asked) <= 18 else 0
    said = chat.messages.filter(sender_id=number, staff=None).exclude(sender=Message.Sender.BOT)
    is_own = chat.kind == Chat.Kind.PRIVATE and chat.telegram_id == number
    return number if number > 0 and (is_own or said.exists()) else None


def _is_confirmed(request: HttpRequest, telegram_id: int) -> bool:
    return request.POST.get("confirmation", "").strip() == str(telegram_id)


def _some(counts: Counts) -> Counts:
    return [(name, count) for name, count in counts if count]
