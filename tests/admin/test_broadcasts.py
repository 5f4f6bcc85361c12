"""Broadcasts in Admin: written with a preview, released after a look at who gets them, watched, stopped (STF-05)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import Model
from django.urls import reverse

from bot.announcer import announce
from bot.models import OutgoingMessage
from buhbot.models import AuditEntry, Broadcast, Chat, Role, User
from buhbot.services.broadcasts import release_broadcast
from tests.admin.firm import Firm
from tests.admin.test_audit import edit, entry, posted
from tests.admin.visits import NOW, page, press, told

ADD = reverse("admin:buhbot_broadcast_add")
LOOK = reverse("admin:buhbot_broadcast_look")
LATER = NOW + timedelta(minutes=5)
TEN_TOMORROW = "2026-11-24T10:00"


def look(firm: Firm, **given: Any) -> str:
    data = {"text": "Мы <b>переехали</b>", "audience": "all", **given}
    return str(firm.browser(Role.MANAGER).post(LOOK, data).content.decode())


def release(firm: Firm, broadcast: Broadcast, **given: Any) -> Any:
    """Press the button of the page that asks once more."""
    browser, address = firm.browser(Role.MANAGER), address_of("release", broadcast)
    shown = browser.get(address, follow=True)
    data = {"seen": (shown.context or {}).get("stamp", ""), "when": "now", **given}
    with time_machine.travel(NOW, tick=False):
        return browser.post(address, data, follow=True)


def address_of(name: str, broadcast: Model) -> str:
    return reverse(f"admin:buhbot_broadcast_{name}", args=[broadcast.pk])


def running(firm: Firm) -> Broadcast:
    broadcast = release_broadcast(firm.broadcast(), start_at=None, now=NOW)
    announce(NOW)
    broadcast.refresh_from_db()
    return broadcast


def state(broadcast: Broadcast) -> str:
    return Broadcast.objects.get(pk=broadcast.pk).state


# Writing


def test_stf_05_a_manager_writes_a_draft(firm: Firm) -> None:
    data = {"title": "Адрес", "text": "Мы переехали", "audience": "picked", "chats": [firm.own.chat.pk]}
    answer = firm.browser(Role.MANAGER).post(ADD, data, follow=True)
    broadcast = Broadcast.objects.get()
    assert (broadcast.created_by, broadcast.chats.get()) == (firm.people[Role.MANAGER], firm.own.chat)
    assert "Прислать проверку себе" in answer.content.decode()
    assert (entry(model="buhbot.broadcast").kind, state(broadcast)) == ("added", "draft")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": "<b>Важно"}, "Тег &lt;b&gt; не закрыт"),
        ({"text": "<b> </b>"}, "Читать пока нечего"),
        ({"text": "&" * 900}, "Слишком длинно: 4500 знаков"),  # each is five when it is escaped
        ({"audience": "segment"}, "Выберите сегмент"),
        ({"audience": "picked"}, "Выберите чаты"),
    ],
)
def test_stf_05_what_cannot_be_sent_is_not_saved(firm: Firm, given: dict[str, str], said: str) -> None:
    data = {"title": "Адрес", "text": "Мы переехали", "audience": "all", **given}
    assert said in firm.browser(Role.MANAGER).post(ADD, data).content.decode()
    assert not Broadcast.objects.exists()


def test_stf_05_the_preview_shows_it_as_telegram_does_and_escapes_all_else(firm: Firm) -> None:
    shown = look(firm, text="<b>Рога</b> & <script>alert(1)</script>")
    assert "<b>Рога</b> &amp; &lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "не закрыт" in look(firm, text="<i>Рога")
    assert "Читать пока нечего" in look(firm, text="")


def test_stf_05_the_preview_says_who_gets_it_and_who_is_left_out_and_why(firm: Firm) -> None:
    Chat.objects.filter(pk=firm.foreign.chat.pk).update(takes_broadcasts=False)
    shown = look(firm)
    assert "<b>1</b>" in shown
    assert "Ромашка" in shown
    assert "Не участвуют: 1, клиент отказался от рассылок" in shown
    assert "Вектор" not in look(firm, audience="picked", chats=[firm.own.chat.pk])
    assert "Вектор" not in look(firm, audience="segment", segment=firm.segment().pk)
    assert "Пока никто не выбран" in look(firm, audience="segment", segment="x")


def test_stf_05_two_at_one_draft_lose_nothing(firm: Firm) -> None:
    broadcast, browser = firm.broadcast(), firm.browser(Role.MANAGER)
    shown = browser.get(address_of("change", broadcast))
    data = posted(shown.context["adminform"].form, []) | {"seen": shown.context["adminform"].form.stamp}
    edit(firm, "buhbot.broadcast", broadcast, text="Мы остались")
    answer = browser.post(address_of("change", broadcast), data | {"title": "Иначе"})
    assert "ничего не сохранено" in answer.content.decode()
    assert Broadcast.objects.get().title == broadcast.title


def test_stf_05_what_is_released_is_not_changed_or_deleted(firm: Firm) -> None:
    broadcast, browser = running(firm), firm.browser(Role.ADMIN)
    for name, data in [
        ("change", {"title": "Х", "text": "Х", "audience": "all"}),
        ("delete", {"post": "yes"}),
    ]:
        assert browser.post(address_of(name, broadcast), data).status_code == 403
    assert Broadcast.objects.get().title == broadcast.title


def test_stf_05_a_draft_is_deleted(firm: Firm) -> None:
    firm.browser(Role.MANAGER).post(address_of("delete", firm.broadcast()), {"post": "yes"})
    assert not Broadcast.objects.exists()


# The test to oneself


def test_stf_05_a_test_goes_to_oneself_and_to_nobody_else(firm: Firm) -> None:
    before = OutgoingMessage.objects.latest("pk").pk
    press(firm, Role.MANAGER, "buhbot_broadcast_test", firm.broadcast().pk)
    message = OutgoingMessage.objects.get(pk__gt=before)
    assert (message.recipient, message.audience) == (firm.people[Role.MANAGER], "staff")
    assert message.payload["text"] == "Мы <b>переехали</b>"
    assert "Проверка отправлена" in entry(model="buhbot.broadcast").note


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"telegram_id": None}, "не связана с Telegram"), ({"unreachable_since": NOW}, "нажмите «Старт»")],
)
def test_stf_05_who_cannot_be_written_to_is_told_what_to_do(firm: Firm, changed: Any, said: str) -> None:
    User.objects.filter(pk=firm.people[Role.MANAGER].pk).update(**changed)
    before = OutgoingMessage.objects.count()
    assert said in told(press(firm, Role.MANAGER, "buhbot_broadcast_test", firm.broadcast().pk))
    assert OutgoingMessage.objects.count() == before


# Releasing


def test_stf_05_before_sending_one_sees_the_text_and_who_gets_it(firm: Firm) -> None:
    shown = page(firm, Role.MANAGER, "buhbot_broadcast_release", firm.broadcast().pk)
    for part in ("Мы <b>переехали</b>", "Ромашка", "Отправить в 2 чата?", "Москва (UTC+3)"):
        assert part in shown
    assert state(firm.broadcast()) == "draft"


def test_stf_05_two_presses_of_send_send_it_once(firm: Firm) -> None:
    broadcast = firm.broadcast()
    assert "Рассылка запущена" in told(release(firm, broadcast))
    assert "уже запущена" in told(release(firm, broadcast))
    announce(LATER)
    announce(LATER)
    assert OutgoingMessage.objects.filter(subject=f"broadcast:{broadcast.pk}").count() == 2
    done = AuditEntry.objects.filter(model="buhbot.broadcast", note="Рассылка запущена.")
    assert [(one.actor, one.source) for one in done] == [(firm.people[Role.MANAGER], "admin")]


def test_stf_05_what_was_changed_after_the_look_is_not_sent(firm: Firm) -> None:
    broadcast = firm.broadcast()
    assert "Посмотрите ещё раз" in told(release(firm, broadcast, seen="0" * 64))
    assert state(broadcast) == "draft"


def test_stf_05_it_is_scheduled_on_the_firms_clock_and_recalled(firm: Firm) -> None:
    broadcast = firm.broadcast()
    said = told(release(firm, broadcast, when="later", start_at=TEN_TOMORROW))
    broadcast.refresh_from_db()
    assert broadcast.start_at == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # 10:00 in Moscow
    assert "24.11.2026 10:00" in said
    assert "Начнётся сама 24.11.2026 10:00" in page(
        firm, Role.MANAGER, "buhbot_broadcast_change", broadcast.pk
    )
    assert "снова черновик" in told(press(firm, Role.MANAGER, "buhbot_broadcast_recall", broadcast.pk))
    assert (state(broadcast), entry(model="buhbot.broadcast").note) == (
        "draft",
        "Отозвано: это снова черновик.",
    )


@pytest.mark.parametrize(
    ("zone", "at", "said"),
    [
        ("Europe/Moscow", "2026-11-20T10:00", "уже прошло"),
        ("Europe/Moscow", "2036-11-20T10:00", "больше чем через год"),
        ("Europe/Moscow", "завтра", "Укажите день и время"),
        ("Europe/Moscow", "", "Выберите день и время"),
        ("Europe/Berlin", "2027-03-28T02:30", "переводят часы"),  # no such hour on that day
        ("Europe/Berlin", "2027-10-31T02:30", "переводят часы"),  # it comes twice
    ],
)
def test_stf_05_a_start_that_cannot_be_is_refused(
    firm: Firm, settings: Any, zone: str, at: str, said: str
) -> None:
    broadcast, settings.TIME_ZONE = firm.broadcast(), zone
    answer = release(firm, broadcast, when="later", start_at=at)
    assert said in answer.content.decode()
    assert state(broadcast) == "draft"


def test_stf_05_nobody_to_write_to_is_said_and_nothing_is_sent(firm: Firm) -> None:
    Chat.objects.update(takes_broadcasts=False)
    broadcast = firm.broadcast()
    assert "Так отправить нельзя" in page(firm, Role.MANAGER, "buhbot_broadcast_release", broadcast.pk)
    assert "Писать некому" in told(release(firm, broadcast))
    assert state(broadcast) == "draft"


# Watching and stopping


def test_stf_05_the_page_counts_and_names_who_did_not_get_it_and_why(firm: Firm) -> None:
    Chat.objects.filter(pk=firm.foreign.chat.pk).update(takes_broadcasts=False)
    broadcast = running(firm)
    shown = page(firm, Role.MANAGER, "buhbot_broadcast_progress", broadcast.pk)
    assert 'hx-trigger="every 3s"' in shown
    assert 'data-count="waiting">1<' in shown
    broadcast.deliveries.filter(state="queued").update(state="failed", reason="refused")
    announce(LATER)
    shown = page(firm, Role.MANAGER, "buhbot_broadcast_progress", broadcast.pk)
    assert "hx-trigger" not in shown  # nothing moves any more
    for part in (
        "Telegram не принял",
        "Ромашка",
        "Вектор",
        'data-count="failed">1<',
        'data-count="left-out">1<',
    ):
        assert part in shown


def test_stf_05_a_running_one_is_stopped_once(firm: Firm) -> None:
    broadcast = running(firm)
    assert "Остановлено" in told(press(firm, Role.ADMIN, "buhbot_broadcast_stop", broadcast.pk))
    assert "Уже поздно" in told(press(firm, Role.ADMIN, "buhbot_broadcast_stop", broadcast.pk))
    announce(LATER)
    assert broadcast.deliveries.filter(state="stopped").count() == 2
    assert AuditEntry.objects.filter(note__startswith="Остановлено").count() == 1
    assert 'data-count="stopped">2<' in page(firm, Role.MANAGER, "buhbot_broadcast_change", broadcast.pk)


def test_stf_05_a_page_that_waits_for_a_recalled_one_is_a_form_again(firm: Firm) -> None:
    answer = firm.browser(Role.MANAGER).get(address_of("progress", firm.broadcast()))
    assert answer["HX-Refresh"] == "true"


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.OBSERVER])
def test_rbac_03_others_release_nothing(firm: Firm, role: str) -> None:
    broadcast = firm.broadcast()
    answer = firm.browser(role).post(address_of("release", broadcast), {"when": "now"})
    assert answer.status_code in (403, 404)
    assert state(broadcast) == "draft"


def test_stf_05_the_list_shows_the_states(firm: Firm) -> None:
    running(firm)
    firm.broadcast(title="Праздники")
    shown = page(firm, Role.MANAGER, "buhbot_broadcast_changelist")
    for part in ("Праздники", "черновик", "0 из 2", "все чаты клиентов"):
        assert part in shown
