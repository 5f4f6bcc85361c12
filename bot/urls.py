"""Where Telegram reaches us."""

from django.urls import path

from bot.views import webhook

urlpatterns = [path("webhook/telegram", webhook, name="telegram-webhook")]
