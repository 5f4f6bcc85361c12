#!/usr/bin/env python
"""Run a management command; a wrong setting or a silent database is one clear line, not a traceback (RUN-03)."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError

from config.environment import refuse_to_go_on, refuse_to_start


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        refuse_to_start(error)
    except DatabaseError as error:
        if "--traceback" in sys.argv:
            raise
        refuse_to_go_on(error)


if __name__ == "__main__":
    main()
