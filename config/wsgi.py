"""WSGI entry point for gunicorn: settings are checked before the first request (RUN-03)."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from buhbot.ops.checks import require_sound_settings
from config.environment import refuse_to_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

try:
    application = get_wsgi_application()
    require_sound_settings()
except ImproperlyConfigured as error:
    refuse_to_start(error)
