"""The reports: figures of a period as pages, charts and files (ADM-07)."""

from sla.admin.reports.page import report_urls

__all__ = ["report_urls"]
