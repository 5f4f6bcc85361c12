"""Codes of authenticator apps: the vectors of RFC 6238, drift and dress (SEC-05)."""

import base64

import pytest

from buhbot.one_time_codes import address_for_apps, code_at, matching_step, new_backup_codes, tidy

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
        (2000000000, "279037"), (20000000000, "353130"),
    ],
)  # fmt: skip
def test_sec_05_the_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert code_at(SECRET, seconds // 30) == code
    assert matching_step(SECRET, code, seconds=seconds) == seconds // 30


@pytest.mark.parametrize(("drift", "fits"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_sec_05_a_clock_may_be_half_a_minute_off(drift: int, fits: bool) -> None:
    assert (matching_step(SECRET, "279037", seconds=2000000000 + drift) is not None) is fits


def test_sec_05_backup_codes_are_many_and_read_well() -> None:
    codes = {code for _ in range(50) for code in new_backup_codes()}
    assert len(codes) == 500
    assert not set("".join(codes)) & set("0o1il")
    assert tidy(" ABCDE-fghjk ") == "abcdefghjk"


def test_sec_05_the_address_for_apps_is_escaped() -> None:
    address = address_for_apps("AB", account="a b&c@firm.test", issuer="BuhBot")
    assert address == "otpauth://totp/BuhBot%3Aa%20b%26c%40firm.test?secret=AB&issuer=BuhBot"
