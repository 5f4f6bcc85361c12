"""Services on offer: a list, a page each, and the button that orders one (CLI-04)."""

from collections.abc import Callable

from django.core.paginator import Paginator
from django.utils import timezone
from telegram import CallbackQuery, Update

from bot.handlers import dialogues
from bot.handlers.choosing import for_chosen_chat
from bot.handlers.places import Place, for_clients, place_of
from bot.handlers.presses import message_pressed, toast
from bot.keyboards import Button, Keyboard, press, read_press
from bot.outbox import queue_edit
from bot.texts import ordering as texts
from buhbot.models import Chat
from templates_app.models import Service
from templates_app.selectors import services_on_offer

PRESS = r"^(menu_services|service_page|service_show|service_order):"
ON_A_PAGE = 8
Shown = tuple[str, Keyboard]


def tell_services(update: Update, chat: Chat) -> None:
    """Show the list in private."""
    text, keyboard = _list(1)
    place_of(update, chat).say(text, keyboard=keyboard)


def choose_service(update: Update, chat: Chat) -> None:
    """Show a page of the list or a service, or begin its order."""
    query = update.callback_query
    pressed = read_press(query.data or "") if query else None
    if query is None:
        return
    act = ACTS.get(pressed[0]) if pressed else None
    if pressed is None or act is None:
        toast(query, texts.gone_toast())
    else:
        act(update, query, place_of(update, chat), pressed[1])


def _on_menu(_update: Update, query: CallbackQuery, place: Place, _key: int) -> None:
    toast(query, "")
    text, keyboard = _list(1)
    place.say(text, keyboard=keyboard)


def _on_page(_update: Update, query: CallbackQuery, place: Place, number: int) -> None:
    toast(query, "")
    _show(query, place, _list(number))


def _on_show(_update: Update, query: CallbackQuery, place: Place, key: int) -> None:
    service = services_on_offer().filter(pk=key).first()
    toast(query, "" if service else texts.gone_toast())
    _show(query, place, _page_of(service) if service else _list(1))


def _on_order(update: Update, query: CallbackQuery, place: Place, key: int) -> None:
    service = services_on_offer().filter(pk=key).first()
    if service is None:
        toast(query, texts.gone_toast())
        _show(query, place, _list(1))
    else:
        toast(query, dialogues.begin(update, place, service, now=timezone.now()))


def _list(number: int) -> Shown:
    pages = Paginator(services_on_offer(), ON_A_PAGE)
    if not pages.count:
        return texts.no_services(), ()
    page = pages.get_page(number)
    rows = tuple((Button(row.name, press("service_show", row.pk)),) for row in page)
    before = (Button("◀", press("service_page", page.number - 1)),) if page.has_previous() else ()
    after = (Button("▶", press("service_page", page.number + 1)),) if page.has_next() else ()
    text = texts.services(list(page), page=page.number, pages=pages.num_pages)
    return text, (*rows, (*before, *after))


def _page_of(service: Service) -> Shown:
    keyboard = (
        (Button(texts.order_button(), press("service_order", service.pk)),),
        (Button(texts.back_button(), press("service_page", 1)),),
    )
    return texts.service(service), keyboard


def _show(query: CallbackQuery, place: Place, shown: Shown) -> None:
    """Let the message under which the button stands show something else."""
    text, keyboard = shown
    known = message_pressed(query, place.said_in)
    if known is None:
        place.say(text, keyboard=keyboard)
    else:
        queue_edit(known, text=text, keyboard=keyboard, dedupe_key=None)


ACTS: dict[str, Callable[[Update, CallbackQuery, Place, int], None]] = {
    "menu_services": _on_menu,
    "service_page": _on_page,
    "service_show": _on_show,
    "service_order": _on_order,
}
on_button = for_chosen_chat(tell_services)
on_press = for_clients(choose_service)
