"""Writes of the bot's own tables: the outbox as the sender keeps it, and who sends."""
