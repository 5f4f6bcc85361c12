"""A stand-in for Telegram: the Bot API, the people and a page to play them. A development tool, never imported by product code."""
