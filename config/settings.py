"""Django settings. Everything that differs between places comes from the environment (docs: .env.example)."""

from pathlib import Path
from typing import Any

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.environment import (
    buckets,
    choice,
    database,
    env,
    flag,
    mail_server,
    number,
    passwords_of,
    time_zone,
)
from config.headers import DOOR_POLICY, PANEL_POLICY, PERMISSIONS_POLICY  # noqa: F401 (settings)
from config.panel import REPORT_VIEWS, UNFOLD  # noqa: F401 (settings)
from config.version import PROJECT_VERSION

BASE_DIR = Path(__file__).resolve().parent.parent
env.read_env(BASE_DIR / ".env")

# Core
VERSION = PROJECT_VERSION
DEBUG = flag("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
PUBLIC_URL: str = env.str("PUBLIC_URL", default="").rstrip("/")
IS_HTTPS = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith(("http://", "https://")) else []
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "buhbot",  # before unfold, some of whose templates are replaced
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "config.apps.PanelConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_prometheus",
    "sla",
    "templates_app",
    "feedback",
    "bot",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",  # the first four: headers of every answer, errors too (SEC-07)
    "csp.middleware.CSPMiddleware",
    "buhbot.middleware.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "buhbot.middleware.DebugPagesMiddleware",
    "buhbot.middleware.DatabaseAwayMiddleware",
    "buhbot.middleware.RequestIdMiddleware",
    "bot.middleware.WebhookMiddleware",  # updates go no further
    "buhbot.middleware.PlainQueryMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "buhbot.middleware.RefusalMiddleware",
    "buhbot.middleware.ActingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Database: `default` serves, `owner` migrates (SEC-01). One URL may do both on a laptop.
DATABASES = {"default": database("DATABASE_URL") if env.str("DATABASE_URL", default="") else {}}
if env.str("DATABASE_MIGRATION_URL", default=""):
    DATABASES["owner"] = database("DATABASE_MIGRATION_URL")
DATABASE_SESSION_URL = env.str("DATABASE_SESSION_URL", default="")

# Sign-in
AUTH_USER_MODEL = "buhbot.User"
AUTHENTICATION_BACKENDS = ["buhbot.auth.RoleBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_ENGINE = "buhbot.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # Strict would sign people out who come by a link
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60

# Accounts of Supabase Auth may sign in too, where a project is named (SEC-06)
SUPABASE_URL: str = env.str("SUPABASE_URL", default="").rstrip("/")
SUPABASE_PUBLISHABLE_KEY: str = env.str("SUPABASE_PUBLISHABLE_KEY", default="")
SUPABASE_JWT_SECRET: str = env.str("SUPABASE_JWT_SECRET", default="")

# Mail, for links to set a password; without a server they are handed out by an administrator (SEC-05)
EMAIL_URL: str = env.str("EMAIL_URL", default="")
EMAIL_FROM: str = env.str("EMAIL_FROM", default="")
DEFAULT_FROM_EMAIL = EMAIL_FROM
EMAIL_TIMEOUT = 10
vars().update(mail_server("EMAIL_URL"))
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Language and time: UTC in the database, the firm's zone on screens
LANGUAGE_CODE = choice("LANGUAGE_CODE", default="ru", choices=("ru", "en"))
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "unfold"]
USE_TZ = True
TIME_ZONE = FIRM_TIME_ZONE = time_zone("FIRM_TIME_ZONE", default="Europe/Moscow")

# Files: those of clients in three private buckets, of an S3 server when one is set, else folders here (FIL-02)
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static"
FILES_FOLDER: str = env.str("FILES_FOLDER", default="") or str(BASE_DIR / "media")
S3_ENDPOINT_URL: str = env.str("S3_ENDPOINT_URL", default="").rstrip("/")
S3_ACCESS_KEY_ID: str = env.str("S3_ACCESS_KEY_ID", default="")
S3_SECRET_ACCESS_KEY: str = env.str("S3_SECRET_ACCESS_KEY", default="")
S3_REGION: str = env.str("S3_REGION", default="") or "us-east-1"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    **buckets(
        ("invoices", "documents", "files"),
        folder=FILES_FOLDER,
        endpoint_url=S3_ENDPOINT_URL,
        access_key=S3_ACCESS_KEY_ID,
        secret_key=S3_SECRET_ACCESS_KEY,
        region_name=S3_REGION,
    ),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Security
SECURE_SSL_REDIRECT = False  # nginx redirects; inside, health checks speak plain HTTP
SILENCED_SYSTEM_CHECKS = ["security.W008"]
# nginx stands before `web` and says whom it speaks for; where none does, these headers are anybody's (SEC-08, SEC-12)
BEHIND_PROXY = flag("BEHIND_PROXY", default=IS_HTTPS)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = bool(SECURE_HSTS_SECONDS)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": DOOR_POLICY}  # that of the panel's own pages: buhbot/panel.py
DEFAULT_EXCEPTION_REPORTER_FILTER = "buhbot.ops.debugging.Hidden"
# Who may see metrics, the details of health and pages for debugging (SEC-12); behind nginx every forwarded address
# counts too.
INTERNAL_NETWORKS = env.list(
    "INTERNAL_NETWORKS",
    default=["127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
)

# Telegram
TELEGRAM_BOT_TOKEN: str = env.str("TELEGRAM_BOT_TOKEN", default="")
TELEGRAM_WEBHOOK_SECRET: str = env.str("TELEGRAM_WEBHOOK_SECRET", default="")
TELEGRAM_API_URL: str = env.str("TELEGRAM_API_URL", default="https://api.telegram.org").rstrip("/")
WEBHOOK_MAX_BYTES = 1024 * 1024
BOT_THREADS = number("BOT_THREADS", default=4)
BOT_METRICS_PORT = number("BOT_METRICS_PORT", default=0)  # 0: not shown
BOT_METRICS_HOST = env.str("BOT_METRICS_HOST", default="127.0.0.1")
WORKER_METRICS_PORT = number("WORKER_METRICS_PORT", default=0)
OUTBOX_MESSAGES_PER_SECOND = number("OUTBOX_MESSAGES_PER_SECOND", default=25)

# A language model for messages of which the local one is not sure (CLS-01); nothing of it is needed
LLM_BASE_URL: str = env.str("LLM_BASE_URL", default="").rstrip("/")
LLM_API_KEY: str = env.str("LLM_API_KEY", default="")
LLM_MODEL: str = env.str("LLM_MODEL", default="")

# Celery on Redis: ticks and background work; everything it does can be done again (no results kept)
REDIS_URL: str = env.str("REDIS_URL", default="")
# What may be forgotten: answers of the language model. Only the worker asks for it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "buhbot",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1, "retry": Retry(NoBackoff(), 0)},
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_TIMEZONE = FIRM_TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
    "max_retries": 1,  # of one who publishes: saving in Admin does not wait long for Redis
}
CELERY_BEAT_SCHEDULE_FILENAME = env.str("BEAT_SCHEDULE_FILE", default="/tmp/buhbot-beat")  # noqa: S108  # nosec
CELERY_DB_REUSE_MAX = 100
CELERY_BEAT_SCHEDULE = {
    # Warnings, breaches and escalations whose instant has come (TIM-01).
    "fire-due": {"task": "sla.tasks.fire_due", "schedule": 5.0, "options": {"expires": 5}},
    # Messages of which the local model is not sure; without a language model there are none (CLS-01).
    "ask-language-model": {
        "task": "sla.tasks.ask_language_model",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    # Open requests that run under old terms, whoever changed them; changes in Admin kick it at once (TIM-04).
    "recompute-outdated": {
        "task": "sla.tasks.recompute_outdated",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    # Open requests whose accountants are others by now: absences begin and end by themselves (TIM-04, STF-03).
    "reevaluate-outdated": {
        "task": "sla.tasks.reevaluate_outdated",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    # Files that wait to be copied to the object storage (FIL-02).
    "copy-files": {"task": "bot.tasks.copy_files", "schedule": 5.0, "options": {"expires": 5}},
    # Surveys: starts, deliveries in batches, reminders (SUR-02, SUR-04, SUR-08).
    "run-surveys": {"task": "bot.tasks.run_surveys", "schedule": 5.0, "options": {"expires": 5}},
    # Copies of files that no row names any more, from the object storage (SEC-14).
    "discard-copies": {
        "task": "templates_app.tasks.discard_copies",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    # A call to a service outside that alarms when the calls stop (MON-07).
    "send-heartbeat": {"task": "bot.tasks.send_heartbeat", "schedule": 60.0, "options": {"expires": 60}},
    # What is too old, at night; the task goes on by itself until nothing is left (SEC-14).
    "purge-expired": {"task": "buhbot.tasks.purge_expired", "schedule": crontab(hour=2, minute=10)},
    # The digest of the day, once a person, from the start of the working day on (ALR-09).
    "send-digests": {"task": "bot.tasks.send_digests", "schedule": 60.0, "options": {"expires": 60}},
    # The production calendar: this year's, from 1 December the next one's too, where it is missing (WT-09).
    "load-production-calendar": {
        "task": "sla.tasks.load_production_calendar",
        "schedule": crontab(hour=0, minute=10),
    },
}

# What each room purges when it is too old, and what it does to erase a client (SEC-14); from the roof down, as what
# hangs on a row goes before it.
PURGING = [
    "bot.services.purging.PIECES",
    "feedback.services.purging.PIECES",
    "templates_app.services.purging.PIECES",
    "sla.services.purging.PIECES",
    "buhbot.services.purging.PIECES",
]
ERASING = [
    "bot.erasing.erase",
    "feedback.erasing.erase",
    "templates_app.erasing.erase",
    "sla.erasing.erase",
    "buhbot.erasing.erase",
]

# Backups (BAK-01): where they go, for whom they are encrypted, and which rooms name files of the storage
BACKUP_FOLDER: str = env.str("BACKUP_FOLDER", default="") or str(BASE_DIR / "backups")
BACKUP_S3_ENDPOINT_URL: str = env.str("BACKUP_S3_ENDPOINT_URL", default="").rstrip("/")
BACKUP_S3_ACCESS_KEY_ID: str = env.str("BACKUP_S3_ACCESS_KEY_ID", default="")
BACKUP_S3_SECRET_ACCESS_KEY: str = env.str("BACKUP_S3_SECRET_ACCESS_KEY", default="")
BACKUP_S3_REGION: str = env.str("BACKUP_S3_REGION", default="") or "us-east-1"
BACKUP_S3_BUCKET: str = env.str("BACKUP_S3_BUCKET", default="") or "buhbot-backup"
BACKUP_AGE_RECIPIENT: str = env.str("BACKUP_AGE_RECIPIENT", default="")
BACKUP_MEDIA = ["templates_app.stored.stored_objects"]
# What `export_config` writes, in the order in which `import_config` reads it (BAK-03)
CONFIGURATION = [
    "buhbot.configured.PARTS",
    "sla.configured.PARTS",
    "templates_app.configured.PARTS",
]

# What `manage.py doctor` looks at: what needs no database, and what is not asked while that is away
DOCTOR = [
    "buhbot.ops.doctor.server.CHECKS",
    "buhbot.ops.doctor.doors.CHECKS",
    "templates_app.doctor.CHECKS",
    "bot.doctor.CHECKS",
]
DOCTOR_OF_DATABASE = ["buhbot.ops.doctor.database.CHECKS", "buhbot.ops.doctor.doors.CHECKS_OF_DATABASE"]
SUPABASE_DB_LIMIT_MB = number("SUPABASE_DB_LIMIT_MB", default=500)
SUPABASE_STORAGE_LIMIT_MB = number("SUPABASE_STORAGE_LIMIT_MB", default=1000)
OPS_BOT_TOKEN: str = env.str("OPS_BOT_TOKEN", default="") or TELEGRAM_BOT_TOKEN
OPS_CHAT_ID: str = env.str("OPS_CHAT_ID", default="")
HEARTBEAT_URL: str = env.str("HEARTBEAT_URL", default="")

# Logging: JSON lines (MON-06)
LOG_LEVEL = choice("LOG_LEVEL", default="INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING_CONFIG = "buhbot.ops.logging.configure"
OWN_SECRETS = (
    *(SECRET_KEY, TELEGRAM_BOT_TOKEN, OPS_BOT_TOKEN, TELEGRAM_WEBHOOK_SECRET, SUPABASE_JWT_SECRET),
    *(S3_SECRET_ACCESS_KEY, BACKUP_S3_SECRET_ACCESS_KEY, LLM_API_KEY, HEARTBEAT_URL),
    *(str(database.get("PASSWORD", "")) for database in DATABASES.values()),
    *passwords_of("DATABASE_SESSION_URL", "REDIS_URL", "EMAIL_URL"),
)
LOGGING = {"level": LOG_LEVEL, "secrets": OWN_SECRETS}

# Admin: how it looks is said in config/panel.py. Pages that belong to no model:
PANEL_PAGES = ["buhbot.admin.home.home_urls", "sla.admin.reports.report_urls"]
# Each room brings its parts of the home page; a piece of it is fetched
# again after so many seconds.
HOME_PIECES: dict[str, Any] = {
    "steps": {"seconds": 60, "parts": ["buhbot.admin.first_steps.first_steps_part"]},
    "people": {"seconds": 60, "parts": ["sla.admin.people.people_part", "sla.admin.hours.hours_part"]},
    "now": {"seconds": 20, "parts": ["sla.admin.home.requests_part", "feedback.admin.home.csat_part"]},
    "charts": {"seconds": 300, "parts": ["sla.admin.home_charts.charts_part"]},
    "hours": {"seconds": 300, "parts": ["sla.admin.home_charts.heatmap_part"]},
}
# Tabs of a chat's pages that rooms bring along (ADM-04)
CHAT_TABS = ["feedback.admin.home.votes_tab"]
# What is to be done before the product works, each said by its room (ADM-08)
FIRST_STEPS = [
    "bot.admin.first_steps.telegram_works",
    "buhbot.admin.first_steps.calendar_is_loaded",
    "buhbot.admin.first_steps.accountant_is_linked",
    "sla.admin.first_steps.manager_is_reachable",
    "sla.admin.first_steps.chat_is_monitored",
    "templates_app.admin.first_steps.storage_works",
    "buhbot.admin.first_steps.backups_are_fresh",
]
