"""What is said of surveys: the question, the reminder, what managers hear of chats without a vote (SUR)."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bot.texts.words import admin_link, bold
from feedback.models import Delivery, Survey

LISTED = 30


def question(survey: Survey) -> str:
    """Ask in the chat, where the rating is given."""
    return "\n\n".join(["📊 " + bold(survey.question), _scale(survey), _until(survey)])


def question_for_private(survey: Survey) -> str:
    """Ask in the chat for a rating that is given in private (SUR-05)."""
    how = _("Press the button: the bot asks you in private, and nobody in this chat sees your rating.")
    return "\n\n".join(["📊 " + bold(survey.question), how, _until(survey)])


def private_question(delivery: Delivery) -> str:
    """Ask in private, naming the chat that it is about."""
    about = _("About the chat %(chat)s.") % {"chat": bold(delivery.chat.title or delivery.chat)}
    survey = delivery.survey
    return "\n\n".join(["📊 " + bold(survey.question), about, _scale(survey), _until(survey)])


def reminder(survey: Survey) -> str:
    """Ask once more where nobody has voted (SUR-08)."""
    intro = _("A reminder: we would be glad to know your opinion. One tap is enough.")
    return "\n\n".join([intro, bold(survey.question), _until(survey)])


def _scale(survey: Survey) -> str:
    if survey.kind == Survey.Kind.NPS:
        return _("0: would not recommend us, 10: would certainly recommend us.")
    return _("1: very bad, 5: excellent.")


def _until(survey: Survey) -> str:
    if survey.expires_at is None:
        return ""
    date = {"date": f"{timezone.localtime(survey.expires_at):%d.%m.%Y %H:%M}"}
    return _("Until %(date)s you can change your rating.") % date


def star_button(count: int) -> str:
    return f"{count} ⭐"


def private_button() -> str:
    return _("Rate in private")


def stop_button() -> str:
    return _("Do not ask me again")


def stopped_toast() -> str:
    return _("Done: no more surveys for you. If you change your mind, tell your accountant.")


def stopped_already_toast() -> str:
    return _("You get no surveys already.")


def for_clients() -> str:
    return _("Surveys are for clients; staff do not vote.")


def withdraw_button() -> str:
    return _("Withdraw my rating")


def shown_rating(survey: Survey, rating: int) -> str:
    """Write a rating with its scale: «4 ⭐», «9 of 10»."""
    if survey.kind == Survey.Kind.STARS:
        return star_button(rating)
    return _("%(rating)d of 10") % {"rating": rating}


def own_rating(survey: Survey, rating: int) -> str:
    """Say in private which rating the person gave (SUR-06)."""
    return _("Your rating: %(rating)s.") % {"rating": bold(shown_rating(survey, rating))}


def given_toast(survey: Survey, rating: int) -> str:
    told = {"rating": shown_rating(survey, rating)}
    return _("Thank you! Your rating: %(rating)s. You can change it while the survey is open.") % told


def comment_by_reply_toast(survey: Survey, rating: int) -> str:
    told = {"rating": shown_rating(survey, rating)}
    return _("Thank you! Your rating: %(rating)s. To comment, reply to the bot's question above.") % told


def changed_toast(survey: Survey, rating: int) -> str:
    return _("Changed. Your rating: %(rating)s.") % {"rating": shown_rating(survey, rating)}


def same_toast(survey: Survey, rating: int) -> str:
    return _("Your rating is %(rating)s already.") % {"rating": shown_rating(survey, rating)}


def withdrawn_toast() -> str:
    return _("Your rating is withdrawn. You can give another one while the survey is open.")


def nothing_to_withdraw_toast() -> str:
    return _("You have given no rating.")


def elsewhere_toast() -> str:
    return _("This survey belongs to another chat.")


def not_known() -> str:
    """Refuse in private whom nothing shows to be in the chat (SUR-05)."""
    return _(
        "The bot does not know you in the chat of this survey. Press “Rate in private” under the survey there."
    )


def anonymous_toast() -> str:
    return _("Please vote in your own name, not in that of a group or a channel.")


def comment_question_in_chat() -> str:
    """Ask a group for comments, naming nobody and no rating (SUR-06, SUR-07)."""
    return _("Thank you for the rating! What should we know? Reply to this message; everybody here sees it.")


def comment_question_in_private() -> str:
    """Ask in private for a comment (SUR-07)."""
    return _(
        "Thank you for the rating! What should we know? Your next message within 30 minutes is the comment."
    )


def comment_taken() -> str:
    return _("Thank you, your comment is passed on.")


def comment_in_words() -> str:
    return _("Please write the comment in words.")


def over() -> str:
    return _("This survey is over. Thank you!")


def unknown() -> str:
    return _("This link to a survey does not work any more.")


def silent(survey: Survey, deliveries: Sequence[Delivery]) -> str:
    """Tell a manager in which chats nobody has voted two days after the reminder (SUR-08)."""
    count = len(deliveries)
    title = ngettext(
        "🔕 Survey «%(survey)s»: no rating in %(count)d chat",
        "🔕 Survey «%(survey)s»: no rating in %(count)d chats",
        count,
    ) % {"survey": survey.title, "count": count}
    lines = "\n".join(f"• {escape(str(one.chat))}" for one in deliveries[:LISTED])
    if count > LISTED:
        lines += "\n" + _("and %(count)d more") % {"count": count - LISTED}
    parts = [bold(title), lines, _("We reminded them two days ago. It may help to ask the client yourself.")]
    link = admin_link(f"feedback/survey/{survey.pk}/change/")
    if link:
        parts.append(f'<a href="{escape(link)}">{escape(_("Open the survey"))}</a>')
    return "\n\n".join(parts)
