"""What Admin says of working hours: requests that are never due, and years that are not published (WT-06, WT-09)."""

from datetime import UTC, datetime

import pytest
import time_machine

from buhbot.models import Role
from sla.models import Request
from sla.rules import NEVER
from tests.admin.firm import Firm
from tests.admin.visits import NOW

TELLS = "/admin/home/people/"  # the piece of Home on what is to be put right


def page(firm: Firm, role: str, address: str = "/admin/", *, at: datetime = NOW) -> str:
    with time_machine.travel(at, tick=False):
        return firm.browser(role).get(address).content.decode()


@pytest.fixture
def never_due(firm: Firm) -> Request:
    Request.objects.filter(pk=firm.own.request.pk).update(
        due_at=NEVER, warn_at=None, fires_at=NEVER, breached_at=None, level=0
    )
    return Request.objects.get(pk=firm.own.request.pk)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER, Role.ACCOUNTANT])
def test_wt_06_lists_and_pages_say_it_in_words(firm: Firm, never_due: Request, role: str) -> None:
    listed = page(firm, role, "/admin/sla/request/?standing=no_due")
    shown = page(firm, role, f"/admin/sla/request/{never_due.pk}/change/")
    assert listed.count("нет рабочего времени в календаре") >= 2  # due, and what is left
    assert f"№\u00a0{firm.foreign.request.pk}" not in listed
    assert "нет рабочего времени в календаре" in shown
    assert "поэтому срока у запроса нет" in shown
    assert "9999" not in listed + shown


@pytest.mark.usefixtures("never_due")
def test_wt_06_the_home_page_counts_them(firm: Firm) -> None:
    for role, is_told in ((Role.MANAGER, True), (Role.ADMIN, True), (Role.ACCOUNTANT, False)):
        assert ("standing=no_due" in page(firm, role, TELLS)) == is_told
        assert "9999" not in page(firm, role, TELLS)


def test_wt_06_the_home_page_is_silent_when_all_is_well(firm: Firm) -> None:
    assert "standing=no_due" not in page(firm, Role.ADMIN, TELLS)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.OBSERVER])
def test_wt_09_the_home_page_names_the_years_that_are_not_published(firm: Firm, role: str) -> None:
    unknown = page(firm, role, TELLS, at=datetime(2089, 12, 1, 9, tzinfo=UTC))
    assert ("Выходные не опубликованы" in unknown) == (role == Role.MANAGER)
    assert "Выходные не опубликованы" not in page(firm, role, TELLS, at=datetime(2026, 11, 24, tzinfo=UTC))
