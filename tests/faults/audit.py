"""Counts what came of a test: in the database, and in what Telegram was told."""

from collections import Counter

from tests.faults.firm import accountant_of, manager_of
from tests.faults.traffic import Traffic, Wanted
from tests.faults.trial import Trial

REQUESTS = """
    SELECT chat.telegram_id, extract(epoch FROM opened_at)::bigint, extract(epoch FROM closed_at)::bigint,
           (SELECT count(*) FROM sla_requestmessage AS part WHERE part.request_id = request.id AND part = 'client')
    FROM sla_request AS request JOIN buhbot_chat AS chat ON chat.id = request.chat_id
    WHERE chat.telegram_id = ANY(%s)
"""
MESSAGES = """
    SELECT telegram_chat_id, telegram_message_id, text FROM buhbot_message
    WHERE telegram_chat_id = ANY(%s) AND sender <> 'bot' ORDER BY 1, 2
"""
ALERTED = """
    SELECT chat.telegram_id, alert.level, person.telegram_id, message.state
    FROM sla_alert AS alert
    JOIN sla_request AS request ON request.id = alert.request_id
    JOIN buhbot_chat AS chat ON chat.id = request.chat_id
    JOIN bot_outgoingmessage_alerts AS told ON told.alert_id = alert.id
    JOIN bot_outgoingmessage AS message ON message.id = told.outgoingmessage_id
    JOIN buhbot_user AS person ON person.id = message.recipient_id
"""
SENT = """
    SELECT telegram_chat_id, telegram_message_id FROM bot_outgoingmessage
    WHERE state = 'sent' AND method = 'sendMessage' ORDER BY telegram_chat_id, id
"""
COUNTS = """
    SELECT (SELECT count(*) FROM bot_inboundupdate),
           (SELECT count(*) FROM bot_inboundupdate WHERE state = 'processed'),
           (SELECT count(*) FROM buhbot_message WHERE sender <> 'bot'),
           (SELECT count(*) FROM sla_request),
           (SELECT count(*) FROM sla_alert),
           (SELECT count(*) FROM bot_outgoingmessage WHERE method = 'sendMessage' AND state = 'sent'),
           (SELECT count(*) FROM bot_outgoingmessage WHERE method = 'sendMessage' AND state = 'cancelled')
"""


def account(trial: Trial) -> str:
    """Count what came in, what came of it and what went out; say of each difference what explains it."""
    stored, processed, logged, requests, alerts, sent, cancelled = trial.rows(COUNTS)[0]
    arrived = sum(call["ok"] for call in trial.simulator.calls("sendMessage"))
    return "\n".join(
        [
            f"updates: {stored} stored, {processed} processed, {stored - processed} waiting or parked (must be 0)",
            f"effects: {logged} messages logged, {requests} requests; presses and joinings are the other updates",
            f"alerts: {alerts}, in {sent} messages sent, {cancelled} cancelled because their requests ended first",
            f"Bot API: {arrived} messages arrived, {arrived - sent} more than rows: sent again after a kill (OUT-05)",
        ]
    )


def check_intake(trial: Trial, traffic: Traffic) -> None:
    """Every update that got 200 is in the inbox once and processed; every message is logged once (BOT-02)."""
    emitted = [update["update_id"] for update in trial.simulator.updates(since=trial.mark)]
    wanted = sorted({*emitted, *traffic.posted})
    inbox = trial.rows("SELECT update_id, state FROM bot_inboundupdate ORDER BY update_id")
    assert [state for _, state in inbox if state != "processed"] == []
    assert [number for number, _ in inbox] == wanted
    chats = [talk.chat for talk in traffic.talks]
    said = sorted((talk.chat, line.message_id, line.text) for talk in traffic.talks for line in talk.lines)
    assert trial.rows(MESSAGES, chats) == said


def check_requests(trial: Trial, traffic: Traffic) -> None:
    """Every question has its request, opened, joined and answered by the right messages (BOT-03, BOT-04)."""
    chats = [talk.chat for talk in traffic.talks]
    found, wanted = [Wanted(*row) for row in trial.rows(REQUESTS, chats)], traffic.wanted()
    assert sorted(set(found) ^ set(wanted)) == []
    assert len(found) == len(wanted)


def check_alerts(trial: Trial, chats: list[int]) -> None:
    """Each late chat was alerted once, to its accountant and its manager, and both letters left (TIM-01)."""
    wanted = sorted((chat, 1, to(chat), "sent") for chat in chats for to in (accountant_of, manager_of))
    assert sorted(trial.rows(ALERTED)) == wanted


def check_letters(trial: Trial, *, are_repeats_allowed: bool = False) -> None:
    """Each row was sent, once; twice only if the sender was killed, or the answer was lost (OUT-05)."""
    states = Counter(state for (state,) in trial.rows("SELECT state FROM bot_outgoingmessage"))
    assert set(states) <= {"sent", "cancelled"}, states
    sent = trial.rows(SENT)
    assert len(sent) == len(set(sent))
    assert sent == sorted(sent), "the order within a chat (OUT-03)"
    calls = [call for call in trial.simulator.calls("sendMessage") if call["ok"]]
    told = {(int(call["params"]["chat_id"]), call["message_id"]): call["params"]["text"] for call in calls}
    rows = Counter((address, told[address, message]) for address, message in sent)
    arrived = Counter((address, text) for (address, _), text in told.items())
    assert rows.keys() == arrived.keys()
    for key, count in rows.items():
        most = 2 * count if are_repeats_allowed else count
        assert count <= arrived[key] <= most, (key, count, arrived[key])
