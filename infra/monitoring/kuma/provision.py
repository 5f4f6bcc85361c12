"""Sets up Uptime Kuma: its operator, what it looks at, and whom it tells (MON-04). Running it again changes nothing.

start.sh runs it in the container of monitoring, where the packages of requirements.txt are.
"""

import logging
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from uptime_kuma_api import MonitorType, NotificationType, UptimeKumaApi, UptimeKumaException

OPERATOR = "operator"
INTERVAL_SECONDS = 60
TRIES = 2  # a single slow answer is no trouble
START_SECONDS = 120
RETRY_SECONDS = 3
Fields = dict[str, Any]

log = logging.getLogger("kuma")


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to be; monitors and the notification are known by their names."""

    monitors: tuple[Fields, ...]
    notification: Fields | None


def plan(environment: Mapping[str, str]) -> Plan:
    """Return what Kuma is to look at from these settings, and whom it tells where there is a chat."""
    public = environment["PUBLIC_URL"].rstrip("/")
    health = environment.get("HEALTH_URL") or "http://web:8000/health/ready"
    grafana = environment.get("GRAFANA_URL") or "http://127.0.0.1:3000/api/health"
    return Plan(
        monitors=(
            _monitor("Сайт", f"{public}/health/live"),
            # Telegram posts there: that anybody else is refused shows that it is reached.
            _monitor("Вебхук", f"{public}/webhook/telegram", accepted_statuscodes=["405", "403"]),
            _monitor("Панель", f"{public}/admin/login/"),
            _monitor("Здоровье", health, type=MonitorType.KEYWORD, keyword='"status": "ok"'),
            _monitor("Grafana", grafana),
        ),
        notification=_notification(environment),
    )


def _monitor(name: str, url: str, **fields: Any) -> Fields:
    told = {"type": MonitorType.HTTP, "accepted_statuscodes": ["200-299"]}
    rhythm = {"interval": INTERVAL_SECONDS, "retryInterval": INTERVAL_SECONDS, "maxretries": TRIES}
    return told | rhythm | {"name": name, "url": url, "method": "GET"} | fields


def _notification(environment: Mapping[str, str]) -> Fields | None:
    token, chat = environment.get("OPS_BOT_TOKEN", ""), environment.get("OPS_CHAT_ID", "")
    if not (token and chat):
        return None
    return {
        "name": "Telegram",
        "type": NotificationType.TELEGRAM,
        "isDefault": True,
        "telegramBotToken": token,
        "telegramChatID": chat,
    }


def apply(api: UptimeKumaApi, wanted: Plan) -> None:
    """Add what is missing and bring to the plan what is there; what others added stays."""
    told = [_put_notification(api, wanted.notification)] if wanted.notification else []
    known = {monitor["name"]: monitor["id"] for monitor in api.get_monitors()}
    for monitor in wanted.monitors:
        fields = monitor | {"notificationIDList": told}
        if monitor["name"] in known:
            api.edit_monitor(known[monitor["name"]], **fields)
        else:
            api.add_monitor(**fields)


def _put_notification(api: UptimeKumaApi, wanted: Fields) -> int:
    known = {notification["name"]: notification["id"] for notification in api.get_notifications()}
    if wanted["name"] in known:
        api.edit_notification(known[wanted["name"]], **wanted)
        return int(known[wanted["name"]])
    return int(api.add_notification(**wanted)["id"])


def sign_in(api: UptimeKumaApi, password: str) -> None:
    """Sign in as the operator, who is made where Kuma has nobody yet."""
    if api.need_setup():
        api.setup(OPERATOR, password)
    api.login(OPERATOR, password)


def connect(url: str) -> UptimeKumaApi:
    """Wait until Kuma answers. Raises UptimeKumaException when it does not within two minutes."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return UptimeKumaApi(url)
        except UptimeKumaException:
            if time.monotonic() > deadline:
                raise
        time.sleep(RETRY_SECONDS)


def main() -> int:
    """Do all of it; say what is wrong in one line, without secrets."""
    logging.basicConfig(format="%(name)s: %(message)s", level=logging.INFO, stream=sys.stdout)
    wanted = plan(os.environ)
    try:
        with connect(os.environ.get("KUMA_URL") or "http://127.0.0.1:3001") as api:
            sign_in(api, os.environ["KUMA_PASSWORD"])
            apply(api, wanted)
    except UptimeKumaException as error:
        log.error("Uptime Kuma is not set up: %s", error)
        return 1
    log.info("Uptime Kuma looks at %d addresses.", len(wanted.monitors))
    if wanted.notification is None:
        log.warning("It tells nobody: OPS_CHAT_ID is not set in .env.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
