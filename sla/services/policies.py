"""Changes of policies (ALR-01)."""

from sla.models import Policy


def make_default(policy: Policy) -> list[Policy]:
    """Take the mark of the firm's default from the other policy and return it; the caller saves this one (ALR-01)."""
    marked = Policy.objects.filter(is_default=True).exclude(pk=policy.pk)
    lost = list(marked)
    marked.update(is_default=False)
    policy.is_default = True
    return lost
