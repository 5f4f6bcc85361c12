"""Whether the bot can do its work in a chat, in words, with what to do where it cannot (ADM-04)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from buhbot.models import CalendarVersion, Chat
from buhbot.services.production import unknown_years
from sla.admin.words import moment
from sla.models import AlertKind
from sla.rules import FIRST_LEVEL
from sla.selectors import alertable

QUIET = timedelta(days=14)
GOOD, WARNING, BAD = "success", "warning", "danger"
ICONS = {GOOD: "check_circle", WARNING: "error", BAD: "cancel"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to be right: how it stands, and what to do if it is not."""

    name: str
    colour: str
    text: str
    advice: str = ""

    @property
    def icon(self) -> str:
        return ICONS[self.colour]


def checks_of(
    chat: Chat, *, version: CalendarVersion, reads_all: bool | None, is_staff_seen: bool, now: datetime
) -> Iterator[Check]:
    """Look at everything; `reads_all`: whether privacy mode is off for the bot, None: not known yet.

    Who would be told is left out for readers who do not see all of the staff.
    """
    yield _membership(chat)
    yield _rights(chat)
    yield _hearing(chat, reads_all)
    yield _last_message(chat, now)
    if is_staff_seen:
        yield _reachable(chat)
    yield _calendar(version, now)


def _membership(chat: Chat) -> Check:
    name = _("The bot in the chat")
    if chat.life_cycle != Chat.LifeCycle.ACTIVE:
        return Check(
            name, BAD, chat.get_life_cycle_display(), _("Add the bot to the chat again in Telegram.")
        )
    if chat.unreachable_since is not None:
        advice = _(
            "Look whether the bot may write in the group: permissions of members, or the topic is closed."
        )
        return Check(
            name, BAD, _("messages do not arrive: %(why)s") % {"why": chat.unreachable_reason}, advice
        )
    return Check(name, GOOD, _("is a member"))


def _rights(chat: Chat) -> Check:
    name = _("Rights of the bot")
    if chat.is_bot_admin:
        return Check(name, GOOD, _("administrator: hears everything and deletes commands of staff"))
    advice = _("Make the bot an administrator of the group with the right to delete messages.")
    if chat.is_bot_admin is None:
        return Check(name, WARNING, _("not known yet: the bot has not asked Telegram"), advice)
    return Check(name, WARNING, _("a plain member: clients see the commands of staff"), advice)


def _hearing(chat: Chat, reads_all: bool | None) -> Check:
    name = _("Privacy mode")
    if chat.is_bot_admin or reads_all:
        return Check(name, GOOD, _("does not hinder: the bot hears all messages"))
    advice = _(
        "In Telegram write to @BotFather: /setprivacy, choose the bot, Disable; then take the bot out of the group"
        " and add it again. Or make it an administrator."
    )
    if reads_all is None:
        return Check(name, WARNING, _("not known: the bot has not asked Telegram yet"), advice)
    return Check(name, BAD, _("is on: the bot hears commands and replies only"), advice)


def _last_message(chat: Chat, now: datetime) -> Check:
    name = _("Last message")
    if chat.last_message_at is None:
        advice = _("Write something in the chat. If it stays like this, the bot does not hear the chat.")
        return Check(name, WARNING, _("none yet"), advice)
    at = moment(chat.last_message_at, now=now)
    if now - chat.last_message_at > QUIET:
        return Check(name, WARNING, at, _("It has been quiet for long: check that the chat is still in use."))
    return Check(name, GOOD, at)


def _reachable(chat: Chat) -> Check:
    name = _("Who hears of a missed target")
    people = [str(user) for user in alertable(chat, kind=AlertKind.BREACH, level=FIRST_LEVEL)]
    if not people:
        advice = _("Link the accountants and managers to Telegram: the bot can write to none of them.")
        return Check(name, BAD, _("nobody"), advice)
    return Check(name, GOOD, ", ".join(people))


def _calendar(version: CalendarVersion, now: datetime) -> Check:
    year = timezone.localtime(now).year
    name = _("Calendar of %(year)d") % {"year": year}
    values = {"name": version.name}
    is_loaded = any(day.startswith(f"{year}-") for day in version.exceptions)
    if not version.calendar.follows_production_calendar:
        return Check(name, GOOD, _("«%(name)s», without the holidays of the country") % values)
    if is_loaded and year not in unknown_years(now):
        return Check(name, GOOD, _("«%(name)s», holidays are loaded") % values)
    advice = _("Load the production calendar: on the page of calendars, choose it and the action.")
    return Check(name, WARNING, _("«%(name)s», holidays are not loaded") % values, advice)
