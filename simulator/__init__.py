"""A stand-in for Telegram, a development tool: the Bot API, the people, and a page to play them."""
