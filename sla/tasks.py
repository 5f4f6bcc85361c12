"""Celery's part: what falls due, the language model, old terms, the production calendar.

TIM-01, CLS-01, TIM-04, WT-09.
"""

import time

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from buhbot.services.production import load_missing, write_down_loading
from sla import services

ASKING_SECONDS = 3.0  # a worker is wanted for timers too


@shared_task(name="sla.tasks.fire_due")
def fire_due() -> None:
    """Fire what is due. The bot process does the same when no tick has run for 10 s (TIM-06)."""
    services.fire_due(timezone.now())


@shared_task(name="sla.tasks.ask_language_model")
def ask_language_model() -> None:
    """Ask about the messages that wait, for some seconds; the rest waits for the next tick (CLS-01, CLS-05)."""
    until = time.monotonic() + ASKING_SECONDS
    while time.monotonic() < until and services.ask_next(timezone.now()):
        pass


@shared_task(name="sla.tasks.load_production_calendar")
def load_production_calendar() -> None:
    """Load this year, and from 1 December the next, into the calendars that miss it (WT-09)."""
    write_down_loading(load_missing(timezone.now()), now=timezone.now())
    services.recompute_outdated(timezone.now())


@shared_task(name="sla.tasks.recompute_outdated")
def recompute_outdated() -> None:
    """Recompute the open requests that run under other terms than those in force (TIM-04)."""
    services.recompute_outdated(timezone.now())


@shared_task(name="sla.tasks.reevaluate_outdated")
def reevaluate_outdated() -> None:
    """Judge open requests anew whose accountants are others by now (TIM-04, STF-03)."""
    services.reevaluate_outdated(timezone.now())


def recompute_soon() -> None:
    """Have the task run as soon as this transaction is committed; without Redis its next tick does it."""
    transaction.on_commit(_queue_recomputing, robust=True)


def reevaluate_soon() -> None:
    """The same for who is on duty."""
    transaction.on_commit(_queue_reevaluation, robust=True)


def _queue_recomputing() -> None:  # a function with a name: Django tells it when Redis is away
    recompute_outdated.apply_async(retry=False)


def _queue_reevaluation() -> None:
    reevaluate_outdated.apply_async(retry=False)
