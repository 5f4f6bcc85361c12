"""Telegram in and out: the only room with a door to Telegram."""
