"""RUN-05, MON-06, TIM-06: the threads of the bot process, what wakes them, what revives them, how they stop."""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError
from prometheus_client import REGISTRY

from bot.crew import Crew, Work, repeat
from bot.listener import listen
from bot.management.commands.runbot import make_crew
from bot.patience import AUTOGROUP, NICENESS
from bot.watchdog import Watchdog
from sla.models import Tick
from tests.bot.posting import post
from tests.environment import DATABASE, database_url
from tests.updates import load

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SECONDS = 20


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def crew() -> Iterator[Callable[..., Crew]]:
    """Crews that are dismissed at the end, whatever happened."""
    made: list[Crew] = []

    def make(**works: Work) -> Crew:
        made.append(Crew(threading.Event(), [], dict(works)))
        return made[-1]

    yield make
    for each in made:
        assert each.dismiss(seconds=SECONDS) == []


# Crew


def test_perf_01_the_bot_gives_way_to_other_sessions_too() -> None:
    if not AUTOGROUP.exists():
        pytest.skip("this system knows no groups of sessions")
    code = "from bot.patience import *; give_way(); print(os.nice(0), AUTOGROUP.read_text())"
    told = subprocess.check_output([sys.executable, "-c", code], text=True, start_new_session=True)
    assert re.fullmatch(rf"\d+ /autogroup-\d+ nice {NICENESS}\n\n", told)


def test_mon_01_the_queries_of_the_crew_are_timed(db: None, crew: Callable[..., Crew]) -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("supabase_query_duration_seconds_count") or 0.0

    before = counted()
    crew(ticks=Tick.objects.exists).keep_alive()
    wait_until(lambda: counted() > before)


def test_run_05_a_thread_that_dies_is_started_again(crew: Callable[..., Crew], caplog: Any) -> None:
    starts: list[int] = []

    def frail() -> None:
        starts.append(1)
        raise ValueError("frail")

    it = crew(frail=frail)
    it.keep_alive()
    wait_until(lambda: it.keep_alive() or len(starts) >= 2)  # type: ignore[func-returns-value]
    assert "a thread died" in caplog.text


def test_run_05_dismissed_threads_finish_what_is_in_hand(crew: Callable[..., Crew]) -> None:
    done: list[int] = []
    begun = threading.Event()

    def slow() -> None:
        begun.set()
        time.sleep(0.3)
        done.append(1)

    it = crew(slow=slow)
    it.keep_alive()
    begun.wait()
    assert (it.dismiss(seconds=SECONDS), done) == ([], [1])


def test_run_05_who_does_not_stop_in_time_is_named(crew: Callable[..., Crew]) -> None:
    release = threading.Event()
    it = crew(stubborn=lambda: release.wait(SECONDS))
    it.keep_alive()
    assert it.dismiss(seconds=0.05) == ["stubborn"]
    release.set()


@pytest.mark.usefixtures("django_db_setup")
def test_repeated_work_survives_the_absence_of_the_database() -> None:
    stop, wake, tries = threading.Event(), threading.Event(), []

    def work() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise DatabaseError("away")
        stop.set()

    repeat(work, stop=stop, wake=wake, seconds=0.01)
    assert len(tries) == 2


@pytest.mark.usefixtures("committed")
def test_run_05_the_whole_crew_starts_works_and_stops_within_ten_seconds(sim: Any) -> None:
    it = make_crew()
    it.keep_alive()
    threads = {thread.name for thread in threading.enumerate()}
    assert {"sender", "announcer", "watchdog", "identity", "listener", "consumer-1"} <= threads
    assert post(load("text")).status_code == 200
    wait_until(lambda: bool(Tick.objects.exists()))
    assert it.dismiss(seconds=9) == []


# Listener


@pytest.fixture
def ears(committed: None) -> Iterator[dict[str, threading.Event]]:
    """Events that a running listener sets."""
    stop = threading.Event()
    events = {topic: threading.Event() for topic in ("inbox", "outbox", "facts")}
    wakes = {topic: [event] for topic, event in events.items()}
    thread = threading.Thread(target=listen, args=(django_settings.DATABASE_SESSION_URL, stop, wakes))
    thread.start()
    for event in events.values():
        assert event.wait(SECONDS)  # on connecting everybody looks once
        event.clear()
    yield events
    stop.set()
    thread.join(SECONDS)


def test_bot_02_a_posted_update_wakes_the_consumers(ears: dict[str, threading.Event]) -> None:
    post(load("text"))
    assert ears["inbox"].wait(SECONDS)
    assert not ears["outbox"].is_set()


def test_a_listener_whose_session_is_cut_connects_again(ears: dict[str, threading.Event]) -> None:
    with psycopg.connect(database_url(DATABASE), autocommit=True) as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN buhbot' AND datname = %s",
            [DATABASE],
        )
    assert ears["facts"].wait(SECONDS)
    ears["inbox"].clear()
    post(load("text"))
    assert ears["inbox"].wait(SECONDS)


# Watchdog


@pytest.mark.parametrize(("silent_seconds", "runs"), [(0, False), (9, False), (10, True), (3600, True)])
def test_tim_06_the_bot_ticks_after_ten_seconds_of_silence(db: None, silent_seconds: int, runs: bool) -> None:
    Tick.objects.create(pk=1, ran_at=NOW - timedelta(seconds=silent_seconds))
    assert Watchdog().look(NOW) is runs


def test_tim_06_it_goes_on_until_somebody_else_ticks(db: None) -> None:
    watchdog = Watchdog()
    assert watchdog.look(NOW)
    assert watchdog.look(NOW + timedelta(seconds=2))
    Tick.objects.update(ran_at=NOW + timedelta(seconds=3))
    assert not watchdog.look(NOW + timedelta(seconds=4))


def test_tim_06_of_two_bots_one_ticks(db: None) -> None:
    first, second = Watchdog(), Watchdog()
    ran = [bot.look(NOW + timedelta(seconds=2 * step)) for step in range(4) for bot in (first, second)]
    assert ran == [True, False] * 4
