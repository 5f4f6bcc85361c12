"""Every word the bot says. Values are escaped here; durations are working time unless 'wall' is said."""
