"""The tables of this room, by topic."""

from templates_app.models.faq import FaqAnswer, FaqItem, UnansweredQuestion
from templates_app.models.replies import Template

__all__ = ["FaqAnswer", "FaqItem", "Template", "UnansweredQuestion"]
