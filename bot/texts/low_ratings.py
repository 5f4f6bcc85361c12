"""What managers read of a low rating and of its follow-up, as both stand now (SUR-09)."""

from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from bot.texts.surveys import shown_rating
from bot.texts.words import bold
from feedback.models import FollowUp

MOMENT = "%d.%m %H:%M"
QUOTE = 1500


def alert(follow_up: FollowUp) -> str:
    """Tell of the rating, with the comment, how it changed since, and whether somebody has looked after it."""
    survey = follow_up.vote.delivery.survey
    told = {"rating": shown_rating(survey, follow_up.rating)}
    return _text(_("🔻 Low rating: %(rating)s") % told, follow_up)


def overdue(follow_up: FollowUp) -> str:
    """Say once that nobody has looked after the rating in time."""
    survey = follow_up.vote.delivery.survey
    told = {"rating": shown_rating(survey, follow_up.rating)}
    return _text(_("⏰ Overdue: the follow-up of a low rating, %(rating)s") % told, follow_up)


def card_button() -> str:
    return _("Card")


def _text(headline: str, follow_up: FollowUp) -> str:
    vote = follow_up.vote
    lines = [bold(headline), ""]
    lines += [f"{label}: {escape(value)}" for label, value in _details(follow_up)]
    if vote.comment:
        lines += ["", f"<blockquote>{escape(vote.comment[:QUOTE])}</blockquote>"]
    lines += ["", *filter(None, [_change(follow_up), _state(follow_up)])]
    return "\n".join(lines)


def _details(follow_up: FollowUp) -> list[tuple[str, str]]:
    vote = follow_up.vote
    delivery = vote.delivery
    return [
        (_("Chat"), str(delivery.chat)),
        (_("Survey"), delivery.survey.title),
        (_("Who"), str(vote)),
        (_("Accountant"), str(delivery.accountant or _("nobody is there"))),
    ]


def _change(follow_up: FollowUp) -> str:
    """How the rating differs from the one that opened the task."""
    rating, survey = follow_up.vote.rating, follow_up.vote.delivery.survey
    if rating is None:
        return _("↩️ The client has withdrawn the rating.")
    if rating == follow_up.rating:
        return ""
    return _("✏️ The client has changed it: %(rating)s.") % {"rating": shown_rating(survey, rating)}


def _state(follow_up: FollowUp) -> str:
    if follow_up.closed_at is None:
        due = {"due": f"{timezone.localtime(follow_up.due_at):{MOMENT}}"}
        return _("Look after the client by %(due)s, and close the follow-up with what was done.") % due
    told = {"name": escape(str(follow_up.closed_by)), "reason": escape(follow_up.reason)}
    return _("✅ Closed by %(name)s: %(reason)s") % told
