"""JSON log lines that carry request, update, chat and task ids, with secrets masked (MON-06, SEC-09)."""

import logging.config
import re
import sys
import threading
import traceback
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

import structlog

SECRET = re.compile(
    r"(bot)?\d{5,}:[A-Za-z0-9_-]{20,}"  # tokens of bots
    r"|(?<=://)[^/\s:@]*:[^\s@]+(?=@)"  # login and password in an address
    r"|\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*"  # JSON web tokens, Supabase's legacy keys among them
    r"|\bsb_(?:secret|publishable)_[\w-]+|\bsbp_\w{20,}"  # keys of Supabase
    r"|(?<=/password/)[\w-]+/[\w-]+"  # one-time links
    r"|(?<=[?&]start=)[\w-]+|(?<=[?&]startgroup=)[\w-]+"
    r"|(?i:(?<=password=)|(?<=apikey=)|(?<=signature=)|(?<=token=)|(?<=secret=)|(?<=bearer ))[^\s&\"',;]+"
)
SECRET_NAME = re.compile(r"(?i)password|passwd|secret|token|api_?key|authorization|cookie")
# What would break a line or turn it round where logs are read; JSON escapes only those below a space.
UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
MASK = "***"
LEAST_SECRET = 8  # a shorter one would blot out common words
Event = MutableMapping[str, Any]


class Masking:
    """Replaces secrets by stars in every field of a line, however deep: by their shape, by the name of their field,
    and this server's own by what they are (SEC-09)."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= LEAST_SECRET}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, _logger: Any, _name: str, event: Event) -> Event:
        return {key: self._masked(value, key) for key, value in event.items()}

    def of_many_lines(self, text: str) -> str:
        """Mask a text whose lines are to stay lines, such as a traceback."""
        return "\n".join(map(self._clean, text.split("\n")))

    def _masked(self, value: Any, name: str = "") -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        if SECRET_NAME.search(name):
            return MASK
        if isinstance(value, Mapping):
            return {self._clean(str(key)): self._masked(inner, str(key)) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._masked(inner) for inner in value]
        return self._clean(value if isinstance(value, str) else str(value))

    def _clean(self, text: str) -> str:
        text = self._known.sub(MASK, text) if self._known else text
        return UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", SECRET.sub(MASK, text))


def processors(secrets: Iterable[str]) -> list[structlog.types.Processor]:
    """What every line goes through, ours and those of libraries."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        Masking(secrets),
    ]


def _mask_last_words(masking: Masking) -> None:
    """Mask what a program, or a thread, says of the error that ends it; Python writes that past all loggers."""

    def last_words(kind: Any, error: Any, trace: Any) -> None:
        said = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(masking.of_many_lines(said))

    sys.excepthook = last_words
    threading.excepthook = lambda ended: last_words(ended.exc_type, ended.exc_value, ended.exc_traceback)


def configure(options: dict[str, Any]) -> None:
    """Send structlog and the standard library's loggers to standard output as JSON lines."""
    secrets = tuple(options.get("secrets", ()))
    shared = processors(secrets)
    _mask_last_words(Masking(secrets))
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        "foreign_pre_chain": shared,
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
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
