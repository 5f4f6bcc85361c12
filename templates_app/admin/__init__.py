"""Admin pages of this room."""

from templates_app.admin import faq, files, replies, services

__all__ = ["faq", "files", "replies", "services"]
