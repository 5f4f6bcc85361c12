"""Requests, their events and alerts, classes of messages, and the policies that set targets."""

from sla.models.classes import Classification, Correction, Label, TrainedModel
from sla.models.facts import ASKED, Alert, AlertKind, EventKind, RequestEvent, Tick
from sla.models.invitations import Invitation
from sla.models.measures import RequestMeasure
from sla.models.policies import ChatPolicy, Policy
from sla.models.requests import OPEN_STATES, Request, RequestMessage

__all__ = [
    "ASKED",
    "OPEN_STATES",
    "Alert",
    "AlertKind",
    "ChatPolicy",
    "Classification",
    "Correction",
    "EventKind",
    "Invitation",
    "Label",
    "Policy",
    "Request",
    "RequestEvent",
    "RequestMeasure",
    "RequestMessage",
    "Tick",
    "TrainedModel",
]
