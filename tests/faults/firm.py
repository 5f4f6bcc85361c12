"""A firm for the fault tests: chats that talk, chats that wait too long, and staff enough for the pace of alerts."""

from typing import Any

Json = dict[str, Any]

TALKS = 40
LATES = 12
PAIRS = 6  # accountants, each with a manager; Telegram lets us write to a person once a second
ROUND_THE_CLOCK = "Круглосуточно"
HOUR, TWO_MINUTES = "Час", "Две минуты"


def talk(number: int) -> int:
    return -1002000000000 - number


def late(number: int) -> int:
    return -1003000000000 - number


def client_of(chat: int) -> int:
    """The one client of a chat."""
    return -chat - 1000000000000


def accountant_of(chat: int) -> int:
    return 9101 + abs(chat) % PAIRS


def manager_of(chat: int) -> int:
    return 9201 + abs(chat) % PAIRS


def firm() -> Json:
    """The firm as `manage.py demo` and the simulator read it."""
    chats = [talk(number) for number in range(TALKS)] + [late(number) for number in range(LATES)]
    always = {str(day): "00:00-24:00" for day in range(1, 8)}
    return {
        "calendars": [{"name": ROUND_THE_CLOCK, "time_zone": "Europe/Moscow", "weekly": always}],
        "policies": [_policy(HOUR, 60), _policy(TWO_MINUTES, 2)],
        "staff": [_person(9001, "admin")]
        + [_person(9101 + number, "accountant") for number in range(PAIRS)]
        + [_person(9201 + number, "manager") for number in range(PAIRS)],
        "chats": [_chat(chat) for chat in chats],
        "clients": [
            {"id": client_of(chat), "first_name": "Клиент", "last_name": str(-chat % 1000), "chats": [chat]}
            for chat in chats
        ],
    }


def _policy(name: str, minutes: int) -> Json:
    return {"name": name, "target_minutes": minutes, "warning_percent": 0, "max_level": 1}


def _person(telegram_id: int, role: str) -> Json:
    return {
        "email": _email(telegram_id),
        "full_name": f"{role.title()} {telegram_id}",
        "role": role,
        "telegram_id": telegram_id,
        "username": f"{role}{telegram_id}",
    }


def _email(telegram_id: int) -> str:
    return f"{telegram_id}@firm.test"


def _chat(chat: int) -> Json:
    is_late = chat <= late(0)
    return {
        "telegram_id": chat,
        "kind": "supergroup",
        "title": f"Клиент {-chat}",
        "is_monitored": True,
        "calendar": ROUND_THE_CLOCK,
        "policy": TWO_MINUTES if is_late else HOUR,
        "accountants": [_email(accountant_of(chat))],
        "managers": [_email(manager_of(chat))],
    }
