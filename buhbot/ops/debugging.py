"""What Django's pages for debugging may show of the settings (SEC-09, SEC-12)."""

import re
from typing import Any

from django.views.debug import SafeExceptionReporterFilter


class Hidden(SafeExceptionReporterFilter):
    """Hides addresses too, as they carry passwords, and the list of what is to be masked in logs."""

    hidden_settings = re.compile(
        f"{SafeExceptionReporterFilter.hidden_settings.pattern}|_URL|LOCATION|LOGGING", flags=re.IGNORECASE
    )

    def is_active(self, request: Any) -> bool:
        """Hide in DEBUG as well: a page that is shown somewhere is copied elsewhere."""
        return True
