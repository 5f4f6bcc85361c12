"""JSON log lines that carry request, update, chat and task ids, with secrets masked (MON-06, SEC-09)."""

import logging.config
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET = re.compile(
    r"(bot)?\d{5,}:[A-Za-z0-9_-]{20,}"  # tokens of bots
    r"|(?<=://)[^/\s:@]*:[^\s@]+(?=@)"  # login and password in an address
    r"|\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*"  # JSON web tokens, Supabase's legacy keys among them
    r"|\bsb_(?:secret|publishable)_[\w-]+|\bsbp_\w{20,}"  # keys of Supabase
    r"|(?<=/password/)[\w-]+/[\w-]+"  # one-time links
    r"|(?i:(?<=password=)|(?<=apikey=)|(?<=signature=)|(?<=token=))[^\s&\"',;]+"
)
MASK = "***"


def mask_secrets(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace bot tokens and passwords inside URLs by stars, in every field of a line (SEC-09)."""
    return {key: SECRET.sub(MASK, value) if isinstance(value, str) else value for key, value in event.items()}


SHARED: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    mask_secrets,
]


def configure(options: dict[str, Any]) -> None:
    """Send structlog and the standard library's loggers to standard output as JSON lines."""
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        "foreign_pre_chain": SHARED,
    }
    quiet = {"level": "WARNING"}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": formatter},
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["console"], "level": options["level"]},
            # These print addresses with the bot's token, or a line for each request.
            "loggers": {
                "httpx": quiet,
                "httpcore": quiet,
                "telegram": quiet,
                "celery.beat": quiet,
                "pymorphy3": quiet,
            },
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
