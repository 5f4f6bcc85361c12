"""Checks of what docs/security.md leaves to the operator (SEC-05, SEC-07, SEC-09, SEC-12)."""

from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_network

from django.conf import settings

from buhbot.models import Role, User
from buhbot.ops.doctor import Finding, Level, verdict
from buhbot.preferences import preferences


def address(_now: datetime) -> Iterator[Finding]:
    """Browsers are spoken to over https only: without it cookies and HSTS are not what they should be (SEC-07)."""
    yield verdict(
        "https",
        "" if settings.IS_HTTPS else "PUBLIC_URL is not https: sessions can be read on the way",
        fine="on",
        hint="infra/scripts/cert-init.sh, then PUBLIC_URL=https://…",
        level=Level.WARNING,
    )


def env_file(_now: datetime) -> Iterator[Finding]:
    """Nobody else on this machine reads the secrets (SEC-09)."""
    path = settings.BASE_DIR / ".env"
    mode = path.stat().st_mode & 0o777 if path.exists() else 0
    yield verdict(
        "mode of .env",
        f"is {mode:o}: others on this machine can read the secrets" if mode & 0o077 else "",
        fine="only its owner reads it" if mode else "there is none here",
        hint="chmod 600 .env",
    )


def networks(_now: datetime) -> Iterator[Finding]:
    """Figures of machines are for networks of one's own (SEC-12)."""
    foreign = [network for network in settings.INTERNAL_NETWORKS if not ip_network(network).is_private]
    yield verdict(
        "internal networks",
        f"{', '.join(foreign)} may read /metrics and details of health" if foreign else "",
        fine="private ones only",
        hint="Name networks of your own only in INTERNAL_NETWORKS.",
        level=Level.WARNING,
    )


def second_factor(_now: datetime) -> Iterator[Finding]:
    """Whoever may do everything needs more than a password (SEC-05)."""
    admins = User.objects.filter(role=Role.ADMIN, is_active=True).count()
    is_off = bool(admins) and not preferences().admins_need_second_factor
    yield verdict(
        "second factor of administrators",
        f"is not asked for: {admins} administrators, a password each" if is_off else "",
        fine="asked for" if admins else "there is no administrator yet",
        hint="Admin → Settings → «Administrators need a second factor».",
        level=Level.WARNING,
    )


CHECKS = (address, env_file, networks)
CHECKS_OF_DATABASE = (second_factor,)
