"""Requests, their events and alerts, and the policies that set their targets."""

from sla.models.policies import ChatPolicy, Policy
from sla.models.requests import (
    Alert,
    Classification,
    Request,
    RequestEvent,
    RequestMessage,
    Tick,
)

__all__ = [
    "Alert",
    "ChatPolicy",
    "Classification",
    "Policy",
    "Request",
    "RequestEvent",
    "RequestMessage",
    "Tick",
]
