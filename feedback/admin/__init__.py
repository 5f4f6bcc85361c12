"""Admin pages of surveys, their copies, and who wants none."""

from feedback.admin import deliveries, opt_outs, surveys

__all__ = ["deliveries", "opt_outs", "surveys"]
