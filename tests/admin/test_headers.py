"""Headers of every answer: pages, errors, webhook, static files; `check --deploy` (SEC-07)."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from buhbot.models import Role
from tests.admin.firm import Browser, Firm
from tests.lint import PRODUCTION

ROOT = Path(__file__).resolve().parents[2]
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}
ADDRESSES = (
    "/admin/login/", "/admin/", "/nothing-here", "/health/live", "/metrics", "/webhook/telegram",
    "/static/buhbot/plain.css", "/static/nothing.css", "/files/?x",
)  # fmt: skip


def policy(answer: Any) -> dict[str, list[str]]:
    parts = (part.split() for part in answer["Content-Security-Policy"].split(";") if part.strip())
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("address", ADDRESSES)
def test_sec_07_every_answer_has_the_headers(db: None, address: str) -> None:
    answer = Browser(raise_request_exception=False).get(address, secure=True)
    answer.close()
    assert {name: answer.get(name) for name in EVERYWHERE} == EVERYWHERE, answer.status_code
    assert "camera=()" in answer["Permissions-Policy"]
    assert policy(answer)["frame-ancestors"] == ["'none'"]
    assert policy(answer)["default-src"] == ["'none'"]


@pytest.mark.parametrize("address", ["/admin/login/", "/nothing-here", "/admin/second-factor/"])
def test_sec_07_our_own_pages_run_no_script_at_all(firm: Firm, address: str) -> None:
    browser = firm.browser(Role.MANAGER) if "factor" in address else Browser()
    answer = browser.get(address)
    assert "script-src" not in policy(answer)
    assert "unsafe" not in answer["Content-Security-Policy"]
    page = answer.content.decode()
    assert "<script" not in page
    assert "style=" not in page


def test_sec_07_the_panel_allows_what_its_theme_needs_and_no_more(firm: Firm) -> None:
    found = policy(firm.browser(Role.ADMIN).get(reverse("admin:index")))
    assert found["script-src"] == ["'self'", "'unsafe-eval'"]
    assert found["style-src"] == ["'self'", "'unsafe-inline'"]
    assert found["connect-src"] == found["form-action"] == ["'self'"]


def test_sec_07_the_deploy_check_is_clean() -> None:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | PRODUCTION, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
