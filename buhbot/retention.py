"""How long personal data is kept (SEC-14): what `/privacy` says and what the purge obeys."""

MESSAGES_YEARS = 3  # messages, files, votes, requests, audit
INBOX_DAYS = 14  # updates that were processed
OUTBOX_DAYS = 90  # messages that were sent
