"""Who wanted no surveys and now asks for them again (SUR-11)."""

from django.db import transaction

from buhbot.models import SurveyOptOut


@transaction.atomic
def opt_in_again(opt_out: SurveyOptOut) -> bool:
    """Ask the person again in surveys to come; False: somebody did so before. Only at the person's own request."""
    deleted, _ = SurveyOptOut.objects.filter(pk=opt_out.pk).delete()
    return bool(deleted)
