"""The pure decision of who hears of an alert and wants to (ALR-02, STF-06)."""

from collections.abc import Collection, Iterable
from functools import partial
from types import MappingProxyType

from sla.rules import Away, Duty, recipients


def listeners(
    kind: str,
    level: int,
    *,
    declined: Collection[int],
    chat_staff: Iterable[Duty],
    firm_staff: Iterable[Duty],
    away: Away = MappingProxyType({}),
    assigned: int | None = None,
) -> tuple[int, ...]:
    """Name who hears of an alert and wants to, by user id (ALR-02, STF-06).

    `declined` are those who switched this kind of alert off. A warning may so reach nobody, as the breach follows. Of
    a missed target somebody hears in any case: when nobody of those concerned wants to, whoever is in charge, then
    managers and administrators, at last these even against their switch (principle 11). A nudge, and a
    client's call, is somebody's own question to the accountant and heeds no switch.
    """
    of = partial(recipients, kind, chat_staff=list(chat_staff), firm_staff=list(firm_staff), away=away)
    told = of(level, assigned=assigned)
    if kind in {"nudge", "call"} or not declined:
        return told
    wider = [] if level == 0 else [of(wide) for wide in (2, 3)]
    willing = (tuple(person for person in circle if person not in declined) for circle in (told, *wider))
    return next(filter(None, willing), wider[-1] if wider else ())
