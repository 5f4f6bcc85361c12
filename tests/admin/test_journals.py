"""The journals of Telegram, and trying again."""

import pytest
from django.urls import reverse

from bot.models import InboundUpdate, OutgoingMessage
from buhbot.models import Role
from tests.admin.firm import Firm
from tests.admin.visits import NOW, page, press, told


def test_an_administrator_processes_an_update_again(firm: Firm) -> None:  # ADM-11, BOT-04
    press(firm, Role.ADMIN, "bot_inboundupdate_again", firm.update.pk)
    assert InboundUpdate.objects.get().state == "pending"


def test_an_administrator_sends_a_message_again(firm: Firm) -> None:  # ADM-11
    press(firm, Role.ADMIN, "bot_outgoingmessage_again", firm.own.outgoing.pk)
    row = OutgoingMessage.objects.get(pk=firm.own.outgoing.pk)
    assert (row.state, row.attempts, row.not_before) == ("queued", 0, NOW)


def test_many_messages_are_sent_again_at_once(firm: Firm) -> None:  # ADM-11
    rows = [firm.own.outgoing.pk, firm.foreign.outgoing.pk]
    data = {"action": "again", "_selected_action": rows}
    answer = firm.browser(Role.ADMIN).post(reverse("admin:bot_outgoingmessage_changelist"), data, follow=True)
    assert "Возвращены 2 записи." in told(answer)


@pytest.mark.parametrize("name", ["bot_inboundupdate", "bot_outgoingmessage"])
def test_a_manager_only_looks_at_the_journals(firm: Firm, name: str) -> None:  # RBAC table
    row = firm.update if name == "bot_inboundupdate" else firm.own.outgoing
    assert press(firm, Role.MANAGER, f"{name}_again", row.pk).status_code == 403
    assert f"{name}/{row.pk}/again" not in page(firm, Role.MANAGER, f"{name}_change", row.pk)
