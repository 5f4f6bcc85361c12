"""Codes of authenticator apps: TOTP of RFC 6238, six digits for thirty seconds, and backup codes (SEC-05)."""

import base64
import hmac
import secrets
from urllib.parse import quote, urlencode

DIGITS = 6
STEP_SECONDS = 30
DRIFT_STEPS = 1  # a phone's clock may be half a minute off
SECRET_BYTES = 20
BACKUP_CODES = 10
BACKUP_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what looks alike
BACKUP_LENGTH = 10


def new_secret() -> str:
    """Return a random secret as apps take it: base32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_at(secret: str, step: int) -> str:
    """Return the code of one step: RFC 4226 with the number of the half minute as its counter."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(secret: str, code: str, *, seconds: float) -> int | None:
    """Return the step whose code this is, at so many seconds since 1970; None for a wrong code."""
    now = int(seconds) // STEP_SECONDS
    steps = range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1)
    right = [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), code.encode())]
    return right[0] if right else None


def address_for_apps(secret: str, *, account: str, issuer: str) -> str:
    """Return the `otpauth:` address that a QR code shows to the app."""
    label = quote(f"{issuer}:{account}")
    return f"otpauth://totp/{label}?" + urlencode({"secret": secret, "issuer": issuer})


def tidy(code: str) -> str:
    """Take away what people type between the characters."""
    return "".join(code.split()).replace("-", "").lower()


def new_backup_codes() -> list[str]:
    """Return codes of 49 random bits each, in two groups to be written down."""
    return [_backup_code() for _ in range(BACKUP_CODES)]


def _backup_code() -> str:
    code = "".join(secrets.choice(BACKUP_ALPHABET) for _ in range(BACKUP_LENGTH))
    return f"{code[:5]}-{code[5:]}"
