"""The table of the specification as data: who may do what on which page of Admin (RBAC-03).

It is written apart from `buhbot/roles.py`, which it checks. A new model, page or action of Admin needs its row here;
the walk in `test_rights.py` says so when one is missing.
"""

from dataclasses import dataclass, field

from buhbot.models import Role

ADMIN, MANAGER, ACCOUNTANT, OBSERVER = Role.ADMIN, Role.MANAGER, Role.ACCOUNTANT, Role.OBSERVER
ALL, OWN, LIST = "all", "own", "list"  # list: the page opens, and shows none of the rows of the walk
Sight = dict[str, str]
EVERYBODY: Sight = {ADMIN: ALL, MANAGER: ALL, ACCOUNTANT: ALL, OBSERVER: ALL}
STAFF: Sight = {ADMIN: ALL, MANAGER: ALL, ACCOUNTANT: OWN}
SERVING: Sight = {ADMIN: ALL, MANAGER: ALL}
ADMINS: Sight = {ADMIN: ALL}


@dataclass(frozen=True)
class Row:
    """Which rows of a model each role sees, adds, changes and deletes on Django's own pages."""

    see: Sight
    add: Sight = field(default_factory=dict)
    change: Sight = field(default_factory=dict)
    delete: Sight = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """A page of our own: whose rows it works on for whom, and how it is asked for."""

    who: Sight
    method: str = "post"
    data: dict[str, str] = field(default_factory=dict)


MODELS: dict[str, Row] = {
    "auth.group": Row(ADMINS, ADMINS, ADMINS, ADMINS),
    "buhbot.user": Row(STAFF, ADMINS, ADMINS),  # own: oneself
    "buhbot.absence": Row(STAFF, STAFF, STAFF, STAFF),
    "buhbot.chat": Row({**EVERYBODY, ACCOUNTANT: OWN}, change=SERVING),
    "buhbot.chatlabel": Row(SERVING, SERVING, SERVING, SERVING),
    "buhbot.segment": Row(SERVING, SERVING, SERVING, SERVING),
    "buhbot.broadcast": Row(SERVING, SERVING, SERVING, SERVING),  # the row of the walk is a draft
    "buhbot.message": Row(STAFF),
    "buhbot.preference": Row(SERVING, change=ADMINS),  # its page is the list
    "buhbot.auditentry": Row(SERVING),
    "buhbot.calendar": Row(EVERYBODY, ADMINS, SERVING, ADMINS),
    "buhbot.tier": Row(EVERYBODY, ADMINS, SERVING, ADMINS),
    "sla.policy": Row(EVERYBODY, ADMINS, SERVING, ADMINS),
    "sla.invitation": Row(SERVING, SERVING, delete=SERVING),
    "sla.request": Row(STAFF),  # changed by buttons and actions only
    "sla.alert": Row(STAFF),
    "sla.correction": Row(SERVING),
    # the rows of the walk are personal ones; the firm's are in tests/admin/test_templates.py
    "templates_app.template": Row({**STAFF, OBSERVER: LIST}, STAFF, STAFF, STAFF),
    "templates_app.faqitem": Row(EVERYBODY, SERVING, SERVING, ADMINS),
    "templates_app.service": Row(EVERYBODY, SERVING, SERVING, ADMINS),
    "templates_app.quickbutton": Row(EVERYBODY, SERVING, SERVING, ADMINS),
    "templates_app.receivedfile": Row(STAFF, change=STAFF),
    "buhbot.surveyoptout": Row(SERVING),  # taken back on a page of its own
    "feedback.survey": Row(SERVING, SERVING, SERVING, SERVING),  # the row of the walk is a draft
    "feedback.delivery": Row(SERVING),
    "feedback.followup": Row(SERVING),  # closed on a page of its own
    "feedback.vote": Row(SERVING),
    "bot.inboundupdate": Row(SERVING),
    "bot.outgoingmessage": Row(SERVING),
}

PAGES: dict[str, Page] = {
    "buhbot_chat_monitor": Page(SERVING, data={"on": "1"}),
    "buhbot_chat_health": Page(STAFF, method="get"),
    "buhbot_chat_people": Page(STAFF, method="get"),
    "buhbot_chat_staff": Page(ADMINS, data={"telegram_id": "501", "account": "1"}),
    "buhbot_chat_erase": Page(ADMINS, method="get", data={"person": "501"}),
    "buhbot_chat_conversation": Page(STAFF, method="get"),
    "buhbot_segment_members": Page(SERVING),
    "buhbot_broadcast_look": Page(SERVING, data={"text": "Новый адрес", "audience": "all"}),
    "buhbot_broadcast_release": Page(SERVING, method="get"),
    "buhbot_broadcast_progress": Page(SERVING, method="get"),
    "buhbot_broadcast_test": Page(SERVING),
    "buhbot_broadcast_stop": Page(SERVING),
    "buhbot_broadcast_recall": Page(SERVING),
    "buhbot_calendar_year": Page(EVERYBODY, method="get"),
    "buhbot_calendar_preview": Page(SERVING),
    "buhbot_message_correct": Page(SERVING, data={"label": "SPAM"}),
    "sla_request_act": Page(STAFF, data={"action": "resolve"}),
    "sla_request_assign": Page(SERVING, data={"assignee": "1"}),
    "templates_app_template_preview": Page(EVERYBODY, data={"text": "{{date}}"}),
    "templates_app_template_import_view": Page(STAFF, method="get"),
    "templates_app_template_export_view": Page(EVERYBODY, method="get"),
    "templates_app_faqitem_try_view": Page(EVERYBODY, method="get", data={"text": "реквизиты"}),
    "templates_app_faqitem_unanswered_view": Page(SERVING, method="get"),
    "templates_app_receivedfile_download": Page(STAFF, method="get"),  # leads to the copy
    "templates_app_receivedfile_again": Page(STAFF),
    "buhbot_surveyoptout_undo": Page(SERVING, method="get"),
    "feedback_survey_act": Page(SERVING, data={"what": "copy"}),
    "feedback_survey_progress": Page(SERVING, method="get"),
    "feedback_survey_members": Page(SERVING, data={"audience": "all"}),
    "feedback_survey_quarterly": Page(SERVING),
    "feedback_followup_close": Page(SERVING, method="get"),
    "feedback_vote_export": Page(SERVING, method="get"),
    "bot_inboundupdate_again": Page(ADMINS),
    "bot_outgoingmessage_again": Page(ADMINS),
    "buhbot_user_link": Page(ADMINS),
    "buhbot_user_unlink": Page(ADMINS),
    "buhbot_user_password_link": Page(ADMINS),
    "buhbot_user_reset_factor": Page(ADMINS),
    "buhbot_user_notices": Page(STAFF, data={"wants_digest": "on"}),
    "buhbot_user_import": Page(ADMINS, method="get"),
    "buhbot_user_links": Page(ADMINS),
    "auth_user_password_change": Page(ADMINS, method="get"),
}
OF_ONESELF: set[str] = set()  # pages whose own row is the person's, whatever the role

# Pages of the site itself, without a row; None: leads elsewhere or is asked for in other tests.
SITE: dict[str, Sight | None] = {
    "index": EVERYBODY,
    "search": EVERYBODY,  # names of pages only, no rows
    "sla_reports": EVERYBODY,
    "sla_reports_export": None,  # test_reports.py
    "home_piece": None,  # test_home.py
    "password_change": EVERYBODY,
    "password_change_done": EVERYBODY,
    "jsi18n": EVERYBODY,
    "login": None,
    "second_step": None,  # test_sign_in.py, as the next but one
    "second_factor": EVERYBODY,
    "password_ask": None,
    "password_set": None,
    "logout": None,
    "autocomplete": None,  # test_autocomplete_…
    "view_on_site": None,  # test_no_row_is_found_by_its_type_…
    "app_list": None,  # test_the_list_of_pages_…
}

ACTIONS: dict[tuple[str, str], Sight] = {
    ("buhbot.user", "print_links"): ADMINS,
    ("buhbot.calendar", "load_production_calendar"): SERVING,
    **{("sla.request", name): STAFF for name in ("take", "resolve", "snooze", "snooze_1h", "snooze_4h")},
    **{("sla.request", name): SERVING for name in ("assign_chosen", "cancel")},
    **{("templates_app.receivedfile", name): STAFF for name in ("take", "finish")},
    ("bot.inboundupdate", "again"): ADMINS,
    ("bot.outgoingmessage", "again"): ADMINS,
}

# Words that must not stand on any page which the role opens.
SECRETS: dict[str, tuple[str, ...]] = {
    ADMIN: (),
    MANAGER: (),
    ACCOUNTANT: ("Вектор", "Борис", "Михаил"),
    OBSERVER: ("Анна", "Борис", "Михаил", "Ирина", "акт сверки"),
}
NAMES_COLLEAGUES = {"buhbot_absence_add", "buhbot_absence_change"}  # somebody has to be chosen (STF-03)
