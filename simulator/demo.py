"""`make demo`: the whole product on one machine, with embedded servers and the Telegram simulator (RUN-01).

Everything stays under `.demo/`; Ctrl-C stops every process, the next start finds its data again.
"""

import json
import os
import secrets
import signal
import socket
import sys
import time
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from datetime import time as datetime_time
from pathlib import Path
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

from simulator.client import Simulator, SimulatorError
from simulator.servers import Postgres, Redis
from simulator.stack import ROOT, ProcessFailed, Stack

STATE = Path(os.environ.get("DEMO_FOLDER") or ROOT / ".demo")
FIRM = ROOT / "simulator" / "firm.json"
PASSWORD = "demo-buhbot-2026"  # noqa: S105 (a demo on this machine only)
FIRM_ZONE = ZoneInfo("Europe/Moscow")
Json = dict[str, Any]


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell lets background jobs ignore SIGINT: not this one
        signal.signal(number, _interrupt)
    STATE.mkdir(exist_ok=True)
    try:
        with ExitStack() as stack:
            _run(stack)
    except KeyboardInterrupt:
        say(f"\nStopped. The data stays in {STATE.name}/ for the next start.")
    except (ProcessFailed, SimulatorError, OSError) as error:
        say(f"The demo cannot run: {error}")
        return 1
    return 0


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 (this is its user interface)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # an impatient second one would leave processes behind
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _run(stack: ExitStack) -> None:
    firm: Json = json.loads(FIRM.read_text(encoding="utf-8"))
    say("Starting Postgres and Redis ...")
    product = _product(*_servers(stack))
    say("Preparing the database ...")
    product.manage("migrate", "--verbosity", "0")
    product.manage("demo", str(FIRM), "--password", PASSWORD)
    say("Starting the simulator, web, bot, worker and beat ...")
    stack.enter_context(product)
    product.start("simulator")
    product.wait_for(f"{product.telegram_url}/sim/bot")
    simulator = stack.enter_context(product.simulator())
    if not simulator.get("chats"):
        load_world(simulator, firm)
    product.start_all()
    told = STATE / "history-told"
    if not told.exists():
        tell_history(simulator, firm)
        told.touch()
    _greet(firm, product)
    while not product.ended():
        time.sleep(0.5)
    raise ProcessFailed(product.last_words())


def _servers(stack: ExitStack) -> tuple[str, str]:
    """Start the servers that the environment does not name, and return their addresses."""
    database = os.environ.get("DATABASE_URL") or stack.enter_context(Postgres(STATE / "postgres")).url
    redis = os.environ.get("REDIS_URL") or stack.enter_context(Redis(STATE / "redis", append_only=True)).url
    return database, redis


def _product(database_url: str, redis_url: str) -> Stack:
    kept = _secrets()
    return Stack(
        database_url=database_url,
        redis_url=redis_url,
        folder=STATE,
        token=kept["token"],
        webhook_secret=kept["webhook_secret"],
        secret_key=kept["secret_key"],
        web_port=_port(8000),
        telegram_port=_port(8081),
        keeps_world=True,
    )


def _secrets() -> dict[str, str]:
    """Make the demo's secrets once, and keep them, so that sessions survive a restart."""
    path = STATE / "secrets.json"
    if not path.exists():
        made = {
            "secret_key": secrets.token_urlsafe(50),
            "token": "7000000001:" + secrets.token_hex(17),
            "webhook_secret": secrets.token_urlsafe(24),
        }
        path.touch(mode=0o600)
        path.write_text(json.dumps(made))
    found: dict[str, str] = json.loads(path.read_text())
    return found


def load_world(simulator: Simulator, firm: Json) -> None:
    """Fill an empty simulator with the firm's people and chats."""
    for person in firm["staff"]:
        if person["telegram_id"]:
            first, _, last = person["full_name"].partition(" ")
            simulator.person(
                first,
                last_name=last,
                id=person["telegram_id"],
                username=person["username"],
                side="staff",
                started=True,
            )
    for client in firm["clients"]:
        simulator.person(client["first_name"], last_name=client["last_name"], id=client["id"])
    for chat in firm["chats"]:
        members = _members(chat, firm)
        simulator.group(chat["title"], members=members, id=chat["telegram_id"], bot="administrator")


def _members(chat: Json, firm: Json) -> list[int]:
    emails = {*chat.get("accountants", []), *chat.get("managers", [])}
    staff = [person["telegram_id"] for person in firm["staff"] if person["email"] in emails]
    return staff + [client["id"] for client in firm["clients"] if chat["telegram_id"] in client["chats"]]


def tell_history(simulator: Simulator, firm: Json) -> None:
    today = datetime.now(FIRM_ZONE).date()
    for line in firm["history"]:
        day = _workday_before(today, line["workdays_ago"])
        at = datetime.combine(day, datetime_time.fromisoformat(line["at"]), FIRM_ZONE)
        simulator.send(line["person"], line["chat"], line["text"], date=int(at.timestamp()))


def _workday_before(day: date, count: int) -> date:
    """Go back so many days, weekends not counted."""
    while count:
        day -= timedelta(days=1)
        count -= day.isoweekday() <= 5
    return day


def _greet(firm: Json, product: Stack) -> None:
    rows = "\n".join(f"    {person['email']:22} {person['role']}" for person in firm["staff"])
    say(
        f"""
BuhBot is running.

  Telegram, to play a client, an accountant, a manager:  {product.telegram_url}/
  Admin:                                                 {product.web_url}/admin/

  Sign-ins, password {PASSWORD}:
{rows}

  Try: as the client Дарья Романова write a question in «Быстрые ответы»; the accountant Анна Белова is
  warned after a minute, the manager is told after two. Answer as Анна, and the clock stops.

  Logs are in {STATE.name}/. Ctrl-C stops everything.
"""
    )


def _port(wanted: int) -> int:
    """Return the wanted port of this machine, or the next that is free."""
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise ProcessFailed(f"ports {wanted} to {wanted + 49} are all taken")


if __name__ == "__main__":
    sys.exit(main())
