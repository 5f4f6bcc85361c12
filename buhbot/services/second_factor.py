"""A second factor for signing in: set up, confirmed, asked for, taken away (SEC-05)."""

import base64
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from buhbot.models import BackupCode, SecondFactor, User
from buhbot.one_time_codes import matching_step, new_backup_codes, new_secret, tidy


def has_second_factor(user: User) -> bool:
    """Whether the person is asked for a code when signing in."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


def begin_second_factor(user: User, *, now: datetime) -> str:
    """Return the secret to be put into an app; the same one until a first code was right."""
    waiting = SecondFactor.objects.filter(user=user, confirmed_at=None).first()
    if waiting and (known := _opened(waiting.secret)):
        return known
    secret = new_secret()
    SecondFactor.objects.filter(user=user, confirmed_at=None).delete()
    SecondFactor.objects.create(user=user, secret=_sealed(secret), created_at=now)
    return secret


@transaction.atomic
def confirm_second_factor(user: User, code: str, *, now: datetime) -> list[str]:
    """Switch the factor on with a first code; return backup codes, which cannot be shown again: none if it is wrong."""
    factor = SecondFactor.objects.filter(user=user, confirmed_at=None).first()
    if factor is None or not _use_code(factor, code, now):
        return []
    SecondFactor.objects.filter(pk=factor.pk).update(confirmed_at=now)
    return renew_backup_codes(user)


def use_code(user: User, code: str, *, now: datetime) -> bool:
    """Whether this is a code of the app, or a backup code; each is good once."""
    factor = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()
    if factor is None:
        return False
    used, _ = BackupCode.objects.filter(user=user, code_hash=_hash(code)).delete()
    return bool(used) or _use_code(factor, code, now)


@transaction.atomic
def renew_backup_codes(user: User) -> list[str]:
    """Make new backup codes in the place of those that are left."""
    codes = new_backup_codes()
    BackupCode.objects.filter(user=user).delete()
    BackupCode.objects.bulk_create([BackupCode(user=user, code_hash=_hash(code)) for code in codes])
    return codes


def backup_codes_left(user: User) -> int:
    """Return how many backup codes are left."""
    return BackupCode.objects.filter(user=user).count()


@transaction.atomic
def remove_second_factor(user: User) -> None:
    """Ask the person for no code any more, and forget app and backup codes."""
    BackupCode.objects.filter(user=user).delete()
    SecondFactor.objects.filter(user=user).delete()


def _use_code(factor: SecondFactor, code: str, now: datetime) -> bool:
    secret = _opened(factor.secret)
    step = matching_step(secret, tidy(code), seconds=now.timestamp()) if secret else None
    older = SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step or 0)
    return step is not None and bool(older.update(last_step=step))


def _hash(code: str) -> str:
    return salted_hmac("buhbot.backup_code", tidy(code), algorithm="sha256").hexdigest()


def _sealed(secret: str) -> str:
    return _box().encrypt(secret.encode()).decode()


def _opened(sealed: str) -> str:
    """Return the secret; empty where SECRET_KEY has changed since. Backup codes do not help then: an admin does."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def _box() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_fernet_key(key)) for key in keys])


def _fernet_key(key: str) -> bytes:
    digest = salted_hmac("buhbot.second_factor", "seal", secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest)
