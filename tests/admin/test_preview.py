"""What a change of terms means is shown before it is saved (ADM-06)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from buhbot.models import AuditEntry, Message, Role, Tier
from sla.models import ChatPolicy, Policy, Request, RequestEvent
from sla.services.closing import answer
from tests.admin.firm import ASKED_AT, Firm
from tests.admin.test_audit import posted
from tests.admin.visits import NOW


def preview(firm: Firm, role: str, page: str, *args: Any, **changed: Any) -> Any:
    """Change some fields of a form and press «Preview»."""
    browser, address = firm.browser(role), reverse(f"admin:{page}", args=args)
    with time_machine.travel(NOW, tick=False):
        shown = browser.get(address)
        formsets = [inline.formset for inline in shown.context["inline_admin_formsets"]]
        data = posted(shown.context["adminform"].form, formsets) | changed
        return browser.post(address, data | {"_preview": "1"})


def words(answer: Any) -> str:
    text = answer.content.decode()
    start = text.index('<section class="bb-card bb-effect"')
    return " ".join(text[start : text.index("</section>", start)].split())


@pytest.fixture
def answered(firm: Firm) -> Firm:
    """Both clients were answered: one after 20 minutes, one after 50."""
    for rows, minutes in ((firm.own, 20), (firm.foreign, 50)):
        Request.objects.filter(pk=rows.request.pk).update(breached_at=None, level=0, warned_at=None)
        request = Request.objects.get(pk=rows.request.pk)
        at = ASKED_AT + timedelta(minutes=minutes)
        said = {"chat": rows.chat, "telegram_chat_id": rows.chat.telegram_id, "telegram_message_id": minutes}
        reply = Message.objects.create(**said, kind="text", sender="staff", sent_at=at)
        answer(request, reply)
    return firm


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER])
def test_adm_06_a_policy(answered: Firm, role: str) -> None:
    policy = Policy.objects.get(is_default=True)
    text = words(preview(answered, role, "sla_policy_change", policy.pk, target_minutes="30"))
    assert "100 % → 50 %" in text
    assert 'Затронуто чатов</span><span class="bb-effect-value">2<' in text
    assert "Вектор, Ромашка" in text
    assert "+0,1" in text  # one warning at 24 minutes and one breach at 30, instead of a warning at 48
    policy.refresh_from_db()
    assert policy.target_minutes == 60


def test_adm_06_a_preview_saves_nothing_and_moves_nothing(firm: Firm) -> None:
    policy = Policy.objects.get(is_default=True)
    before = (list(Request.objects.order_by("pk").values()), RequestEvent.objects.count())
    answer = preview(firm, Role.ADMIN, "sla_policy_change", policy.pk, target_minutes="30", name="Иначе")
    assert (list(Request.objects.order_by("pk").values()), RequestEvent.objects.count()) == before
    assert not AuditEntry.objects.exists()
    assert not list(answer.context["messages"])
    policy.refresh_from_db()
    assert policy.name != "Иначе"


def test_adm_06_the_form_keeps_what_was_typed(firm: Firm) -> None:
    policy = Policy.objects.get(is_default=True)
    answer = preview(firm, Role.ADMIN, "sla_policy_change", policy.pk, target_minutes="37")
    assert answer.status_code == 200
    assert answer.context["adminform"].form["target_minutes"].value() == "37"
    assert not answer.context["errors"]


def test_adm_06_the_policy_of_one_chat(answered: Firm) -> None:
    fast = Policy.objects.create(name="Быстро", target_minutes=15)
    changed = {"policy_override-0-policy": fast.pk}
    text = words(preview(answered, Role.MANAGER, "buhbot_chat_change", answered.foreign.chat.pk, **changed))
    assert "Вектор" in text
    assert "Ромашка" not in text
    assert "100 % → 0 %" in text
    assert ChatPolicy.objects.get(chat=answered.foreign.chat).policy != fast


def test_adm_06_a_chat_of_another_tier(answered: Firm) -> None:
    ChatPolicy.objects.all().delete()
    tier = Tier.objects.get(code="premium")
    text = words(preview(answered, Role.MANAGER, "buhbot_chat_change", answered.own.chat.pk, tier=tier.pk))
    assert "100 % → 0 %" in text
    answered.own.chat.refresh_from_db()
    assert answered.own.chat.tier.code == "standard"


def test_adm_06_a_new_policy_of_a_tier(answered: Firm) -> None:
    ChatPolicy.objects.all().delete()
    Policy.objects.filter(tier__code="standard").update(tier=None)
    tier = Tier.objects.get(code="standard")
    answer = preview(answered, Role.ADMIN, "sla_policy_add", name="Новая", tier=tier.pk, target_minutes="30")
    assert "100 % → 50 %" in words(answer)
    assert not Policy.objects.filter(name="Новая").exists()


def test_adm_06_a_change_without_effect_says_so(firm: Firm) -> None:
    policy = Policy.objects.get(is_default=True)
    text = words(preview(firm, Role.ADMIN, "sla_policy_change", policy.pk, name="Иначе"))
    assert "Ни у одного чата условия не изменятся." in text


def test_adm_06_a_wrong_form_says_what_is_wrong(firm: Firm) -> None:
    policy = Policy.objects.get(is_default=True)
    answer = preview(firm, Role.ADMIN, "sla_policy_change", policy.pk, target_minutes="0")
    assert answer.context["adminform"].form.errors.keys() == {"target_minutes"}
    assert "bb-effect" not in answer.content.decode()


def test_adm_06_saving_works_as_before(firm: Firm) -> None:
    policy = Policy.objects.get(is_default=True)
    address = reverse("admin:sla_policy_change", args=[policy.pk])
    browser = firm.browser(Role.MANAGER)
    data = posted(browser.get(address).context["adminform"].form, []) | {"target_minutes": "30"}
    assert browser.post(address, data).status_code == 302
    policy.refresh_from_db()
    assert policy.target_minutes == 30


def test_adm_06_an_accountant_gets_no_preview(firm: Firm) -> None:
    policy = Policy.objects.get(is_default=True)
    address = reverse("admin:sla_policy_change", args=[policy.pk])
    browser = firm.browser(Role.ACCOUNTANT)
    assert "_preview" not in browser.get(address).content.decode()
    assert browser.post(address, {"_preview": "1", "target_minutes": "30"}).status_code == 403
