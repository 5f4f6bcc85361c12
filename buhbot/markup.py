"""What a person may write with a little formatting: the tags that Telegram knows, and all else as it stands (OUT-07).

`<b> <i> <u> <s> <code> <blockquote> <a href="https://…">`; a «<» or «&» that is none of them is a mere character.
"""

import html
import re

MAX_MESSAGE = 4096
ALIASES = {"strong": "b", "em": "i", "ins": "u", "strike": "s", "del": "s"}
NAMES = "b|strong|i|em|u|ins|s|strike|del|code|blockquote"
TOKEN = re.compile(
    rf"<(?P<close>/?)(?P<name>{NAMES})>|(?P<end></a>)"
    r"|<a\s+href=[\"'](?P<link>(?:https?|tg)://[^\"'<>\s]+)[\"']\s*>|&(?:lt|gt|amp|quot);|.",
    re.DOTALL | re.IGNORECASE,
)


class UnclosedTag(ValueError):
    """A tag is opened and not closed, or closed and not opened, or closed out of turn. Its text is the tag's name."""


class NothingToRead(ValueError):
    """The text shows nothing."""


class TooLong(ValueError):
    """The text is longer than a message may be. Its argument is the length."""


def telegram_html(text: str) -> str:
    """Return the text as Telegram HTML: known tags stay, every other character is escaped.

    Raises UnclosedTag with the name of the tag.
    """
    parts: list[str] = []
    still_open: list[str] = []
    for match in TOKEN.finditer(text.replace("\r\n", "\n").replace("\0", "")):
        parts.append(_written(match))
        if name := _name(match):
            _follow(still_open, name, is_closing=bool(match["close"] or match["end"]))
    if still_open:
        raise UnclosedTag(still_open[-1])
    return "".join(parts)


def message_html(text: str) -> str:
    """Return the text of a whole message as Telegram HTML, escaped.

    Raises UnclosedTag, NothingToRead, TooLong. What counts is the escaped text, in UTF-16 units as Telegram counts.
    """
    written = telegram_html(text)
    if not html.unescape(re.sub("<[^>]*>", "", written)).strip():
        raise NothingToRead
    if (length := length_of(written)) > MAX_MESSAGE:
        raise TooLong(length)
    return written


def length_of(written: str) -> int:
    """Return how long a text is for Telegram: an emoji counts twice."""
    return len(written.encode("utf-16-le")) // 2


def _follow(still_open: list[str], name: str, *, is_closing: bool) -> None:
    """Keep the list of open tags; one within itself is as wrong as one that closes another."""
    is_wrong = still_open[-1:] != [name] if is_closing else name in still_open
    if is_wrong:
        raise UnclosedTag(still_open[-1] if is_closing and still_open else name)
    if is_closing:
        still_open.pop()
    else:
        still_open.append(name)


def _name(match: re.Match[str]) -> str:
    if match["link"] or match["end"]:
        return "a"
    name = (match["name"] or "").lower()
    return ALIASES.get(name, name)


def _written(match: re.Match[str]) -> str:
    if match["link"]:
        return f'<a href="{html.escape(html.unescape(match["link"]))}">'
    if name := _name(match):
        return f"</{name}>" if match["close"] or match["end"] else f"<{name}>"
    return html.escape(html.unescape(match[0]))
