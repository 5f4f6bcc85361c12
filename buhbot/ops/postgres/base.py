"""The connection that every process works with: Django's, and it measures each query (MON-01)."""

from typing import Any

from django.db.backends.postgresql import base

from buhbot.ops.metrics import time_query


class DatabaseWrapper(base.DatabaseWrapper):
    """Measures in web, bot, worker and commands alike."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(time_query)
