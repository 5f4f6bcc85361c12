"""Requests, working time applied to them, alerts, policies."""
