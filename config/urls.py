"""Addresses: webhook, health, metrics and Admin."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("", include("buhbot.urls")),
    path("", include("bot.urls")),
    path("", include("templates_app.urls")),
    path("admin/", admin.site.urls),
]

handler500 = "buhbot.views.server_error"
