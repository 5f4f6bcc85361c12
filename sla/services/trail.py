"""Write down what people did to a request: an event of it, and an entry of the audit log (REQ-07, ADM-10)."""

from datetime import datetime

from django.utils.translation import gettext as _

from buhbot.models import AuditEntry, User
from buhbot.services.audit import Change, record
from sla.models import Request, RequestEvent


def note_act(
    request: Request, kind: str, *, actor: User, now: datetime, before: str = "", note: str = ""
) -> None:
    """Write the event and the entry."""
    RequestEvent.objects.create(request=request, kind=kind, at=now, actor=actor, note=note)
    audit_act(request, kind, actor=actor, now=now, before=before, note=note)


def audit_act(
    request: Request, kind: str, *, actor: User, now: datetime, before: str = "", note: str = ""
) -> None:
    """Write the entry alone; `before` is the state of the request before the act, where that changed."""
    title = str(RequestEvent.Kind(kind).label)
    states = dict(Request.State.choices)
    changes = [Change(_("state"), str(states[before]), str(states[request.state]))] if before else []
    record(
        AuditEntry.Kind.DONE,
        actor=actor,
        about=request,
        name=f"{request} · {request.chat}",
        note=f"{title}: {note}" if note else title,
        changes=changes,
        now=now,
    )
