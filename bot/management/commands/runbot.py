"""`manage.py runbot`: the process that takes updates in, tells facts, and sends (RUN-05)."""

import os
import signal
import threading
import time
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from telegram.error import TelegramError

from bot.announcer import announce
from bot.consumer import Consumer
from bot.crew import Crew, Work, repeat
from bot.diagnosing import answer_diagnoses
from bot.listener import listen
from bot.menus import Menus
from bot.patience import give_way
from bot.rights import Rights
from bot.sender import Sender
from bot.telegram_reads import fetch_account
from bot.watchdog import Watchdog
from bot.working_time import WorkingTime
from buhbot.ops.metrics import serve_metrics

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.2
STOP_SECONDS = 9.0
ANNOUNCE_SECONDS = 1.0
REST_SECONDS = 0.5  # what falls due together is told together (ALR-06)
WATCH_SECONDS = 2.0
QUESTIONS_SECONDS = 5.0
IDENTITY_SECONDS = 3600.0
IDENTITY_RETRY_SECONDS = 60.0


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT, and then finishes what is in hand, within 10 seconds."""

    help = "Process updates, announce facts and send messages, until told to stop."
    is_told_to_stop = False

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Start the crew, keep it alive, and dismiss it when told to."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        give_way()
        if settings.BOT_METRICS_PORT:
            serve_metrics(settings.BOT_METRICS_PORT)
        crew = make_crew()
        log.info("bot started", threads=sorted(crew.works))
        while not self.is_told_to_stop:
            crew.keep_alive()
            time.sleep(LOOK_SECONDS)
        if unfinished := crew.dismiss(seconds=STOP_SECONDS):
            log.error("bot stopped in the middle of work", threads=unfinished)
            os._exit(1)  # their transactions are rolled back, their leases run out
        log.info("bot stopped")

    def _on_signal(self, *_args: Any) -> None:
        self.is_told_to_stop = True


def make_crew() -> Crew:
    """Put together the threads of one bot process."""
    stop = threading.Event()
    inbox = [threading.Event() for _ in range(max(1, settings.BOT_THREADS))]
    outbox, facts, other, questions = (threading.Event() for _ in range(4))
    on_done = partial(_wake, () if settings.DATABASE_SESSION_URL else (outbox, facts))
    works: dict[str, Work] = {
        "sender": lambda: Sender().run(stop, outbox),
        "announcer": partial(_announce, stop, facts),
        "watchdog": partial(_watch, stop, other),
        "questions": partial(_ask, stop, questions),
        "identity": partial(_know_ourselves, stop),
    }
    for number, wake in enumerate(inbox, 1):
        works[f"consumer-{number}"] = partial(_consume, stop, wake, on_done)
    if settings.DATABASE_SESSION_URL:
        wakes = {"inbox": inbox, "outbox": [outbox], "facts": [facts], "questions": [questions]}
        works["listener"] = partial(listen, settings.DATABASE_SESSION_URL, stop, wakes)
    return Crew(stop, [*inbox, outbox, facts, other, questions], works)


def _wake(events: tuple[threading.Event, ...]) -> None:
    """Without notices from the database the threads of one process at least tell each other."""
    for event in events:
        event.set()


def _consume(stop: threading.Event, wake: threading.Event, on_done: Any) -> None:
    Consumer().run(stop, wake, on_done)


def _announce(stop: threading.Event, wake: threading.Event) -> None:
    repeat(
        lambda: announce(timezone.now()),
        stop=stop,
        wake=wake,
        seconds=ANNOUNCE_SECONDS,
        rest_seconds=REST_SECONDS,
    )


def _watch(stop: threading.Event, wake: threading.Event) -> None:
    work = partial(_look_after_time, Watchdog(), WorkingTime())
    repeat(work, stop=stop, wake=wake, seconds=WATCH_SECONDS)


def _look_after_time(watchdog: Watchdog, hours: WorkingTime) -> None:
    watchdog.look(timezone.now())
    hours.show(timezone.now())


def _ask(stop: threading.Event, wake: threading.Event) -> None:
    work = partial(_talk_to_telegram, Menus(), Rights())
    repeat(work, stop=stop, wake=wake, seconds=QUESTIONS_SECONDS)


def _talk_to_telegram(menus: Menus, rights: Rights) -> None:
    """Do what needs an answer of Telegram's: diagnoses, menus, rights. It is rare, so no connection is kept for it."""
    try:
        answer_diagnoses(timezone.now())
        menus.show()
        rights.look(timezone.now())
    finally:
        connection.close()


def _know_ourselves(stop: threading.Event) -> None:
    """Ask Telegram who we are, now and every hour; it need not answer for us to work."""
    while not stop.is_set():
        wait_seconds = IDENTITY_SECONDS
        try:
            fetch_account(now=timezone.now())
        except (TelegramError, DatabaseError, InterfaceError) as error:
            log.warning("who we are is not known anew", error=str(error))
            wait_seconds = IDENTITY_RETRY_SECONDS
        connection.close()  # connections are few, and this one would idle
        stop.wait(wait_seconds)
