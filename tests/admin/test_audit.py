"""Every change made in Admin is written down: who, what, before and after, from where (ADM-10)."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from buhbot.models import AuditEntry, Calendar, CalendarException, Preference, Role, Tier
from sla.models import Policy
from tests.admin.firm import Firm, build, calendar
from tests.admin.visits import page, press
from tests.admin.walk import rows_of

Kind = AuditEntry.Kind
PASSWORD = "a-long-enough-password"

# model: what is changed in its form, and the entry's change. Journals have no form.
EDITS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "auth.group": ({"name": "Стажёры"}, ["Название", "Практиканты", "Стажёры"]),
    "buhbot.user": ({"full_name": "Анна Иванова"}, ["Имя", "Анна", "Анна Иванова"]),
    "buhbot.absence": ({"by_whom": ""}, ["Кто замещает", "Ирина", "—"]),
    "buhbot.chat": ({"client_name": "ООО «Лютик»"}, ["Клиент", "Ромашка", "ООО «Лютик»"]),
    "buhbot.chatlabel": ({"name": "Без НДС"}, ["Название", "НДС", "Без НДС"]),
    "buhbot.segment": ({"name": "Первые"}, ["Название", "Важные", "Первые"]),
    "buhbot.broadcast": ({"title": "Переезд"}, ["Название", "Новый адрес", "Переезд"]),
    "buhbot.calendar": ({"day_5": "09:00-17:00"}, ["Пятница", "09:00-18:00", "09:00-17:00"]),
    "buhbot.tier": ({"name": "Особый"}, ["Название", "", "Особый"]),
    "templates_app.template": ({"title": "Новое"}, ["Название", "Счёт отправлен", "Новое"]),
    "templates_app.faqitem": ({"answer": "На сайте"}, ["Ответ", "Они в договоре", "На сайте"]),
    "templates_app.service": ({"price": "7 000 ₽"}, ["Цена", "5 000 ₽", "7 000 ₽"]),
    "templates_app.quickbutton": (
        {"wish": "Договор"},
        ["Что заказывают", "Копия договора", "Договор"],
    ),
    "sla.policy": ({"target_minutes": "45"}, ["Срок ответа, рабочих минут", "60", "45"]),
    "feedback.survey": ({"title": "Зима"}, ["Название", "Осень", "Зима"]),
}
NO_FORM = {
    "buhbot.surveyoptout",  # tests of surveys
    "feedback.delivery",
    "feedback.followup",  # closed with a reason: tests of follow-ups
    "feedback.vote",
    "buhbot.preference",  # tests/flows/test_settings.py, and below
    "buhbot.auditentry",
    "buhbot.message",
    "sla.invitation",  # made and taken back, never changed
    "sla.request",
    "sla.alert",
    "sla.correction",
    "bot.inboundupdate",
    "bot.outgoingmessage",
    "templates_app.receivedfile",  # its state is set by buttons: tests of files
}


def posted(form: Any, formsets: Any) -> dict[str, Any]:
    """What a browser would post of the page as it is shown."""
    data: dict[str, Any] = {}
    for one in (form, *(one for formset in formsets for one in (formset.management_form, *formset.forms))):
        for name in one.fields:
            data |= values(one[name])
    return data


def values(field: Any) -> dict[str, Any]:
    value = field.value()
    if value is None or value is False:
        return {}
    if isinstance(value, list | tuple) or hasattr(value, "values_list"):
        return {field.html_name: [getattr(one, "pk", one) for one in value]}
    return {field.html_name: field.field.prepare_value(value) if value is not True else "on"}


def edit(firm: Firm, name: str, row: Any, /, **changed: Any) -> Any:
    browser = firm.browser(Role.ADMIN)
    address = reverse(f"admin:{name.replace('.', '_')}_change", args=[row.pk])
    shown = browser.get(address)
    form = shown.context["adminform"].form
    data = posted(form, [inline.formset for inline in shown.context["inline_admin_formsets"]]) | changed
    answer = browser.post(address, data, follow=True)
    errors = [one.errors for one in answer.context["adminform"].form] if "adminform" in answer.context else []
    assert not any(errors), errors
    return answer


def entry(**about: Any) -> AuditEntry:
    return AuditEntry.objects.filter(**about).latest("pk")


def test_adm_10_a_chat_that_is_handed_over_says_from_whom_to_whom(firm: Firm) -> None:  # RBAC-04
    anna, successor = firm.people[Role.ACCOUNTANT], firm.foreign.assignment.user
    edit(firm, "buhbot.user", anna, is_active="", successor=successor.pk)
    found = entry(model="buhbot.chat", object_id=str(firm.own.chat.pk))
    assert (found.actor, found.changes[0][1:]) == (firm.people[Role.ADMIN], ["Анна", str(successor)])


def test_an_entry_is_not_looked_for_by_what_is_no_kind_of_thing(firm: Firm) -> None:
    address = reverse("admin:buhbot_auditentry_changelist")
    assert firm.browser(Role.ADMIN).get(address, {"about": "\0"}).status_code == 200


def test_adm_10_every_form_of_the_panel_is_walked(firm: Firm) -> None:
    assert set(rows_of(firm)) == EDITS.keys() | NO_FORM


@pytest.mark.parametrize("name", EDITS)
def test_adm_10_a_change_in_a_form_is_found_with_before_and_after(firm: Firm, name: str) -> None:
    row = Group.objects.create(name="Практиканты") if name == "auth.group" else rows_of(firm)[name][0]
    changed, (label, before, after) = EDITS[name]
    edit(firm, name, row, **changed)
    found = entry(model=name, object_id=str(row.pk))
    assert (found.kind, found.actor, found.source) == (Kind.CHANGED, firm.people[Role.ADMIN], "admin")
    assert (found.address, found.who) == ("127.0.0.1", "Ирина")
    assert [label, before or row.name if name == "buhbot.tier" else before, after] in found.changes
    assert len(found.changes) == 1, found.changes
    assert LogEntry.objects.filter(object_id=str(row.pk)).exists()  # Django's own history goes on


@pytest.mark.parametrize(("chosen", "kept", "told"), [("False", False, "нет"), ("True", True, "да")])
def test_cli_07_a_chat_may_have_it_otherwise(firm: Firm, chosen: str, kept: bool, told: str) -> None:
    edit(firm, "buhbot.chat", firm.own.chat, tells_opening=chosen)
    firm.own.chat.refresh_from_db()
    assert firm.own.chat.tells_opening is kept
    asked = entry(model="buhbot.chat").changes
    assert asked == [["Отвечать в нерабочее время", "—", told]]


def test_adm_10_inlines_are_found_too(firm: Firm) -> None:
    row, chosen = firm.own.assignment, firm.foreign.assignment.user
    edit(firm, "buhbot.chat", firm.own.chat, **{"assignments-0-user": chosen.pk})
    found = entry(model="buhbot.chat").changes
    assert [[before, after] for _name, before, after in found] == [["Анна", "Борис"]]
    row.refresh_from_db()
    assert row.user == chosen


def test_adm_10_an_inline_row_that_goes_is_found(firm: Firm) -> None:
    CalendarException.objects.create(calendar=calendar(), date="2026-12-31", hours="")
    edit(firm, "buhbot.calendar", calendar(), **{"exceptions-0-DELETE": "on"})
    assert entry(model="buhbot.calendar").changes == [["исключение «31.12.2026»", "было", "удалено"]]


def test_adm_10_what_is_added_and_deleted(firm: Firm) -> None:
    browser = firm.browser(Role.ADMIN)
    browser.post(reverse("admin:buhbot_tier_add"), {"name": "Новый", "code": "new", "position": 9})
    added = entry(model="buhbot.tier")
    assert (added.kind, added.object_name) == (Kind.ADDED, "Новый")
    assert ["Название", "—", "Новый"] in added.changes
    tier = Tier.objects.get(code="new")
    browser.post(reverse("admin:buhbot_tier_delete", args=[tier.pk]), {"post": "yes"})
    assert (entry(model="buhbot.tier").kind, entry(model="buhbot.tier").object_name) == (
        Kind.DELETED,
        "Новый",
    )


def test_adm_10_what_a_new_form_proposes_was_not_there_before(firm: Firm) -> None:
    form = {"client_name": "ООО «Лютик»", "accountant": "", "hours": 24}
    firm.browser(Role.ADMIN).post(reverse("admin:sla_invitation_add"), form)
    changes = entry(model="sla.invitation").changes
    assert ["—", "24"] in [change[1:] for change in changes]
    assert {before for _name, before, _after in changes} == {"—"}


@pytest.mark.parametrize("name", ["sla.policy", "buhbot.calendar"])
def test_adm_10_what_loses_the_default_to_another_is_found_too(firm: Firm, name: str) -> None:
    model = Policy if name == "sla.policy" else Calendar
    loser = model.objects.get(is_default=True)
    other = model.objects.exclude(pk=loser.pk).first() or Calendar.objects.create(
        name="Другой", weekly={"1": "09:00-18:00"}
    )
    edit(firm, name, other, is_default="on")
    found = entry(model=name, object_id=str(loser.pk))
    assert (found.actor, found.kind) == (firm.people[Role.ADMIN], Kind.CHANGED)
    assert [change[1:] for change in found.changes] == [["да", "нет"]]
    assert model.objects.get(is_default=True) == other


def test_adm_06_a_preview_of_another_default_is_not_audited(firm: Firm) -> None:
    before = AuditEntry.objects.count()
    other = Policy.objects.filter(is_default=False).first()
    edit(firm, "sla.policy", other, is_default="on", _preview="on")
    assert (AuditEntry.objects.count(), Policy.objects.get(is_default=True) == other) == (before, False)


def test_adm_10_a_password_is_named_and_never_shown(firm: Firm) -> None:
    user = firm.people[Role.MANAGER]
    data = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    firm.browser(Role.ADMIN).post(reverse("admin:auth_user_password_change", args=[user.pk]), data)
    found = entry(model="buhbot.user", object_id=str(user.pk))
    assert found.changes == [["пароль", "•••", "•••"]]
    assert not AuditEntry.objects.filter(changes__icontains=PASSWORD).exists()


def test_adm_10_a_one_time_link_leaves_no_token(firm: Firm) -> None:
    text = press(firm, Role.ADMIN, "buhbot_user_link", firm.people[Role.MANAGER].pk).content.decode()
    found = entry(model="buhbot.user")
    assert (found.kind, found.note) == (Kind.DONE, "Создана ссылка для Telegram.")
    token = text.partition("/start ")[2][:22]
    assert len(token) == 22
    assert token not in f"{found.note}{found.changes}{found.object_name}"


@pytest.mark.parametrize(
    ("role", "view", "data", "note"),
    [
        ("manager", "sla_request_act", {"action": "take"}, "взят"),
        ("accountant", "sla_request_act", {"action": "resolve"}, "решён вручную"),
        ("manager", "sla_request_act", {"action": "cancel"}, "отменён"),
        ("manager", "sla_request_act", {"action": "snooze"}, "отложено: 24.11.2026 09:00"),
        ("manager", "buhbot_message_correct", {"label": "SPAM"}, "Класс исправлен"),
        ("manager", "buhbot_chat_monitor", {"off": "1"}, "Наблюдение выключено."),
        ("admin", "buhbot_user_unlink", {}, "Telegram отвязан."),
        ("accountant", "buhbot_user_notices", {}, "Изменено, о чём сообщать"),
        ("admin", "bot_inboundupdate_again", {}, "Обработать снова"),
        ("admin", "bot_outgoingmessage_again", {}, "Отправить снова"),
    ],
)
def test_adm_10_buttons_of_the_panel(firm: Firm, role: str, view: str, data: Any, note: str) -> None:
    rows = {
        "sla_request_act": firm.own.request,
        "buhbot_message_correct": firm.own.message,
        "buhbot_chat_monitor": firm.own.chat,
        "buhbot_user_unlink": firm.people[Role.MANAGER],
        "buhbot_user_notices": firm.people[Role.ACCOUNTANT],
        "bot_inboundupdate_again": firm.update,
        "bot_outgoingmessage_again": firm.own.outgoing,
    }
    press(firm, role, view, rows[view].pk, **data)
    found = entry()
    assert note.lower() in found.note.lower()
    assert (found.kind, found.actor, found.source) == (Kind.DONE, firm.people[role], "admin")


def test_adm_10_a_request_says_from_which_state_to_which(firm: Firm) -> None:
    press(firm, Role.MANAGER, "sla_request_act", firm.own.request.pk, action="resolve")
    assert entry().changes == [["состояние", "открыт", "решён вручную"]]
    assert entry().object_name == f"№ {firm.own.request.pk} · Ромашка"


def test_adm_10_what_clients_wrote_stays_out(firm: Firm) -> None:
    press(firm, Role.MANAGER, "buhbot_message_correct", firm.own.message.pk, label="SPAM")
    assert entry().object_name == "Ромашка"


def test_adm_10_a_setting(firm: Firm) -> None:
    Preference.objects.create(key="alerts_singly", value=7)
    firm.browser(Role.ADMIN).post(reverse("admin:buhbot_preference_changelist"), {"reset": "alerts_singly"})
    assert entry().object_name == "Оповещения по одному"
    assert entry().changes == [["значение", "7 в минуту", "5 в минуту"]]


def test_adm_10_sign_ins_and_failures(firm: Firm, client: Client) -> None:
    user = firm.people[Role.MANAGER]
    user.set_password(PASSWORD)
    user.save()
    sign_in = reverse("admin:login")
    outside = {"X-Forwarded-For": "evil, 198.51.100.7, 203.0.113.9"}
    client.post(sign_in, {"username": user.email, "password": "not-it"}, headers=outside)
    failed = entry()
    assert (failed.kind, failed.actor, failed.who) == (Kind.SIGN_IN_FAILED, None, user.email)
    assert failed.address == "203.0.113.9"  # what our own proxy says; the rest anybody may write
    client.post(sign_in, {"username": user.email, "password": PASSWORD})
    assert (entry().kind, entry().actor) == (Kind.SIGNED_IN, user)
    client.post(reverse("admin:logout"))
    assert (entry().kind, entry().actor) == (Kind.SIGNED_OUT, user)
    assert not AuditEntry.objects.filter(changes__icontains="not-it").exists()


def test_adm_10_a_password_in_the_wrong_field_stays_out(firm: Firm, client: Client) -> None:
    client.post(reverse("admin:login"), {"username": "my-secret", "password": "x"})
    assert (entry().kind, entry().who) == (Kind.SIGN_IN_FAILED, "•••")


@pytest.mark.parametrize("role", Role.values)
def test_adm_10_the_own_password(firm: Firm, role: str) -> None:
    user = firm.people[role]
    user.set_password(PASSWORD)
    user.save()
    new = "quite-another-password"
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert firm.browser(role).post(reverse("admin:password_change"), data).status_code == 302
    assert (entry().actor, entry().note, entry().changes) == (user, "Изменён собственный пароль.", [])


@pytest.fixture
def standing(committed: None) -> Firm:
    """A firm that other connections see, as a refusal is written when the request's own transaction is over."""
    return build()


def test_adm_10_a_page_that_is_refused(standing: Firm) -> None:
    browser = Client()
    browser.force_login(standing.people[Role.OBSERVER])
    address = reverse("admin:buhbot_message_changelist")
    assert browser.get(address).status_code == 403
    found = entry()
    assert (found.kind, found.actor) == (Kind.REFUSED, standing.people[Role.OBSERVER])
    assert (found.note, found.address) == (f"GET {address}", "127.0.0.1")


def test_adm_10_a_button_that_is_refused(firm: Firm) -> None:
    press(firm, Role.ACCOUNTANT, "sla_request_act", firm.own.request.pk, action="cancel")
    assert (entry().kind, entry().actor) == (Kind.REFUSED, firm.people[Role.ACCOUNTANT])


def test_adm_10_the_list_filters_and_searches(firm: Firm) -> None:
    edit(firm, "buhbot.chat", firm.own.chat, client_name="ООО «Лютик»")
    press(firm, Role.MANAGER, "sla_request_act", firm.foreign.request.pk, action="resolve")
    who = firm.people[Role.ADMIN].pk
    for query in (
        {"who": who},
        {"kind__exact": "changed"},
        {"q": "Лютик"},
        {"q": "Ирина"},
        {"about": "buhbot.chat"},
    ):
        text = page(firm, Role.MANAGER, "buhbot_auditentry_changelist", **query)
        assert ("ООО «Лютик»" in text, "Вектор" in text) == (True, False), query
    everything = {"period": "month", "source__exact": "admin"}
    assert "Вектор" in page(firm, Role.ADMIN, "buhbot_auditentry_changelist", **everything)
    assert "Вектор" not in page(firm, Role.ADMIN, "buhbot_auditentry_changelist", who="nobody")


def test_adm_10_names_of_people_and_clients_are_escaped(firm: Firm) -> None:
    edit(firm, "buhbot.chat", firm.own.chat, client_name="<script>alert(1)</script>")
    text = page(firm, Role.ADMIN, "buhbot_auditentry_changelist")
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text
