"""What clients read when they order: quick buttons, services, the questions about them (CLI-04, CLI-08)."""

from collections.abc import Sequence

from django.utils.html import escape
from django.utils.translation import gettext as _

from bot.texts.words import bold
from templates_app.models import Service, ServiceOrder
from templates_app.models.services import fields_of
from templates_app.services.ordering import MAX_ANSWER

BELL = "🛎"


def group_menu() -> str:
    return _("What can we do for you? Choose below, or simply write here.")


def quick_button() -> str:
    return _("⚡ Order a document")


def files_button() -> str:
    return _("📎 Document status")


def services_button() -> str:
    return _("🛎 Request a service")


def choose_quick(chat: str) -> str:
    """Ask which document is to be ordered."""
    return _("What do you need for %(client)s? One press opens a request.") % {"client": bold(chat)}


def no_quick() -> str:
    return _("There are no quick buttons now. Write what you need, and the accountant will answer.")


def wish(name: str) -> str:
    """Write a wish as the log keeps it: plain text."""
    return f"{BELL} {name}"


def accepted(name: str, number: int) -> str:
    """Confirm a wish with the number of the request (CLI-06)."""
    values = {"wish": bold(name), "number": number}
    return "✅ " + _("Accepted: %(wish)s. Request № %(number)d; the accountant will answer.") % values


def accepted_toast(number: int) -> str:
    return _("Accepted: request № %(number)d") % {"number": number}


def accepted_already_toast(number: int) -> str:
    return _("We have it already: request № %(number)d is open") % {"number": number}


def gone_toast() -> str:
    return _("This is not on offer any more. Open the menu anew: /menu")


def for_clients_toast() -> str:
    return _("These buttons are for the client")


def nowhere() -> str:
    return _("Orders are not taken here now. Write to your accountant.")


def services(rows: Sequence[Service], *, page: int, pages: int) -> str:
    """List services with their price lines."""
    title = _("Our services")
    if pages > 1:
        title += " · " + _("page %(page)d of %(pages)d") % {"page": page, "pages": pages}
    lines = [f"• {bold(row.name)}" + (f" — {escape(row.price)}" if row.price else "") for row in rows]
    return "\n".join([bold(title), "", *lines, "", _("Choose one to read more.")])


def no_services() -> str:
    return _("There are no services to choose from yet. Write what you need, and the accountant will answer.")


def service(row: Service) -> str:
    """Describe a service, and say what will be asked for."""
    fields = ", ".join(map(escape, fields_of(row.fields)))
    parts = [
        bold(row.name) + (f"\n{escape(row.price)}" if row.price else ""),
        escape(row.description),
        _("What I will ask for: %(fields)s") % {"fields": fields} if fields else "",
    ]
    return "\n\n".join(filter(None, parts))


def order_button() -> str:
    return _("✅ Order")


def back_button() -> str:
    return _("◀ All services")


def cancel_button() -> str:
    return _("✖ Cancel the order")


def question(order: ServiceOrder, *, is_private: bool) -> str:
    """Ask for the next field."""
    step = {"number": len(order.answers) + 1, "count": len(order.fields)}
    hint = _("Write the answer here.") if is_private else _("Reply to this message.")
    title = f"{bold(order.service)} · " + _("question %(number)d of %(count)d") % step
    return f"{title}\n\n{escape(order.next_field)}?\n\n<i>{hint}</i>".replace("??", "?")


def question_toast() -> str:
    return _("A few questions, and it is ordered")


def asking_already_toast() -> str:
    return _("I am asking already: see the question above")


def too_long() -> str:
    return _("This is too long: please answer in at most %(count)d characters.") % {"count": MAX_ANSWER}


def text_only() -> str:
    return _("Please answer the question in words.")


def service_wish(name: str) -> str:
    """Name a service on the request, as staff read it."""
    return _("Service: %(service)s") % {"service": name}


def order_for_staff(order: ServiceOrder) -> str:
    """Write an order with its answers as the log keeps it: plain text."""
    row = order.service
    title = service_wish(row.name) + (f", {row.price}" if row.price else "")
    answers = [f"{field}: {answer}" for field, answer in zip(order.fields, order.answers, strict=False)]
    return "\n".join([wish(title), *answers])


def cancelled() -> str:
    return _("The order is cancelled.")


def cancelled_toast() -> str:
    return _("Cancelled")


def over_toast() -> str:
    return _("This order is over already")


def not_yours_toast() -> str:
    return _("Somebody else is ordering this")
