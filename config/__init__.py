"""The Django project: settings, URLs, WSGI and Celery. The thin roof over the apps."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
