"""Admin pages of this room."""

from templates_app.admin import faq, replies

__all__ = ["faq", "replies"]
