"""Client tiers: how a client is served."""

from django.contrib import admin

from buhbot.admin.base import ScopedAdmin
from buhbot.models import Tier


@admin.register(Tier)
class TierAdmin(ScopedAdmin):
    list_display = ("name", "calendar", "position")
    list_select_related = ("calendar",)
    search_fields = ("name", "code")
    autocomplete_fields = ("calendar",)
    fields = ("name", "code", "calendar", "position")
