#!/usr/bin/env python
"""Run a management command; a wrong setting is one clear line, not a traceback (RUN-03)."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from config.environment import refuse_to_start


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        refuse_to_start(error)


if __name__ == "__main__":
    main()
