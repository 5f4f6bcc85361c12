"""Who is told in one round, and what they were told before: read once for all of its alerts (ALR-02, TIM-02)."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from bot.announcer.rules import SINGLES_WINDOW
from bot.models import OutgoingMessage
from bot.outbox import Telling
from buhbot.models import Chat, User
from buhbot.selectors import away_at
from sla.duty import declined_alerts
from sla.listeners import listeners
from sla.models import Alert, AlertKind
from sla.selectors import active_staff, serving, staff_by_chat

Address = Chat | User
Key = tuple[int | None, int | None]
ADDRESS = ("outgoingmessage__recipient_id", "outgoingmessage__chat_id")


class AddressBook:
    """The staff and the team chats as they stand at the beginning of a round."""

    def __init__(self, alerts: Collection[Alert], *, now: datetime) -> None:
        self._chat_staff = staff_by_chat({alert.request.chat_id for alert in alerts})
        staff = active_staff()
        self._firm_staff = serving(staff)
        self._away = away_at(now)
        self._declined = declined_alerts(staff)
        self._people = {user.pk: user for user in staff if user.is_reachable}
        self._team = list(Chat.objects.filter(is_team=True, life_cycle=Chat.LifeCycle.ACTIVE))
        self._told = _told(alerts)
        self._lately = _told_since(now - SINGLES_WINDOW)

    def people(self, alert: Alert) -> list[User]:
        """Return who is to hear of the alert and can be reached (ALR-02)."""
        return self._reachable(alert, self._declined[alert.kind])

    def is_muted(self, alert: Alert) -> bool:
        """Whether somebody could hear of the alert, but nobody wants to: so it is with warnings only (STF-06)."""
        is_warning = alert.kind == AlertKind.WARNING
        return is_warning and not self.people(alert) and bool(self._reachable(alert, frozenset()))

    def _reachable(self, alert: Alert, declined: Collection[int]) -> list[User]:
        told = listeners(
            alert.kind,
            alert.level,
            declined=declined,
            chat_staff=self._chat_staff.get(alert.request.chat_id, []),
            firm_staff=self._firm_staff,
            away=self._away,
            assigned=alert.request.assigned_to_id,
        )
        return [self._people[user_id] for user_id in told if user_id in self._people]

    def untold(self, alert: Alert) -> list[Address]:
        """Return the people and the team chats that are to hear of the alert and have not yet (REQ-07)."""
        addresses: list[Address] = [*self.people(alert), *self._team]
        return [to for to in addresses if (alert.pk, key_of(to)) not in self._told]

    def told_lately(self, to: Address) -> int:
        """Return how many alerts went there within the last minute (ALR-06)."""
        return self._lately[key_of(to)]


def key_of(to: Address) -> Key:
    """Return the recipient's and the chat's key as a message has them; one of them is None."""
    return (to.pk, None) if isinstance(to, User) else (None, to.pk)


def _told(alerts: Collection[Alert]) -> set[tuple[int, Key]]:
    rows = _tellings().filter(alert__in=alerts).values_list("alert_id", *ADDRESS)
    return {(alert_id, (recipient, chat)) for alert_id, recipient, chat in rows}


def _told_since(since: datetime) -> Counter[Key]:
    return Counter(_tellings().filter(alert__told_at__gt=since).values_list(*ADDRESS))


def _tellings() -> QuerySet[Any]:
    return Telling.objects.exclude(outgoingmessage__state=OutgoingMessage.State.CANCELLED)
