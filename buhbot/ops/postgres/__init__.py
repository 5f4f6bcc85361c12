"""Django's own Postgres backend, with every query measured."""
