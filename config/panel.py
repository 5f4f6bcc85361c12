"""How Admin looks, and its menu: grouped by use, showing what the person may see (ADM)."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse, reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from config.version import PROJECT_VERSION

# Title, icon, and the model of a list, or the name of a page that everybody has.
MENU = [
    (
        _("Work"),
        [
            (_("Requests"), "inbox", "sla.request"),
            (_("Chats"), "forum", "buhbot.chat"),
            (_("Files"), "attach_file", "templates_app.receivedfile"),
            (_("Invitations"), "group_add", "sla.invitation"),
            (_("Reports"), "monitoring", "sla_reports"),
        ],
    ),
    (
        _("Mailings"),
        [
            (_("Broadcasts"), "campaign", "buhbot.broadcast"),
            (_("Segments"), "filter_alt", "buhbot.segment"),
            (_("Labels"), "label", "buhbot.chatlabel"),
        ],
    ),
    (
        _("Team"),
        [
            (_("Staff"), "groups", "buhbot.user"),
            (_("Absences"), "event_busy", "buhbot.absence"),
            (_("Groups and rights"), "shield_person", "auth.group"),
        ],
    ),
    (
        _("Replies"),
        [
            (_("Templates"), "quickreply", "templates_app.template"),
            (_("Frequent questions"), "help", "templates_app.faqitem"),
            (_("Services"), "storefront", "templates_app.service"),
            (_("Quick buttons"), "smart_button", "templates_app.quickbutton"),
        ],
    ),
    (
        _("Feedback"),
        [
            (_("Surveys"), "reviews", "feedback.survey"),
            (_("Ratings"), "star", "feedback.vote"),
            (_("Copies of surveys"), "outgoing_mail", "feedback.delivery"),
            (_("Follow-ups"), "assignment_late", "feedback.followup"),
            (_("Want no surveys"), "notifications_off", "buhbot.surveyoptout"),
        ],
    ),
    (
        _("Terms"),
        [
            (_("Policies"), "timer", "sla.policy"),
            (_("Calendars"), "calendar_month", "buhbot.calendar"),
            (_("Client tiers"), "loyalty", "buhbot.tier"),
            (_("Settings"), "settings", "buhbot.preference"),
        ],
    ),
    (
        _("Journals"),
        [
            (_("Messages"), "chat", "buhbot.message"),
            (_("Alerts"), "notifications", "sla.alert"),
            (_("Classification"), "rule", "sla.correction"),
            (_("Inbox"), "move_to_inbox", "bot.inboundupdate"),
            (_("Outbox"), "outbox", "bot.outgoingmessage"),
            (_("Audit log"), "history", "buhbot.auditentry"),
        ],
    ),
]

# Views of the reports that rooms bring along: each makes its tables for the person who looks.
REPORT_VIEWS: dict[str, Any] = {
    "feedback": {
        "title": _("Ratings"),
        "tables": ["feedback.admin.tables.by_survey", "feedback.admin.tables.by_accountant"],
    }
}


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the menu of the person who asks."""
    home = {"title": _("Today"), "icon": "home", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"items": [home]}]
    for title, pages in MENU:
        items = [_item(*page) for page in pages if _may_see(request, page[2])]
        if items:
            groups.append({"title": title, "separator": True, "items": items})
    return groups


def _item(title: Any, icon: str, page: str) -> dict[str, Any]:
    name = f"{page.replace('.', '_')}_changelist" if "." in page else page
    return {"title": title, "icon": icon, "link": reverse(f"admin:{name}")}


def _may_see(request: HttpRequest, page: str) -> bool:
    app, dot, name = page.partition(".")
    return not dot or bool(request.user.has_perm(f"{app}.view_{name}"))


def style(_request: HttpRequest) -> str:
    """Return the address of our own style sheet."""
    return static("buhbot/panel.css")


def icon(_request: HttpRequest) -> str:
    """Return the address of the icon in the browser's tab."""
    return static("buhbot/icon.svg")


UNFOLD = {
    "SITE_TITLE": "BuhBot",
    "SITE_HEADER": "BuhBot",
    "SITE_SUBHEADER": format_lazy("{} {}", _("Version"), PROJECT_VERSION),
    "SITE_SYMBOL": "support_agent",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": icon}],
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "buhbot.admin.home.home",
    "STYLES": [style],
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {
            "50": "oklch(97% .014 254.604)",
            "100": "oklch(93.2% .032 255.585)",
            "200": "oklch(88.2% .059 254.128)",
            "300": "oklch(80.9% .105 251.813)",
            "400": "oklch(70.7% .165 254.624)",
            "500": "oklch(62.3% .214 259.815)",
            "600": "oklch(54.6% .245 262.881)",
            "700": "oklch(48.8% .243 264.376)",
            "800": "oklch(42.4% .199 265.638)",
            "900": "oklch(37.9% .146 265.522)",
            "950": "oklch(28.2% .091 267.935)",
        }
    },
    "ACCOUNT": {"navigation": [{"title": _("Second factor"), "link": reverse_lazy("admin:second_factor")}]},
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": menu},
}
