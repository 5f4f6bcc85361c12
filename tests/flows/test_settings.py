"""Every setting has an effect: each is changed through its page, and the same story ends differently (ADM-09)."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from bot.announcer.digests import tell_digests
from bot.announcer.surveys import run_surveys
from buhbot.acting import as_person
from buhbot.doors.sign_in import WITH_CODE
from buhbot.models import Message, Preference, Role, StaffLink, User
from buhbot.preferences import SETTINGS, preferences
from buhbot.purging import purge
from buhbot.retention import terms
from buhbot.services.people import create_staff_link
from feedback.figures import published
from feedback.models import FollowUp, Survey
from sla.models import Classification, Request
from tests.admin.firm import Browser
from tests.flows import telegram
from tests.flows.rating import publish, rated
from tests.flows.surveying import start_survey
from tests.flows.test_language_model import UNSURE
from tests.flows.voting import rate
from tests.flows.world import World, ask_elsewhere, minutes, staff
from tests.language_model import asked_for

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
PAGE = "admin:buhbot_preference_changelist"


def any_staff(world: World, _settings: Any) -> str:
    world.client_says("Где акт?", TEN)
    world.says(staff("Борис", Role.ACCOUNTANT, 610), "Готово", TEN + minutes(1))
    return world.request().state


def anonymous(world: World, _settings: Any) -> str:
    world.client_says("Где акт?", TEN)
    chat = telegram.group(world.chat.telegram_id)
    said = telegram.message(chat, telegram.GROUP_ANONYMOUS_BOT, TEN + minutes(1), "Высылаю", sender_chat=chat)
    world.receive(message=said)
    return world.request().state


def bare_file(world: World, _settings: Any) -> int:
    world.client_says(
        "", TEN, document={"file_id": "f", "file_unique_id": "u", "file_name": "акт.pdf", "file_size": 1}
    )
    return Request.objects.count()


def details(world: World, _settings: Any) -> int:
    world.says(world.accountant, "Добрый день, документы приняли.", TEN)
    world.client_says("Договор номер 15 от 3 марта", TEN + minutes(15))
    return Request.objects.count()


def doubtful(world: World, settings: Any) -> int:
    with asked_for(settings):
        world.client_says(UNSURE, TEN)
    return Classification.objects.filter(ask_llm_at__isnull=False).count()


def eight_alerts(world: World, _settings: Any) -> int:
    ask_elsewhere(world, TEN, chats=8)
    world.passes(TEN + minutes(60))
    return len(world.sent_to(world.manager))


def downtime(world: World, _settings: Any) -> bool:
    ask_elsewhere(world, TEN, chats=3)
    world.passes(TEN + minutes(75))
    return any("Сроки наступили раньше" in text for text in world.texts_to(world.manager))


def at_opening(_world: World, _settings: Any) -> int:
    return tell_digests(datetime(2026, 11, 25, 6, 0, tzinfo=UTC))


def evening(world: World, _settings: Any) -> int:
    at = TEN + timedelta(hours=10)
    with time_machine.travel(at, tick=False):
        world.client_says("Где акт?", at)
    return len(world.sent_to(world.chat))


def confirmed(world: World, _settings: Any) -> int:
    with time_machine.travel(TEN, tick=False):
        world.client_says("Где акт?", TEN)
    return len(world.sent_to(world.chat))


def link(world: World, _settings: Any) -> timedelta:
    create_staff_link(world.accountant, now=TEN)
    return StaffLink.objects.get().expires_at - TEN


def two_years_later(world: World, _settings: Any) -> int:
    world.client_says("Где акт?", TEN)
    world.says(world.accountant, "Готово", TEN + minutes(5))
    now = TEN.replace(year=TEN.year - 2)
    Request.objects.update(closed_at=now)
    Message.objects.update(sent_at=now)
    for _step in purge(terms(TEN + minutes(10), years=preferences().retention_years)):
        pass
    return Request.objects.count()


def rated_three(world: World, _settings: Any) -> int:
    rate(world, start_survey(timezone.now()), 3)
    return FollowUp.objects.count()


def rated_six(world: World, _settings: Any) -> int:
    rate(world, start_survey(timezone.now(), kind="nps"), 6)
    return FollowUp.objects.count()


@dataclass(frozen=True)
class Story:
    """A value for a setting; what happens, and how it ends by default and with the value."""

    value: Any
    happens: Callable[[World, Any], Any]
    by_default: Any
    then: Any


def without_code(world: World, _settings: Any) -> int:
    browser = Browser()
    browser.force_login(world.admin)
    return int(browser.get(reverse("admin:index")).status_code)


MONDAY = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)  # the first of October, 11:00 in Moscow


def quarter_begins(_world: World, _settings: Any) -> int:
    run_surveys(MONDAY)
    return Survey.objects.count()


def asked_again(_world: World, _settings: Any) -> int:
    run_surveys(MONDAY)
    survey = Survey.objects.first()
    return survey.cooldown_days if survey else 0


def four_ratings(world: World, _settings: Any) -> bool:
    rated({world.accountant: "5411"})
    publish()
    with as_person(user_id=world.accountant.pk, role=Role.ACCOUNTANT):
        return any(one.tally for one in published())


STORIES = {
    "any_staff_answers": Story(True, any_staff, "open", "answered"),
    "anonymous_admins_answer": Story(True, anonymous, "open", "answered"),
    "files_open_requests": Story(True, bare_file, 0, 1),
    "clarification_minutes": Story(20, details, 1, 0),
    "asks_language_model": Story(False, doubtful, 1, 0),
    "alerts_singly": Story(2, eight_alerts, 6, 3),
    "summary_after_minutes": Story(10, downtime, False, True),
    "digest_delay_minutes": Story(30, at_opening, 3, 0),
    "quarterly_surveys": Story(False, quarter_begins, 1, 0),
    "survey_weekday": Story(2, quarter_begins, 1, 0),
    "survey_hour": Story(12, quarter_begins, 1, 0),
    "low_stars": Story(2, rated_three, 1, 0),
    "low_nps": Story(5, rated_six, 1, 0),
    "survey_cooldown_days": Story(14, asked_again, 30, 14),
    "tells_opening": Story(False, evening, 1, 0),
    "confirms_requests": Story(True, confirmed, 0, 1),
    "least_voters": Story(4, four_ratings, False, True),
    "staff_link_days": Story(2, link, timedelta(days=7), timedelta(days=2)),
    "admins_need_second_factor": Story(True, without_code, 200, 302),
    "retention_years": Story(1, two_years_later, 1, 0),
}


def browser_of(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    session = browser.session
    session[WITH_CODE] = True  # so that no setting keeps this browser out
    session.save()
    return browser


def form_of(browser: Browser, **changed: Any) -> dict[str, Any]:
    """What the page would post: everything as it is shown, but for what the person changed."""
    shown = browser.get(reverse(PAGE)).context["form"]
    values = shown.current | changed
    return {"seen": shown.seen_text(), **{key: value for key, value in values.items() if value is not False}}


def save(browser: Browser, **changed: Any) -> Any:
    return browser.post(reverse(PAGE), form_of(browser, **changed), follow=True)


def test_adm_09_every_setting_has_its_story() -> None:
    assert STORIES.keys() == SETTINGS.keys()


@pytest.mark.parametrize("key", STORIES)
def test_adm_09_by_default(world: World, settings: Any, key: str) -> None:
    assert STORIES[key].happens(world, settings) == STORIES[key].by_default


@pytest.mark.parametrize("key", STORIES)
def test_adm_09_a_setting_changed_on_its_page_has_an_effect(world: World, settings: Any, key: str) -> None:
    story = STORIES[key]
    save(browser_of(world.admin), **{key: story.value})
    assert dict(Preference.objects.values_list("key", "value")) == {key: story.value}
    assert story.happens(world, settings) == story.then


@pytest.mark.parametrize("key", STORIES)
def test_adm_09_back_to_default(world: World, key: str) -> None:
    browser = browser_of(world.admin)
    save(browser, **{key: STORIES[key].value})
    browser.post(reverse(PAGE), {"reset": key})
    assert not Preference.objects.exists()


def test_adm_09_the_default_chosen_by_hand_is_no_override(world: World) -> None:
    browser = browser_of(world.admin)
    save(browser, alerts_singly=7)
    save(browser, alerts_singly=5)
    assert not Preference.objects.exists()


@pytest.mark.parametrize("value", ["0", "21", "", "много", "1.5"])
def test_adm_09_what_makes_no_sense_is_told_in_words(world: World, value: str) -> None:
    answer = save(browser_of(world.admin), alerts_singly=value)
    assert "Нужно целое число от 1 до 20." in answer.content.decode()
    assert preferences().alerts_singly == 5


def test_adm_09_a_stale_form_overwrites_nobody(world: World) -> None:
    one, other = browser_of(world.admin), browser_of(staff("Павел", Role.ADMIN))
    stale = form_of(one, alerts_singly=3, staff_link_days=4)
    save(other, alerts_singly=9)
    answer = one.post(reverse(PAGE), stale)
    assert "успели изменить: «9 в минуту»" in answer.content.decode()
    assert (preferences().alerts_singly, preferences().staff_link_days) == (9, 7)
    again = stale | {"seen": answer.context["form"].seen_text()}
    one.post(reverse(PAGE), again)
    assert (preferences().alerts_singly, preferences().staff_link_days) == (3, 4)


def test_adm_09_two_administrators_change_different_settings(world: World) -> None:
    one, other = browser_of(world.admin), browser_of(staff("Павел", Role.ADMIN))
    form = form_of(one, staff_link_days=4)
    save(other, alerts_singly=9)
    one.post(reverse(PAGE), form)
    assert (preferences().alerts_singly, preferences().staff_link_days) == (9, 4)


@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("accountant", 403), ("observer", 403)])
def test_adm_09_only_administrators_change_settings(world: World, role: str, status: int) -> None:
    browser = browser_of(staff("Ольга", role))
    assert browser.get(reverse(PAGE)).status_code == status
    for form in (asdict(preferences()) | {"seen": "{}"}, {"reset": "alerts_singly"}):
        assert browser.post(reverse(PAGE), form).status_code == 403


def test_adm_09_a_manager_sees_the_settings_without_buttons(world: World) -> None:
    text = browser_of(world.manager).get(reverse(PAGE)).content.decode()
    assert "Оповещения по одному" in text
    assert 'name="reset"' not in text
    assert 'name="alerts_singly" value="5"' in text
