"""Surveys, votes and their figures."""
