"""Writes about requests: one public function, one use case, one transaction."""

from sla.services.actions import (
    ChatNotWatched,
    NotAllowed,
    RequestAlreadyClosed,
    RequestAlreadyOpen,
    TooLateToReopen,
    acknowledge,
    cancel,
    cancel_chat_requests,
    record_refusal,
    reopen,
    resolve,
)
from sla.services.intake import Intake, register_edit, register_message
from sla.services.recompute import recompute_few, recompute_outdated, recompute_requests
from sla.services.timers import fire_due

__all__ = [
    "ChatNotWatched",
    "Intake",
    "NotAllowed",
    "RequestAlreadyClosed",
    "RequestAlreadyOpen",
    "TooLateToReopen",
    "acknowledge",
    "cancel",
    "cancel_chat_requests",
    "fire_due",
    "recompute_few",
    "recompute_outdated",
    "recompute_requests",
    "record_refusal",
    "register_edit",
    "register_message",
    "reopen",
    "resolve",
]
