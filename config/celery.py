"""The Celery application: worker and beat (`celery -A config worker`, `celery -A config beat`)."""

import os
from typing import Any

import structlog
from celery import Celery
from celery.signals import import_modules, task_postrun, task_prerun, worker_ready
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections

from buhbot.ops.metrics import serve_metrics
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


@worker_ready.connect
def show_metrics(**_kwargs: Any) -> None:
    """Show what the worker's processes counted together; they share PROMETHEUS_MULTIPROC_DIR (MON-01)."""
    if settings.WORKER_METRICS_PORT:
        serve_metrics(settings.WORKER_METRICS_PORT)


@task_prerun.connect
def replace_broken_connections(**_kwargs: Any) -> None:
    """Begin each task as Django begins a request: with a connection that works (BAK-06).

    Celery itself, told to keep connections by CELERY_DB_REUSE_MAX, keeps a broken one as well.
    """
    close_old_connections()


@task_prerun.connect
def name_task_in_log(task_id: str, task: Any, **_kwargs: Any) -> None:
    """Let every line of the log say which task wrote it (MON-06)."""
    structlog.contextvars.bind_contextvars(task_id=task_id, task=task.name)


@task_postrun.connect
def forget_task_in_log(**_kwargs: Any) -> None:
    """The process goes on with another one."""
    structlog.contextvars.unbind_contextvars("task_id", "task")
