"""Invitations in Admin: made, shown once, taken back (CHT-03)."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from bot.models import BotAccount
from buhbot.models import Role, User
from sla.models import Invitation
from sla.services import connect_chat
from tests.admin.firm import Firm
from tests.admin.test_words import english
from tests.admin.visits import page


def make(firm: Firm, role: str = Role.MANAGER, **changed: Any) -> Any:
    form = {"client_name": "ООО «Лютик»", "accountant": firm.people[Role.ACCOUNTANT].pk, "hours": 72}
    return firm.browser(role).post(reverse("admin:sla_invitation_add"), form | changed)


@pytest.fixture
def bot(db: None) -> None:
    BotAccount.objects.create(telegram_id=1, username="firm_bot", checked_at=timezone.now())


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER])
def test_cht_03_it_is_shown_with_link_line_and_qr_code(firm: Firm, bot: None, role: str) -> None:
    shown = make(firm, role).content.decode()
    token = shown.split("https://t.me/firm_bot?startgroup=")[1].split('"')[0]
    assert f"/connect {token}" in shown
    assert "<svg" in shown
    assert "bb-qr" in shown
    assert Invitation.objects.get().token_hash != token
    assert english(shown.replace(token, "").replace("https://t.me/firm_bot?startgroup=", "")) == []


def test_cht_03_what_was_made_in_admin_binds_the_chat(firm: Firm, bot: None) -> None:
    token = make(firm).content.decode().split("/connect ")[1].split("<")[0]
    chat = firm.foreign.chat
    type(chat).objects.filter(pk=chat.pk).update(is_monitored=False)
    connection = connect_chat(token, chat, by=firm.people[Role.MANAGER], now=timezone.now())
    assert (connection.chat.client_name, connection.chat.is_monitored) == ("ООО «Лютик»", True)
    assert "использовано" in page(firm, Role.MANAGER, "sla_invitation_changelist")


def test_cht_03_without_the_bots_name_the_line_is_shown(firm: Firm) -> None:
    shown = make(firm).content.decode()
    assert "/connect " in shown
    assert "startgroup" not in shown


@pytest.mark.parametrize("hours", ["0", "721", ""])
def test_cht_03_hours_are_limited(firm: Firm, hours: str) -> None:
    assert "errornote" in make(firm, hours=hours).content.decode() or not Invitation.objects.exists()
    assert not Invitation.objects.exists()


def test_cht_03_an_invitation_is_taken_back(firm: Firm) -> None:
    invitation = firm.invitation()
    firm.browser(Role.MANAGER).post(
        reverse("admin:sla_invitation_delete", args=[invitation.pk]), {"post": "yes"}
    )
    assert not Invitation.objects.exists()


def test_cht_03_observers_cannot_be_named(firm: Firm) -> None:
    make(firm, accountant=User.objects.get(role=Role.OBSERVER).pk)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(("role", "may"), [(Role.MANAGER, True), (Role.ACCOUNTANT, False)])
def test_cht_03_the_list_of_chats_leads_there(firm: Firm, role: str, may: bool) -> None:
    shown = page(firm, role, "buhbot_chat_changelist")
    assert (reverse("admin:sla_invitation_add") in shown) is may
