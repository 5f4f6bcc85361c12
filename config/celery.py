"""The Celery application: worker and beat (`celery -A config worker`, `celery -A config beat`)."""

import os
import sys

from celery import Celery
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("buhbot")
try:
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.autodiscover_tasks()
except ImproperlyConfigured as error:
    sys.exit(f"BuhBot cannot start: {error}")
