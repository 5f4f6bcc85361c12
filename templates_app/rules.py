"""Pure decisions about templates: which variables a text has, and what becomes of it when they are filled (TPL-03)."""

import re
from collections.abc import Mapping

KNOWN = ("client_name", "accountant_name", "chat_title", "date", "time", "due")
VARIABLE = re.compile(r"( ?)\{\{\s*(\w+)\s*\}\}")
BRACES = re.compile(r"\{\{(.*?)(\}\}|$)", re.DOTALL)
MAX_NAME = 40


def unknown_variables(text: str) -> list[str]:
    """Return what stands in double braces and is no variable, each once; braces that are not closed count."""
    found = [(match[1].strip(), bool(match[2])) for match in BRACES.finditer(text)]
    strange = [name[:MAX_NAME] or "…" for name, is_closed in found if name not in KNOWN or not is_closed]
    return list(dict.fromkeys(strange))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put the values in; a variable without one goes with the space before it. Values are never looked into."""

    def value(match: re.Match[str]) -> str:
        given = values.get(match[2], "")
        return match[1] + given if given else ""

    return VARIABLE.sub(value, text).strip()


def tidy_shortcut(text: str) -> str:
    """Write a shortcut as it is kept: small letters, е for ё, without the slash that people put before it."""
    return text.strip().lstrip("/").casefold().replace("ё", "е")
