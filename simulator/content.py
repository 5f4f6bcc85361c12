"""What a message can hold besides text, in the shape of the Bot API."""

from __future__ import annotations

import base64
import binascii
import mimetypes
from collections.abc import Callable

from simulator.world import Json, StoredFile, World

CAPTIONED = frozenset({"photo", "document", "voice", "video", "audio", "animation"})
DEFAULT_NAMES = {
    "photo": "photo.jpg", "document": "document.pdf", "voice": "voice.ogg", "video": "video.mp4",
    "video_note": "note.mp4", "audio": "audio.mp3", "sticker": "sticker.webp", "animation": "animation.mp4",
}  # fmt: skip

# The smallest that is what it claims to be.
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
EXAMPLES = {
    "photo": bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9"), "voice": b"OggS" + bytes(24), "video": MP4,
    "video_note": MP4, "animation": MP4, "audio": b"ID3\x04" + bytes(12), "sticker": b"RIFF\x04\x00\x00\x00WEBP",
}  # fmt: skip


class BadContent(Exception):
    """The content asked for cannot be made."""


def store_upload(world: World, kind: str, spec: Json) -> StoredFile:
    """Keep a file given as `content_base64`, as `text`, or as a mere `size` in bytes."""
    name = spec.get("name") or DEFAULT_NAMES.get(kind, "file.bin")
    mime_type = spec.get("mime") or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if "content_base64" in spec:
        try:
            data: bytes | None = base64.b64decode(spec["content_base64"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadContent("content_base64 is not base64") from error
        return world.add_file(kind, name, mime_type, data)
    if "size" in spec:
        return world.add_file(kind, name, mime_type, None, size=int(spec["size"]))
    data = str(spec["text"]).encode() if "text" in spec else EXAMPLES.get(kind, PDF)
    return world.add_file(kind, name, mime_type, data)


def file_content(kind: str, stored: StoredFile, spec: Json) -> Json:
    """Give the message fields for a stored file sent as this kind."""
    make = _MAKERS.get(kind)
    if make is None:
        raise BadContent(f"kind {kind} holds no file")
    return make(stored, spec)


def _photo(stored: StoredFile, spec: Json) -> Json:
    size = {"width": spec.get("width", 800), "height": spec.get("height", 600)}
    thumbnail = {**stored.reference(), "file_unique_id": stored.unique_id + "s", "width": 90, "height": 67}
    return {"photo": [thumbnail, {**stored.reference(), **size}]}


def _document(stored: StoredFile, spec: Json) -> Json:
    return {"document": {**stored.reference(), "file_name": stored.name, "mime_type": stored.mime_type}}


def _voice(stored: StoredFile, spec: Json) -> Json:
    voice = {"duration": spec.get("duration", 3), "mime_type": stored.mime_type or "audio/ogg"}
    return {"voice": {**stored.reference(), **voice}}


def _moving(kind: str) -> Callable[[StoredFile, Json], Json]:
    def make(stored: StoredFile, spec: Json) -> Json:
        video = {"width": 640, "height": 360, "duration": spec.get("duration", 5)}
        named = {"file_name": stored.name, "mime_type": stored.mime_type}
        content: Json = {kind: {**stored.reference(), **video, **named}}
        return content | {"document": {**stored.reference(), **named}} if kind == "animation" else content

    return make


def _video_note(stored: StoredFile, spec: Json) -> Json:
    return {"video_note": {**stored.reference(), "length": 240, "duration": spec.get("duration", 4)}}


def _audio(stored: StoredFile, spec: Json) -> Json:
    audio = {"duration": spec.get("duration", 60), "file_name": stored.name, "mime_type": stored.mime_type}
    return {"audio": {**stored.reference(), **audio}}


def _sticker(stored: StoredFile, spec: Json) -> Json:
    look = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    return {
        "sticker": {**stored.reference(), **look, "emoji": spec.get("emoji", "👍"), "set_name": "SimStickers"}
    }


_MAKERS: dict[str, Callable[[StoredFile, Json], Json]] = {
    "photo": _photo,
    "document": _document,
    "voice": _voice,
    "video": _moving("video"),
    "animation": _moving("animation"),
    "video_note": _video_note,
    "audio": _audio,
    "sticker": _sticker,
}


def plain_content(kind: str, spec: Json) -> Json:
    """Give the message fields of a kind without a file."""
    if kind == "location":
        return {
            "location": {
                "latitude": spec.get("latitude", 55.7558),
                "longitude": spec.get("longitude", 37.6173),
            }
        }
    if kind == "contact":
        names = {
            "first_name": spec.get("first_name", "Иван"),
            "phone_number": spec.get("phone", "+79990000000"),
        }
        return {"contact": names}
    if kind == "poll":
        return {"poll": _poll(spec)}
    if kind == "dice":
        return {"dice": {"emoji": "🎲", "value": spec.get("value", 4)}}
    raise BadContent(f"unknown kind {kind}")


def _poll(spec: Json) -> Json:
    names = spec.get("options", ["Да", "Нет"])
    flags = ["is_closed", "allows_multiple_answers", "allows_revoting", "members_only"]
    return {
        "id": str(spec.get("id", 1)),
        "question": spec.get("question", "Вопрос?"),
        "options": [
            {"text": name, "voter_count": 0, "persistent_id": str(number)}
            for number, name in enumerate(names)
        ],
        "total_voter_count": 0,
        "type": "regular",
        "is_anonymous": True,
        **dict.fromkeys(flags, False),
    }
