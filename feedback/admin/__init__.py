"""Admin pages of surveys, their copies, follow-ups of low ratings, and who wants no surveys."""

from feedback.admin import deliveries, follow_ups, opt_outs, surveys, votes

__all__ = ["deliveries", "follow_ups", "opt_outs", "surveys", "votes"]
