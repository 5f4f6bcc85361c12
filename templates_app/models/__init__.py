"""The tables of this room, by topic."""

from templates_app.models.faq import FaqAnswer, FaqItem, UnansweredQuestion
from templates_app.models.files import DiscardedCopy, FileEvent, ReceivedFile
from templates_app.models.replies import Template

__all__ = [
    "DiscardedCopy",
    "FaqAnswer",
    "FaqItem",
    "FileEvent",
    "ReceivedFile",
    "Template",
    "UnansweredQuestion",
]
