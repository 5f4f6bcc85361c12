"""OUT-02, OUT-04, OUT-07, FLT-04: the decisions of the sender, on plain values."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import error as errors

from bot.failures import Meaning, sort_failure
from bot.models import OutgoingMessage
from bot.rules import (
    GROUP_MESSAGES,
    GROUP_SECONDS,
    MAX_TEXT,
    Outage,
    Pace,
    Patience,
    plain,
    retry_delay,
    shorten,
)
from simulator.markup import parse_html, utf16_length

Method = OutgoingMessage.Method
GROUP, PERSON, ANOTHER = -1001, 501, 502
PIECES = st.sampled_from(
    ["слово", " ", "<b>", "</b>", "&amp;", "😀", '<a href="https://a.example/">', "</a>", "\n"]
)


# OUT-07


def test_out_07_a_text_that_fits_is_left_alone() -> None:
    text = "<b>" + "a" * MAX_TEXT + "</b>"
    assert shorten(text) == text


def test_out_07_a_long_text_is_cut_at_a_word_with_an_ellipsis() -> None:
    cut = shorten("слово " * 1000)
    assert cut.endswith("слово…")
    assert MAX_TEXT - 6 <= len(cut) <= MAX_TEXT


def test_out_07_open_tags_are_closed_after_the_cut() -> None:
    cut = shorten("<b>раз <i>" + "два " * 2000 + "</i></b>")
    assert cut.endswith("два…</i></b>")


def test_out_07_an_entity_is_never_cut_in_two() -> None:
    cut = shorten("&amp;" * 5000)
    assert cut == "&amp;" * (MAX_TEXT - 1) + "…"


def test_out_07_length_is_counted_in_utf_16_as_telegram_does() -> None:
    cut = shorten("😀" * 3000)
    assert utf16_length(cut) <= MAX_TEXT
    assert cut.startswith("😀" * 2047)


@given(st.lists(PIECES, max_size=80))
def test_out_07_what_is_cut_still_parses_and_fits(pieces: list[str]) -> None:
    text = balanced(pieces)
    cut = shorten(text, limit=40)
    assert utf16_length(parse_html(cut)[0]) <= 40
    assert cut == text or cut.endswith("…") or re.search(r"…(</\w+>)+$", cut)


def balanced(pieces: list[str]) -> str:
    """Make well-formed HTML of pieces: unmatched ends are dropped, unclosed tags closed."""
    out: list[str] = []
    opened: list[str] = []
    for piece in pieces:
        if piece.startswith("</"):
            if not opened or opened[-1] != piece[2:-1]:
                continue
            opened.pop()
        elif piece.startswith("<"):
            opened.append(piece[1])
        out.append(piece)
    return "".join(out) + "".join(f"</{name}>" for name in reversed(opened))


def test_plain_text_of_html_has_no_tags_and_no_entities() -> None:
    assert plain('<a href="https://a.example/">Иванов</a> &lt;b&gt;') == "Иванов <b>"


# OUT-02


def test_out_02_calls_are_spaced_by_the_rate_with_no_burst() -> None:
    pace = Pace(25)
    pace.take(PERSON, 100.0)
    assert pace.overall_wait(100.0) == pytest.approx(0.04)
    assert pace.overall_wait(100.04) == pytest.approx(0)


def test_out_02_a_late_start_may_be_caught_up_but_a_pause_is_no_credit() -> None:
    pace = Pace(25)
    starts, now = [], 100.0
    while now < 103:
        now += pace.overall_wait(now) + 0.003
        pace.take(None, now)
        starts.append(now)
    assert max(len([start for start in starts if at <= start < at + 1]) for at in starts) <= 26
    assert len(starts) >= 70


def test_out_02_the_rate_stays_under_thirty_whatever_the_setting() -> None:
    assert Pace(1000).interval > 1 / 30


def test_out_02_a_person_gets_one_message_a_second() -> None:
    pace = Pace(25)
    pace.take(PERSON, 100.0)
    assert pace.chat_wait(PERSON, 100.0) == pytest.approx(1.0)
    assert pace.chat_wait(PERSON, 101.0) == 0
    assert pace.chat_wait(ANOTHER, 100.0) == 0


def test_out_02_a_group_gets_twenty_in_any_minute() -> None:
    pace = Pace(25)
    for number in range(GROUP_MESSAGES):
        assert pace.chat_wait(GROUP, 100.0 + number) == 0
        pace.take(GROUP, 100.0 + number)
    assert pace.chat_wait(GROUP, 120.0) == pytest.approx(GROUP_SECONDS - 20)
    assert pace.chat_wait(GROUP, 100.0 + GROUP_SECONDS) == 0


def test_out_02_an_answer_to_a_press_is_not_counted_for_the_chat() -> None:
    pace = Pace(25)
    pace.take(None, 100.0)
    assert pace.chat_wait(PERSON, 100.0) == 0


def test_out_02_a_refused_chat_waits_as_long_as_telegram_says_and_others_go_on() -> None:
    pace = Pace(25)
    pace.refuse(PERSON, 30, 100.0)
    assert pace.chat_wait(PERSON, 100.0) == 30
    assert pace.overall_wait(100.0) == 0


def test_out_02_when_a_second_chat_is_refused_all_wait() -> None:
    pace = Pace(25)
    pace.refuse(PERSON, 30, 100.0)
    pace.refuse(ANOTHER, 40, 110.0)
    assert pace.overall_wait(110.0) == 40


def test_out_02_a_second_refusal_of_the_same_chat_concerns_only_it() -> None:
    pace = Pace(25)
    pace.refuse(PERSON, 5, 100.0)
    pace.refuse(PERSON, 5, 101.0)
    assert pace.overall_wait(101.0) == 0


def test_what_has_run_out_is_forgotten_and_what_counts_is_kept() -> None:
    pace = Pace(25)
    pace.take(PERSON, 100.0)
    pace.take(GROUP, 100.0)
    pace.forget(102.0)
    assert not pace.private
    assert GROUP in pace.groups
    pace.forget(100.0 + GROUP_SECONDS)
    assert not pace.groups


# OUT-04


def test_out_04_five_retries_take_about_an_hour() -> None:
    delays = [retry_delay(attempts, jitter=0) or 0 for attempts in range(1, 6)]
    assert delays == sorted(delays)
    assert 3000 <= sum(delays) <= 3900
    assert retry_delay(6) is None


def test_out_04_delays_are_jittered() -> None:
    assert {retry_delay(3) for _ in range(20)} != {retry_delay(3, jitter=0)}
    assert all(96 <= (retry_delay(3) or 0) <= 144 for _ in range(100))


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (errors.NetworkError("Internal Server Error"), Meaning.TRY_AGAIN),
        (errors.NetworkError("Bad Gateway"), Meaning.TRY_AGAIN),
        (errors.TimedOut(), Meaning.TRY_AGAIN),
        (errors.TelegramError("Invalid server response"), Meaning.TRY_AGAIN),
        (errors.RetryAfter(7), Meaning.WAIT),
        (errors.ChatMigrated(-100200), Meaning.MIGRATED),
        (errors.InvalidToken("Unauthorized"), Meaning.TOKEN_REFUSED),
        (errors.Forbidden("Forbidden: bot was blocked by the user"), Meaning.UNREACHABLE),
        (errors.Forbidden("Forbidden: user is deactivated"), Meaning.UNREACHABLE),
        (errors.Forbidden("Forbidden: bot was kicked from the supergroup chat"), Meaning.UNREACHABLE),
        (errors.Forbidden("Forbidden: bot can't initiate conversation with a user"), Meaning.UNREACHABLE),
        (errors.BadRequest("Chat not found"), Meaning.UNREACHABLE),
        (errors.BadRequest("Not enough rights to send text messages to the chat"), Meaning.UNREACHABLE),
        (errors.BadRequest("Can't parse entities: unsupported start tag"), Meaning.SIMPLIFY),
        (errors.BadRequest("Button_data_invalid"), Meaning.SIMPLIFY),
        (errors.BadRequest("Inline keyboard button URL 'x' is invalid"), Meaning.SIMPLIFY),
        (errors.BadRequest("Message is too long"), Meaning.REFUSED),
        (errors.BadRequest("Message thread not found"), Meaning.REFUSED),
    ],
)
def test_out_04_each_error_of_a_message_has_one_meaning(
    error: errors.TelegramError, meaning: Meaning
) -> None:
    assert sort_failure(error, Method.SEND).meaning is meaning


@pytest.mark.parametrize(
    ("method", "error", "meaning"),
    [
        (Method.EDIT, "Message is not modified: specified new message content…", Meaning.DONE),
        (Method.EDIT, "Message to edit not found", Meaning.NEEDLESS),
        (Method.EDIT, "Message can't be edited", Meaning.NEEDLESS),
        (Method.DELETE, "Message to delete not found", Meaning.NEEDLESS),
        (Method.DELETE, "Message can't be deleted for everyone", Meaning.NEEDLESS),
        (
            Method.ANSWER,
            "Query is too old and response timeout expired or query id is invalid",
            Meaning.NEEDLESS,
        ),
    ],
)
def test_out_04_what_is_gone_or_done_is_no_failure(method: str, error: str, meaning: Meaning) -> None:
    assert sort_failure(errors.BadRequest(error), method).meaning is meaning


def test_out_04_an_edit_in_a_migrated_group_is_needless_as_the_message_stays_behind() -> None:
    assert sort_failure(errors.ChatMigrated(-100200), Method.EDIT).meaning is Meaning.NEEDLESS


def test_out_04_a_429_says_for_how_long() -> None:
    assert sort_failure(errors.RetryAfter(7), Method.SEND).retry_after == 7


# FLT-04


def test_flt_04_one_letter_that_fails_again_and_again_is_no_outage() -> None:
    outage = Outage()
    assert not any(outage.fail(1, now) for now in range(10))
    assert not outage.is_on


def test_flt_04_three_letters_that_fail_in_a_row_are_an_outage() -> None:
    outage = Outage()
    assert [outage.fail(letter, 100.0) for letter in (1, 2, 3)] == [False, False, True]
    assert outage.until == 101.0


def test_flt_04_a_success_between_them_is_no_outage() -> None:
    outage = Outage()
    outage.fail(1, 100.0)
    outage.fail(2, 100.0)
    outage.succeed()
    assert not outage.fail(3, 100.0)


def test_flt_04_probes_that_fail_are_made_more_seldom() -> None:
    outage = Outage()
    for letter in (1, 2, 3):
        outage.fail(letter, 100.0)
    waits = []
    for letter in range(4, 12):
        now = outage.until
        outage.fail(letter, now)
        waits.append(outage.until - now)
    assert waits == [2, 4, 8, 16, 30, 30, 30, 30]


def test_flt_04_calls_that_were_under_way_do_not_prolong_the_outage() -> None:
    outage = Outage()
    for letter in (1, 2, 3, 4, 5, 6):
        outage.fail(letter, 100.0)
    assert outage.until == 101.0


def test_flt_04_the_first_success_ends_the_outage() -> None:
    outage = Outage()
    for letter in (1, 2, 3):
        outage.fail(letter, 100.0)
    outage.succeed()
    assert not outage.is_on


def test_out_04_what_is_not_the_letters_fault_is_excused_for_an_hour() -> None:
    patience = Patience()
    assert not patience.is_over(1, 100.0)
    assert not patience.is_over(1, 3600.0)
    assert patience.is_over(1, 3800.0)
    patience.forget(1)
    assert not patience.is_over(1, 3800.0)
