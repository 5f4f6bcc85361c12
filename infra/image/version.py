"""Ends the build of the image when its label would name another version than pyproject.toml does."""

import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
wanted = sys.argv[1]
if wanted not in ("", project["version"]):
    sys.exit(
        f"VERSION is {wanted}, but pyproject.toml says {project['version']}: leave it out, or use `make image`."
    )
