"""Text and keyboards as Telegram reads them, with its own complaints: HTML into entities, links found."""

from __future__ import annotations

import re

from simulator.world import Json

MAX_BUTTON_DATA_BYTES = 64
KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "blockquote": "blockquote", "tg-spoiler": "spoiler", "span": "spoiler", "a": "text_link",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
NAMED = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"'}

_TOKEN = re.compile(r"<[^>]*>|&#\d+;|&#x[0-9a-fA-F]+;|&\w+;|[^<&]+|[<&]", re.DOTALL)
_START = re.compile(r"<([a-zA-Z][\w-]*)(\s[^>]*)?>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)])"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?P<mention>(?<!\w)@[A-Za-z]\w{3,31})"
    r"|(?P<bot_command>(?<![\w/<])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?)(?!\w)"
    r"|(?P<hashtag>(?<!\w)#\w+)"
)


class BadMarkup(Exception):
    """What Telegram would say after "Bad Request: "."""


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def found_entities(text: str) -> list[Json]:
    """Links, mentions, commands and hashtags that Telegram marks by itself."""
    return [
        {
            "type": match.lastgroup,
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match[0]),
        }
        for match in _FOUND.finditer(text)
    ]


class _Html:
    def __init__(self, source: str) -> None:
        self.source = source
        self.parts: list[str] = []
        self.length = 0
        self.open: list[tuple[str, int, Json]] = []
        self.entities: list[Json] = []

    def feed(self) -> None:
        for match in _TOKEN.finditer(self.source):
            token = match[0]
            if token.startswith("</"):
                self._end(token[2:-1].strip().lower(), match.start())
            elif token.startswith("<"):
                self._start(token, match.start())
            else:
                self._text(token)
        if self.open:
            raise self._error(f'Can\'t find end tag corresponding to start tag "{self.open[-1][0]}"')

    def _text(self, token: str) -> None:
        text = NAMED.get(token, token)
        if token.startswith("&#"):
            digits = token[2:-1]
            code = int(digits[1:], 16) if digits.startswith("x") else int(digits)
            text = chr(code) if 0 < code < 0x110000 else token
        self.parts.append(text)
        self.length += utf16_length(text)

    def _start(self, token: str, position: int) -> None:
        match = _START.fullmatch(token)
        name = match[1].lower() if match else re.split(r"[\s>]", token[1:], maxsplit=1)[0]
        if match is None or name not in KINDS:
            raise self._error(f'Unsupported start tag "{name}" at byte offset {self._bytes(position)}')
        attributes = {
            found[0].lower(): found[1] or found[2] or found[3] for found in _ATTRIBUTE.findall(match[2] or "")
        }
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self._error(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(position)}'
            )
        self.open.append((name, self.length, self._entity(name, attributes)))

    def _entity(self, name: str, attributes: dict[str, str]) -> Json:
        if name == "a":
            return _link(attributes.get("href", ""))
        if name == "blockquote" and "expandable" in attributes:
            return {"type": "expandable_blockquote"}
        if name == "code" and self.open and self.open[-1][0] == "pre":
            return {}
        return {"type": KINDS[name]}

    def _end(self, name: str, position: int) -> None:
        if not self.open:
            raise self._error(f"Unexpected end tag at byte offset {self._bytes(position)}")
        tag, offset, entity = self.open.pop()
        if name and name != tag:
            place = self._bytes(position)
            raise self._error(
                f'Unmatched end tag at byte offset {place}, expected "</{tag}>", found "</{name}>"'
            )
        if entity and self.length > offset:
            self.entities.append({"offset": offset, "length": self.length - offset, **entity})

    def _bytes(self, position: int) -> int:
        return len(self.source[:position].encode())

    @staticmethod
    def _error(reason: str) -> BadMarkup:
        return BadMarkup(f"can't parse entities: {reason}")


def _link(href: str) -> Json:
    href = re.sub(r"&\w+;", lambda match: NAMED.get(match[0], match[0]), href)
    mention = re.fullmatch(r"tg://user\?id=(\d+)", href)
    if mention:
        return {"type": "text_mention", "user": {"id": int(mention[1]), "is_bot": False, "first_name": "?"}}
    if not re.match(r"(https?://|tg://|mailto:|tel:)?[^\s/]+[.:][^\s]+|tg://", href):
        return {}
    return {"type": "text_link", "url": href if ":" in href else f"http://{href}"}


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Give the plain text and its entities (UTF-16 offsets), trimmed as Telegram trims.

    Raises BadMarkup for an unsupported, unclosed or crossing tag.
    """
    if "<" not in source and "&" not in source:
        return source.strip(), []
    html = _Html(source)
    html.feed()
    text = "".join(html.parts)
    cut = utf16_length(text) - utf16_length(text.lstrip())
    text = text.strip()
    return text, _clipped(html.entities, cut, utf16_length(text))


def _clipped(entities: list[Json], cut: int, length: int) -> list[Json]:
    kept = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] - cut + entity["length"], length)
        if end > start:
            kept.append(entity | {"offset": start, "length": end - start})
    return sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


def formatted(text: str, parse_mode: str, entities: list[Json] | None) -> tuple[str, list[Json]]:
    """Give the text a bot sent and all its entities. Raises BadMarkup."""
    if parse_mode and parse_mode.lower() != "html":
        raise BadMarkup("unsupported parse_mode")
    plain, marked = parse_html(text) if parse_mode else (text.strip(), entities or [])
    opaque = [entity for entity in marked if entity["type"] in {"code", "pre", "text_link", "text_mention"}]
    own = [entity for entity in found_entities(plain) if not any(_overlap(entity, other) for other in opaque)]
    return plain, sorted(marked + own, key=lambda entity: (entity["offset"], -entity["length"]))


def _overlap(one: Json, other: Json) -> bool:
    starts_before_end: bool = one["offset"] < other["offset"] + other["length"]
    ends_after_start: bool = other["offset"] < one["offset"] + one["length"]
    return starts_before_end and ends_after_start


def check_inline_keyboard(rows: list[list[Json]]) -> None:
    """Raise BadMarkup for a button that Telegram would refuse."""
    for button in (button for row in rows for button in row):
        if not button.get("text"):
            raise BadMarkup('can\'t parse inline keyboard button: Field "text" must be of type String')
        if len(str(button.get("callback_data", "")).encode()) > MAX_BUTTON_DATA_BYTES:
            raise BadMarkup("BUTTON_DATA_INVALID")
        url = button.get("url")
        if url is not None and not re.match(r"(https?://|tg://)[^\s/]+|[\w-]+\.[\w.-]+", url):
            raise BadMarkup(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
        if len(button) < 2:
            raise BadMarkup("Text buttons are unallowed in the inline keyboard")
