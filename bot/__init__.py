"""Telegram in and out: the only room with a door to Telegram."""

import os

# python-telegram-bot gives durations as timedelta, and does not warn of the change each time.
os.environ.setdefault("PTB_TIMEDELTA", "1")
