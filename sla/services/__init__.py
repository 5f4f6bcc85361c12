"""Writes about requests: one public function, one use case, one transaction."""

from sla.services.absences import end_absence, enter_absence
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
from sla.services.answering import answer_through_bot, end_by_faq, take_back_answer
from sla.services.asking import ask_next
from sla.services.assigning import AssignedAlready, NotOnDuty, assign
from sla.services.classifying import is_request
from sla.services.correcting import NotAClientMessage, correct_class
from sla.services.forcing import (
    NoOpenRequest,
    cancel_by_command,
    open_by_command,
    take_by_command,
    wait_by_command,
)
from sla.services.intake import Intake, register_edit, register_message
from sla.services.inviting import (
    ChatConnected,
    Connection,
    InvitationExpired,
    InvitationNotYours,
    InvitationUnknown,
    InvitationUsed,
    connect_chat,
    create_invitation,
)
from sla.services.ordering import Wish, order
from sla.services.pausing import AlreadyPaused
from sla.services.private import (
    CalledAlready,
    answer_in_private,
    call_accountant,
    register_private,
    register_private_edit,
)
from sla.services.recompute import recompute_few, recompute_outdated, recompute_requests
from sla.services.reevaluation import reevaluate_chat_requests, reevaluate_outdated
from sla.services.snoozing import AskedAlready, NothingToPutOff, ask_accountant, snooze
from sla.services.timers import fire_due

__all__ = [
    "CalledAlready",
    "answer_in_private",
    "call_accountant",
    "register_private",
    "register_private_edit",
    "ChatConnected",
    "Connection",
    "InvitationExpired",
    "InvitationNotYours",
    "InvitationUnknown",
    "InvitationUsed",
    "connect_chat",
    "create_invitation",
    "Wish",
    "assign",
    "order",
    "AssignedAlready",
    "NotOnDuty",
    "is_request",
    "end_absence",
    "enter_absence",
    "reevaluate_chat_requests",
    "reevaluate_outdated",
    "AskedAlready",
    "answer_through_bot",
    "end_by_faq",
    "take_back_answer",
    "ask_accountant",
    "ask_next",
    "correct_class",
    "snooze",
    "take_by_command",
    "wait_by_command",
    "open_by_command",
    "cancel_by_command",
    "NotAClientMessage",
    "NoOpenRequest",
    "NothingToPutOff",
    "AlreadyPaused",
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
