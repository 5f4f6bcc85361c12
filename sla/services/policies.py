"""Changes of policies (ALR-01)."""

from sla.models import Policy


def make_default(policy: Policy) -> None:
    """Take the mark of the firm's default from every other policy; the caller saves this one with it (ALR-01)."""
    Policy.objects.filter(is_default=True).exclude(pk=policy.pk).update(is_default=False)
    policy.is_default = True
