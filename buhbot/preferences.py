"""Settings of the firm: defaults live here, the table keeps what was chosen differently (principle 9, ADM-09)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from buhbot.models import Preference
from buhbot.retention import DEFAULT_YEARS, LEAST_YEARS, MOST_YEARS

ANSWERS = _("What counts as an answer")
REQUESTS = _("What becomes a request")
ALERTS = _("Alerts and the digest")
CLIENTS = _("What clients are told")
STAFF = _("Staff")
SURVEYS = _("Surveys")
DATA = _("Personal data")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the page says of a setting; a number lies between `least` and `most`, and counts `unit`."""

    group: Promise
    label: Promise
    help: Promise
    least: int = 0
    most: int = 0
    unit: Promise | str = ""


def switch(*, default: bool, group: Promise, label: Promise, help: Promise) -> Any:
    """Declare a setting that is on or off."""
    return field(default=default, metadata={"setting": Setting(group, label, help)})


def number(
    default: int, *, least: int, most: int, unit: Promise, group: Promise, label: Promise, help: Promise
) -> Any:
    """Declare a setting that is a whole number."""
    return field(default=default, metadata={"setting": Setting(group, label, help, least, most, unit)})


@dataclass(frozen=True, slots=True)
class Preferences:
    """Every setting with its default, its bounds, and what people are told of it."""

    any_staff_answers: bool = switch(  # ANS-02
        default=False,
        group=ANSWERS,
        label=_("Any staff member may answer"),
        help=_(
            "A message of any linked staff member closes the request, not only of those who look after the chat."
        ),
    )
    anonymous_admins_answer: bool = switch(  # REQ-02
        default=False,
        group=ANSWERS,
        label=_("Anonymous administrators answer"),
        help=_(
            "In some groups staff write in the name of the group. "
            "Their messages close requests; whose they were is not known."
        ),
    )
    files_open_requests: bool = switch(  # REQ-03
        default=False,
        group=REQUESTS,
        label=_("A file without words is a request"),
        help=_(
            "A document or photo without a caption starts the clock. With a caption, the caption decides."
        ),
    )
    clarification_minutes: int = number(  # REQ-04
        10,
        least=0,
        most=240,
        unit=_("min"),
        group=REQUESTS,
        label=_("Grace after an answer"),
        help=_(
            "So long after staff last wrote, details from the client start no new request. Questions always do."
        ),
    )
    asks_language_model: bool = switch(  # CLS-01
        default=True,
        group=REQUESTS,
        label=_("Ask the language model in doubt"),
        help=_(
            "Where one is connected on the server, doubtful messages are sent to it; numbers and addresses are masked. "
            "Off: nothing leaves the firm."
        ),
    )
    alerts_singly: int = number(  # ALR-06
        5,
        least=1,
        most=20,
        unit=_("a minute"),
        group=ALERTS,
        label=_("Alerts that come singly"),
        help=_("So many alerts a minute reach a person one by one; the rest come as one list."),
    )
    summary_after_minutes: int = number(  # TIM-03
        30,
        least=5,
        most=240,
        unit=_("min"),
        group=ALERTS,
        label=_("Summary after a downtime"),
        help=_("What fell due longer ago than this is told as one summary instead of single alerts."),
    )
    digest_delay_minutes: int = number(  # ALR-09
        0,
        least=0,
        most=240,
        unit=_("min"),
        group=ALERTS,
        label=_("The digest comes after opening"),
        help=_(
            "So long after the working day of the firm's calendar begins. 0: at once. "
            "Everybody can switch their own digest off."
        ),
    )
    tells_opening: bool = switch(  # CLI-07
        default=True,
        group=CLIENTS,
        label=_("Answer out of hours"),
        help=_(
            "Who asks something outside of working hours is told when you are back: once a chat and evening."
            " A chat may have it otherwise, on its page."
        ),
    )
    confirms_requests: bool = switch(  # CLI-07
        default=False,
        group=CLIENTS,
        label=_("Confirm requests in working hours"),
        help=_("A question is answered at once with its number and when an answer is due."),
    )
    staff_link_days: int = number(  # STF-01
        7,
        least=1,
        most=30,
        unit=_("days"),
        group=STAFF,
        label=_("A Telegram link is valid for"),
        help=_("One-time links that tie staff to Telegram. Links that were made before keep their date."),
    )
    admins_need_second_factor: bool = switch(  # SEC-05
        default=False,
        group=STAFF,
        label=_("Administrators need a second factor"),
        help=_(
            "Administrators sign in with a code of their phone too; who has none yet is led to setting it up."
        ),
    )
    quarterly_surveys: bool = switch(  # SUR-02
        default=True,
        group=SURVEYS,
        label=_("Ask clients every quarter"),
        help=_(
            "At the beginning of a quarter a survey about the quarter before starts by itself, "
            "for the chats in which clients wrote."
        ),
    )
    survey_weekday: int = number(  # SUR-02
        1,
        least=1,
        most=7,
        unit=_("(1: Monday, 7: Sunday)"),
        group=SURVEYS,
        label=_("Weekday of the quarterly survey"),
        help=_(
            "The first such day of January, April, July and October. "
            "When the firm does not work on it, the next working day."
        ),
    )
    survey_hour: int = number(  # SUR-02
        11,
        least=0,
        most=23,
        unit=_("o'clock"),
        group=SURVEYS,
        label=_("Hour of the quarterly survey"),
        help=_("By the clock of the firm's calendar."),
    )
    survey_cooldown_days: int = number(  # SUR-03
        30,
        least=0,
        most=365,
        unit=_("days"),
        group=SURVEYS,
        label=_("Rest between two surveys"),
        help=_(
            "A chat that was asked so recently is left out. Each survey of your own may have another one."
        ),
    )
    low_stars: int = number(  # SUR-09
        3,
        least=1,
        most=4,
        unit=_("of 5 stars"),
        group=SURVEYS,
        label=_("Low rating: stars"),
        help=_("Such a rating or a lower one alerts managers and opens a follow-up."),
    )
    low_nps: int = number(  # SUR-09
        6,
        least=0,
        most=9,
        unit=_("of 10"),
        group=SURVEYS,
        label=_("Low rating: recommendation"),
        help=_("The same on the scale from 0 to 10."),
    )
    retention_years: int = number(  # SEC-14
        DEFAULT_YEARS,
        least=LEAST_YEARS,
        most=MOST_YEARS,
        unit=_("years"),
        group=DATA,
        label=_("Data of people is kept for"),
        help=_(
            "Messages, files, ended requests, ratings and the audit log. What is older is deleted every night for good;"
            " open requests stay. Clients read the term in the bot: /privacy."
        ),
    )
    least_voters: int = number(  # FBK-03; the database knows the default and the bound too
        5,
        least=3,
        most=50,
        unit=_("persons"),
        group=SURVEYS,
        label=_("Accountants and observers see ratings from"),
        help=_("Figures and comments of fewer persons are hidden from them. Managers see every rating."),
    )


SETTINGS: dict[str, Setting] = {field.name: field.metadata["setting"] for field in fields(Preferences)}


def preferences() -> Preferences:
    """Read the settings in force, in one query."""
    return chosen(dict(Preference.objects.values_list("key", "value")))


def chosen(overrides: Mapping[str, Any]) -> Preferences:
    """Return the settings with what was chosen differently. A key that is not known any more is passed over."""
    return replace(Preferences(), **{key: value for key, value in overrides.items() if key in SETTINGS})
