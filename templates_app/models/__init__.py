"""The tables of this room, by topic."""

from templates_app.models.faq import FaqAnswer, FaqItem, UnansweredQuestion
from templates_app.models.files import DiscardedCopy, FileEvent, ReceivedFile
from templates_app.models.replies import Template
from templates_app.models.services import QuickButton, Service, ServiceOrder

__all__ = [
    "DiscardedCopy",
    "FaqAnswer",
    "FaqItem",
    "FileEvent",
    "QuickButton",
    "ReceivedFile",
    "Service",
    "ServiceOrder",
    "Template",
    "UnansweredQuestion",
]
