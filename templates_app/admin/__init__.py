"""Admin pages of this room."""

from templates_app.admin import faq, files, replies

__all__ = ["faq", "files", "replies"]
