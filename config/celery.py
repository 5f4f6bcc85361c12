"""The Celery application: worker and beat (`celery -A config worker`, `celery -A config beat`)."""

import os
from typing import Any

from celery import Celery
from celery.signals import import_modules
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.environment import refuse_to_start, require_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("buhbot")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_configure.connect
def require_readable_settings(**_kwargs: Any) -> None:
    """Refuse to start, in one line, with settings that cannot be read (RUN-03)."""
    try:
        settings.DEBUG  # noqa: B018 (any setting: the first reads all)
    except ImproperlyConfigured as error:
        refuse_to_start(error)


@import_modules.connect
def require_sound_settings(**_kwargs: Any) -> None:
    """Refuse to start worker or beat with a variable that is missing or malformed (RUN-03)."""
    require_settings()
