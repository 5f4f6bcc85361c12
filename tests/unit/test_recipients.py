"""Who hears of an alert: kind, level, duties, the firm's staff, absences (ALR-02, STF-03)."""

import pytest

from sla.listeners import listeners
from sla.rules import Duty, present, recipients, stand_in

ANNA, BORIS, VERA, MIKHAIL, GLEB, IRINA, OLEG = range(1, 8)
CHAT = [
    Duty(ANNA, "accountant", "accountant"),
    Duty(BORIS, "accountant", "accountant"),
    Duty(MIKHAIL, "manager", "manager"),
]
NO_MANAGER = CHAT[:2]
NOBODY: list[Duty] = []
FIRM = [Duty(MIKHAIL, "manager"), Duty(GLEB, "manager"), Duty(IRINA, "admin")]
ADMINS = FIRM[2:]


@pytest.mark.parametrize(
    ("kind", "level", "chat", "firm", "away", "told"),
    [
        # everybody is there
        ("warning", 0, CHAT, FIRM, {}, [ANNA, BORIS]),
        ("breach", 1, CHAT, FIRM, {}, [ANNA, BORIS, MIKHAIL]),
        ("breach", 1, NO_MANAGER, FIRM, {}, [ANNA, BORIS, MIKHAIL, GLEB]),
        ("breach", 1, NO_MANAGER, ADMINS, {}, [ANNA, BORIS, IRINA]),
        ("escalation", 2, CHAT, FIRM, {}, [MIKHAIL]),
        ("escalation", 3, CHAT, FIRM, {}, [MIKHAIL, IRINA]),
        ("escalation", 5, NO_MANAGER, FIRM, {}, [MIKHAIL, GLEB, IRINA]),
        ("nudge", 1, CHAT, FIRM, {}, [ANNA, BORIS]),
        ("nudge", 3, CHAT, FIRM, {}, [ANNA, BORIS]),
        # accountants away
        ("warning", 0, CHAT, FIRM, {ANNA: VERA}, [VERA, BORIS]),
        ("warning", 0, CHAT, FIRM, {ANNA: BORIS}, [BORIS]),
        ("warning", 0, CHAT, FIRM, {ANNA: None}, [BORIS]),
        ("breach", 1, CHAT, FIRM, {ANNA: None, BORIS: VERA}, [VERA, MIKHAIL]),
        ("nudge", 1, CHAT, FIRM, {ANNA: VERA}, [VERA, BORIS]),
        # no accountant is left: whoever is in charge (principle 11)
        ("warning", 0, CHAT, FIRM, {ANNA: None, BORIS: None}, [MIKHAIL]),
        ("warning", 0, NO_MANAGER, FIRM, {ANNA: None, BORIS: None}, [MIKHAIL, GLEB]),
        ("breach", 1, CHAT, FIRM, {ANNA: None, BORIS: None}, [MIKHAIL]),
        ("warning", 0, NOBODY, FIRM, {}, [MIKHAIL, GLEB]),
        ("nudge", 1, CHAT, FIRM, {ANNA: None, BORIS: None}, []),
        # managers away
        ("escalation", 2, CHAT, FIRM, {MIKHAIL: GLEB}, [GLEB]),
        ("escalation", 2, CHAT, FIRM, {MIKHAIL: None}, [GLEB]),
        ("escalation", 2, CHAT, FIRM, {MIKHAIL: None, GLEB: None}, [IRINA]),
        ("escalation", 2, CHAT, FIRM, {MIKHAIL: OLEG}, [OLEG]),
        ("escalation", 3, CHAT, FIRM, {IRINA: OLEG}, [MIKHAIL, OLEG]),
        # nobody at all is there: administrators hear of it even so (principle 11)
        ("escalation", 2, CHAT, FIRM, {MIKHAIL: None, GLEB: None, IRINA: None}, [IRINA]),
        ("warning", 0, CHAT, ADMINS, dict.fromkeys((ANNA, BORIS, MIKHAIL, IRINA)), [IRINA]),
    ],
)
def test_alr_02_who_hears_of_an_alert(kind, level, chat, firm, away, told) -> None:
    assert list(recipients(kind, level, chat_staff=chat, firm_staff=firm, away=away)) == told


@pytest.mark.parametrize(
    ("away", "found"),
    [
        ({}, ANNA),
        ({BORIS: VERA}, ANNA),
        ({ANNA: BORIS}, BORIS),
        ({ANNA: BORIS, BORIS: VERA}, VERA),
        ({ANNA: BORIS, BORIS: None}, None),
        ({ANNA: None}, None),
        ({ANNA: BORIS, BORIS: ANNA}, None),
        ({ANNA: BORIS, BORIS: VERA, VERA: BORIS}, None),
        ({ANNA: ANNA}, None),
    ],
)
def test_stf_03_a_chain_of_substitutes_is_followed_and_a_cycle_ends(away, found) -> None:
    assert stand_in(ANNA, away) == found


def test_stf_03_each_person_is_named_once_in_their_order() -> None:
    assert present([ANNA, BORIS, VERA], {ANNA: VERA, BORIS: None}) == [VERA]


@pytest.mark.parametrize(
    ("kind", "level", "declined", "told"),
    [
        ("warning", 0, {ANNA}, [BORIS]),
        ("warning", 0, {ANNA, BORIS}, []),
        ("breach", 1, {ANNA}, [BORIS, MIKHAIL]),
        ("breach", 1, {ANNA, BORIS, MIKHAIL}, [IRINA]),
        ("breach", 1, {ANNA, BORIS, MIKHAIL, IRINA}, [MIKHAIL, IRINA]),
        ("escalation", 2, {MIKHAIL}, [IRINA]),
        ("escalation", 3, {MIKHAIL}, [IRINA]),
        ("escalation", 3, {MIKHAIL, IRINA}, [MIKHAIL, IRINA]),
        ("nudge", 1, {ANNA, BORIS}, [ANNA, BORIS]),
    ],
)
def test_stf_06_who_hears_when_some_do_not_want_to(
    kind: str, level: int, declined: set[int], told: list[int]
) -> None:
    assert list(listeners(kind, level, declined=declined, chat_staff=CHAT, firm_staff=FIRM)) == told
