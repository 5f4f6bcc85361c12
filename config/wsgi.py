"""WSGI entry point for gunicorn: settings are checked before the first request (RUN-03)."""

from django.core.wsgi import get_wsgi_application

from config.environment import require_settings

require_settings()
application = get_wsgi_application()
