"""Supabase Auth: its accounts may sign in here too (SEC-06)."""

from django.conf import settings


def is_on() -> bool:
    """Whether a project of Supabase is named in the settings."""
    return bool(settings.SUPABASE_URL and settings.SUPABASE_PUBLISHABLE_KEY)


def issuer() -> str:
    """Return the address of its Auth service, which its tokens name as their issuer."""
    return f"{settings.SUPABASE_URL}/auth/v1"
