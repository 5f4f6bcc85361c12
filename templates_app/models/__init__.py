"""The tables of this room, by topic."""

from templates_app.models.faq import FaqAnswer, FaqItem, UnansweredQuestion
from templates_app.models.files import FileEvent, ReceivedFile
from templates_app.models.replies import Template

__all__ = ["FaqAnswer", "FaqItem", "FileEvent", "ReceivedFile", "Template", "UnansweredQuestion"]
