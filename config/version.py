"""The version stands in pyproject.toml alone: what is shown and measured is read from there (CI-04)."""

import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
PROJECT_VERSION: str = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
