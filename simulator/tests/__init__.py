"""Tests of the simulator against python-telegram-bot and a browser (RUN-02)."""
