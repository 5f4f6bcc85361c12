"""What clients choose for themselves in the bot, and where they are members."""

from datetime import datetime

from django.db import transaction

from buhbot.models import Chat, ChosenChat, Membership, SurveyOptOut


def opt_out_of_surveys(telegram_id: int, *, name: str, now: datetime) -> bool:
    """Note that the person wants no surveys; False: that was known (CLI-09, SUR-11)."""
    _, is_new = SurveyOptOut.objects.get_or_create(
        telegram_id=telegram_id, defaults={"name": name[:255], "since": now}
    )
    return is_new


def choose_chat(telegram_id: int, chat: Chat, *, now: datetime) -> None:
    """Remember to which chat belongs what the client writes in private from now on (CLI-05)."""
    ChosenChat.objects.update_or_create(telegram_id=telegram_id, defaults={"chat": chat, "chosen_at": now})


def note_membership(chat: Chat, telegram_id: int, *, is_member: bool, at: datetime) -> None:
    """Note that a person came to a group or left it; older news than those known change nothing (CLI-05)."""
    known, is_new = Membership.objects.get_or_create(
        chat=chat, telegram_id=telegram_id, defaults={"is_member": is_member, "since": at}
    )
    if not is_new:
        Membership.objects.filter(pk=known.pk, since__lte=at).update(is_member=is_member, since=at)


@transaction.atomic
def opt_out_of_mailings(telegram_id: int, *, name: str, now: datetime) -> bool:
    """Note that the person wants no surveys, and no broadcasts in private; False: that was known.

    Groups are written to all the same: they are not one person's (CLI-09, STF-05).
    """
    private = Chat.objects.filter(telegram_id=telegram_id, kind=Chat.Kind.PRIVATE, takes_broadcasts=True)
    is_silenced = bool(private.update(takes_broadcasts=False))
    return opt_out_of_surveys(telegram_id, name=name, now=now) or is_silenced
