"""The firm: people and roles, chats, message log, calendars, settings."""
