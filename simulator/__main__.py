"""Starts the simulator: `python -m simulator [--host 127.0.0.1] --port 8081 --token 12345:TEST [--state DIR]`."""

from __future__ import annotations

import argparse
from pathlib import Path

import uvicorn

from simulator.app import make_app
from simulator.connections import KnownConnection
from simulator.state import new_state


def _token(given: str) -> str:
    if not given.partition(":")[0].isdigit():
        raise argparse.ArgumentTypeError("a token looks like 12345:TEST, the bot's id before the colon")
    return given


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m simulator", description="A stand-in for Telegram: Bot API and a chat page."
    )
    parser.add_argument("--host", default="127.0.0.1", help="another address lets everyone who reaches it in")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", type=_token, default="12345:TEST")
    parser.add_argument("--username", default="buhbot_test_bot", help="the bot's username, without @")
    parser.add_argument("--name", default="БухБот", help="the bot's name as people see it")
    parser.add_argument("--state", type=Path, help="folder that keeps the chats over a restart")
    chosen = parser.parse_args()
    state = new_state(chosen.token, username=chosen.username, first_name=chosen.name)
    uvicorn.run(
        make_app(state, chosen.state),
        host=chosen.host,
        port=chosen.port,
        http=KnownConnection,
        ws="none",
        proxy_headers=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,
    )


if __name__ == "__main__":
    main()
