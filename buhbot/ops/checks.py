"""System checks of the environment: which variable is wrong, what it must look like, where to get it (RUN-03)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from buhbot.ops import DATABASE_SHAPE

LEAST_KEY_LENGTH = 32
LOOPBACK = {"localhost", "127.0.0.1"}
TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{10,}")
WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
LLM_HINT = (
    "A language model needs LLM_BASE_URL, LLM_API_KEY and LLM_MODEL; leave all three out to go without."
)
S3_HINT = (
    "Object storage needs S3_ENDPOINT_URL, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY (on Supabase: Project Settings,"
    " Storage, S3 access keys); leave all three out to keep files on this server."
)
SUPABASE_HINT = (
    "Sign-in by Supabase needs SUPABASE_URL and SUPABASE_PUBLISHABLE_KEY (Project Settings, API keys); leave both out"
    " to go without."
)
MAIL_HINT = (
    "Mail needs EMAIL_URL, EMAIL_FROM and PUBLIC_URL, as it carries links; leave EMAIL_URL out to go without."
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One variable, whether it is sound, and what to tell the operator."""

    id: str
    variable: str
    is_sound: Callable[[], bool]
    must: str
    hint: str

    @property
    def error(self) -> Error:
        return Error(f"{self.variable} {self.must}", hint=self.hint, id=f"buhbot.{self.id}")


def _secret_key() -> str:
    try:
        return str(settings.SECRET_KEY)
    except ImproperlyConfigured:  # Django's word for an empty one
        return ""


def _is_url(text: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _secret_key_is_sound() -> bool:
    return len(_secret_key()) >= (1 if settings.DEBUG else LEAST_KEY_LENGTH)


def _database_is_named() -> bool:
    return bool(settings.DATABASES.get("default", {}).get("NAME"))


def _session_database_is_sound() -> bool:
    return not settings.DATABASE_SESSION_URL or _is_url(
        settings.DATABASE_SESSION_URL, "postgres", "postgresql"
    )


def _webhook_secret_is_sound() -> bool:
    secret: str = settings.TELEGRAM_WEBHOOK_SECRET
    return bool(WEBHOOK_SECRET.fullmatch(secret)) or (settings.DEBUG and not secret)


def _public_url_is_sound() -> bool:
    is_here = urlsplit(settings.PUBLIC_URL).hostname in LOOPBACK
    schemes = ("http", "https") if settings.DEBUG or is_here else ("https",)
    return not settings.PUBLIC_URL or _is_url(settings.PUBLIC_URL, *schemes)


LLM = ("LLM_BASE_URL", "LLM_API_KEY", "LLM_MODEL")
SUPABASE = ("SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY")
S3 = ("S3_ENDPOINT_URL", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")

BACKUP_S3 = ("BACKUP_S3_ENDPOINT_URL", "BACKUP_S3_ACCESS_KEY_ID", "BACKUP_S3_SECRET_ACCESS_KEY")
BACKUP_S3_HINT = (
    "Backups at another provider need BACKUP_S3_ENDPOINT_URL, BACKUP_S3_ACCESS_KEY_ID and BACKUP_S3_SECRET_ACCESS_KEY;"
    " leave all three out to keep them on this server only."
)
AGE_RECIPIENT = re.compile(r"age1[0-9a-z]{20,}")


def _is_whole(variable: str, group: tuple[str, ...]) -> Callable[[], bool]:
    """Of such a group all are needed, or none (CLS-01, FIL-02); the first is an address."""

    def is_sound() -> bool:
        value: str = getattr(settings, variable)
        is_wanted = any(getattr(settings, other) for other in group)
        if variable == group[0] and value:
            return _is_url(value, "http", "https")
        return bool(value) or not is_wanted

    return is_sound


def _networks_are_sound() -> bool:
    try:
        return all(ip_network(network) for network in settings.INTERNAL_NETWORKS)
    except ValueError:
        return False


RULES = (
    Rule(
        "E001",
        "SECRET_KEY",
        _secret_key_is_sound,
        f"must be a random text of at least {LEAST_KEY_LENGTH} characters.",
        'Make one: python -c "import secrets; print(secrets.token_urlsafe(50))".',
    ),
    Rule(
        "E002",
        "DATABASE_URL",
        _database_is_named,
        f"is not set; it must look like {DATABASE_SHAPE}.",
        "On Supabase: Connect, Transaction pooler (port 6543), with the login buhbot_web or buhbot_service.",
    ),
    Rule(
        "E003",
        "REDIS_URL",
        lambda: _is_url(settings.REDIS_URL, "redis", "rediss"),
        "must look like redis://host:6379/0.",
        "It is the address of the Redis server; in compose.yaml that is redis://redis:6379/0.",
    ),
    Rule(
        "E004",
        "TELEGRAM_BOT_TOKEN",
        lambda: bool(TOKEN.fullmatch(settings.TELEGRAM_BOT_TOKEN)),
        "must look like 123456789:AAbbCC… (digits, a colon, letters).",
        "@BotFather in Telegram gives it: /mybots, your bot, API Token.",
    ),
    Rule(
        "E005",
        "TELEGRAM_WEBHOOK_SECRET",
        _webhook_secret_is_sound,
        "must be 1 to 256 characters of A-Z, a-z, 0-9, _ and -.",
        'Make one: python -c "import secrets; print(secrets.token_urlsafe(32))".',
    ),
    Rule(
        "E006",
        "TELEGRAM_API_URL",
        lambda: _is_url(settings.TELEGRAM_API_URL, "http", "https"),
        "must look like https://api.telegram.org.",
        "Leave it out: Telegram's own address is the default.",
    ),
    Rule(
        "E007",
        "PUBLIC_URL",
        _public_url_is_sound,
        "must look like https://bot.example.ru (Telegram calls https only).",
        "It is the address at which people and Telegram reach this server.",
    ),
    Rule(
        "E008",
        "INTERNAL_NETWORKS",
        _networks_are_sound,
        "must be networks with commas between them, like 127.0.0.0/8,10.0.0.0/8.",
        "Leave it out: this machine and private networks are the default.",
    ),
    Rule(
        "E009",
        "DATABASE_SESSION_URL",
        _session_database_is_sound,
        f"must look like {DATABASE_SHAPE}.",
        "On Supabase: Connect, Session pooler (port 5432). Without it the bot asks once a second.",
    ),
    Rule(
        "E010",
        "LLM_BASE_URL",
        _is_whole("LLM_BASE_URL", LLM),
        "must look like https://llm.example.com/v1.",
        f"{LLM_HINT} It is the part of the address before /chat/completions.",
    ),
    Rule("E011", "LLM_API_KEY", _is_whole("LLM_API_KEY", LLM), "is missing.", LLM_HINT),
    Rule("E012", "LLM_MODEL", _is_whole("LLM_MODEL", LLM), "is missing.", LLM_HINT),
    Rule(
        "E020",
        "S3_ENDPOINT_URL",
        _is_whole("S3_ENDPOINT_URL", S3),
        "must look like https://PROJECT.supabase.co/storage/v1/s3.",
        S3_HINT,
    ),
    Rule("E021", "S3_ACCESS_KEY_ID", _is_whole("S3_ACCESS_KEY_ID", S3), "is missing.", S3_HINT),
    Rule("E022", "S3_SECRET_ACCESS_KEY", _is_whole("S3_SECRET_ACCESS_KEY", S3), "is missing.", S3_HINT),
    Rule(
        "E030",
        "SUPABASE_URL",
        _is_whole("SUPABASE_URL", SUPABASE),
        "must look like https://PROJECT.supabase.co.",
        SUPABASE_HINT,
    ),
    Rule(
        "E031",
        "SUPABASE_PUBLISHABLE_KEY",
        _is_whole("SUPABASE_PUBLISHABLE_KEY", SUPABASE),
        "is missing.",
        SUPABASE_HINT,
    ),
    Rule(
        "E032",
        "SUPABASE_JWT_SECRET",
        lambda: len(settings.SUPABASE_JWT_SECRET or "x" * LEAST_KEY_LENGTH) >= LEAST_KEY_LENGTH,
        f"must have at least {LEAST_KEY_LENGTH} characters.",
        "Only projects with a legacy secret need it (Project Settings, JWT Keys); leave it out otherwise.",
    ),
    Rule(
        "E033",
        "EMAIL_FROM",
        lambda: not settings.EMAIL_URL or ("@" in settings.EMAIL_FROM and bool(settings.PUBLIC_URL)),
        "must be the address that mail comes from, like buhbot@example.com.",
        MAIL_HINT,
    ),
    Rule(
        "E040",
        "BACKUP_S3_ENDPOINT_URL",
        _is_whole("BACKUP_S3_ENDPOINT_URL", BACKUP_S3),
        "must look like https://s3.example.com.",
        BACKUP_S3_HINT,
    ),
    *(
        Rule("E041", name, _is_whole(name, BACKUP_S3), "is missing.", BACKUP_S3_HINT)
        for name in BACKUP_S3[1:]
    ),
    Rule(
        "E042",
        "BACKUP_AGE_RECIPIENT",
        lambda: (
            not settings.BACKUP_AGE_RECIPIENT or bool(AGE_RECIPIENT.fullmatch(settings.BACKUP_AGE_RECIPIENT))
        ),
        "must be a public key of age, like age1….",
        "age-keygen -o key.txt makes a pair; keep key.txt off this server, and set the public key that it prints.",
    ),
)


@register("settings")
def check_environment(app_configs: Sequence[AppConfig] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Return an error for every variable that is missing or malformed."""
    return [rule.error for rule in RULES if not rule.is_sound()]


def require_sound_settings() -> None:
    """Raise ImproperlyConfigured with one line for each wrong variable (RUN-03)."""
    lines = [f"{error.msg} {error.hint}" for error in check_environment()]
    if lines:
        raise ImproperlyConfigured("\n".join(lines))
