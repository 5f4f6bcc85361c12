"""What each role may do in Admin: role → model → verbs, kept as the Django permissions of a group (RBAC-01).

Verbs: v view, a add, c change, d delete. Which rows of a model a person sees is said by the `visible_…` selectors
(RBAC-02), and by the database once more (`buhbot/access.py`).
"""

from buhbot.models import Role

Rights = dict[str, str]

VERBS = {"v": "view", "a": "add", "c": "change", "d": "delete"}

ADMIN: Rights = {
    "auth.group": "vacd",
    "buhbot.user": "vac",  # people are switched off, never deleted (RBAC-04)
    "buhbot.stafflink": "vacd",
    "buhbot.absence": "vacd",
    "buhbot.chat": "vc",  # chats register themselves
    "buhbot.chatlabel": "vacd",
    "buhbot.segment": "vacd",
    "buhbot.broadcast": "vacd",
    "buhbot.assignment": "vacd",
    "buhbot.calendar": "vacd",
    "buhbot.calendarexception": "vacd",
    "buhbot.tier": "vacd",
    "buhbot.preference": "vc",
    "buhbot.auditentry": "v",
    "buhbot.message": "v",
    "sla.policy": "vacd",
    "sla.chatpolicy": "vacd",
    "sla.invitation": "vad",  # taken back, never changed
    "sla.request": "vc",
    "sla.correction": "va",
    "sla.alert": "v",
    "templates_app.template": "vacd",
    "templates_app.faqitem": "vacd",
    "templates_app.service": "vacd",
    "templates_app.quickbutton": "vacd",
    "templates_app.receivedfile": "vc",
    "feedback.survey": "vacd",  # deleted while they are drafts
    "feedback.delivery": "v",
    "feedback.vote": "v",
    "feedback.followup": "vc",
    "buhbot.surveyoptout": "v",  # taken back by a button, with a reason
    "bot.inboundupdate": "vc",
    "bot.outgoingmessage": "vc",
}
MANAGER: Rights = {
    "buhbot.user": "v",
    "buhbot.absence": "vacd",
    "buhbot.chat": "vc",
    "buhbot.chatlabel": "vacd",
    "buhbot.segment": "vacd",
    "buhbot.broadcast": "vacd",
    "buhbot.assignment": "vacd",
    "buhbot.calendar": "vc",
    "buhbot.calendarexception": "vacd",
    "buhbot.tier": "vc",
    "buhbot.preference": "v",
    "buhbot.auditentry": "v",
    "buhbot.message": "v",
    "sla.policy": "vc",
    "sla.chatpolicy": "vacd",
    "sla.invitation": "vad",  # taken back, never changed
    "sla.request": "vc",
    "sla.correction": "va",
    "sla.alert": "v",
    "templates_app.template": "vacd",  # the firm's are deleted by administrators only
    "templates_app.faqitem": "vac",
    "templates_app.service": "vac",
    "templates_app.quickbutton": "vac",
    "templates_app.receivedfile": "vc",
    "feedback.survey": "vacd",  # deleted while they are drafts
    "feedback.delivery": "v",
    "feedback.vote": "v",
    "feedback.followup": "vc",
    "buhbot.surveyoptout": "v",  # taken back by a button, with a reason
    "bot.inboundupdate": "v",
    "bot.outgoingmessage": "v",
}
ACCOUNTANT: Rights = {
    "buhbot.user": "v",  # oneself only
    "buhbot.absence": "vacd",  # one's own
    "buhbot.chat": "v",
    "buhbot.assignment": "v",
    "buhbot.calendar": "v",
    "buhbot.calendarexception": "v",
    "buhbot.tier": "v",
    "buhbot.message": "v",
    "sla.policy": "v",
    "sla.chatpolicy": "v",
    "sla.request": "vc",
    "sla.alert": "v",
    "templates_app.template": "vacd",  # one's own; the firm's are seen
    "templates_app.faqitem": "v",
    "templates_app.service": "v",
    "templates_app.quickbutton": "v",
    "templates_app.receivedfile": "vc",  # of own chats
}
OBSERVER: Rights = {
    "buhbot.chat": "v",  # titles and figures only
    "buhbot.calendar": "v",
    "buhbot.calendarexception": "v",
    "buhbot.tier": "v",
    "sla.policy": "v",
    "templates_app.template": "v",  # the firm's
    "templates_app.faqitem": "v",
    "templates_app.service": "v",
    "templates_app.quickbutton": "v",
}

ROLES: dict[Role, Rights] = {
    Role.ADMIN: ADMIN,
    Role.MANAGER: MANAGER,
    Role.ACCOUNTANT: ACCOUNTANT,
    Role.OBSERVER: OBSERVER,
}


def permissions_of(role: Role) -> frozenset[tuple[str, str]]:
    """Return the role's permissions as pairs of app label and codename."""
    return frozenset(
        (app, f"{VERBS[verb]}_{model}")
        for app, model, verbs in ((*label.split("."), verbs) for label, verbs in ROLES[role].items())
        for verb in verbs
    )
