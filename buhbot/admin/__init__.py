"""The pages of the ground floor in Admin. Rooms above take its bases, and finish what needs their tables."""

from buhbot.admin import absences, audit, calendars, groups, segments, settings, tiers

__all__ = ["absences", "audit", "calendars", "groups", "segments", "settings", "tiers"]
