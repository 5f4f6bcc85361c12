"""Parameters of a Bot API call, however they were sent: query, JSON, form or multipart."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from simulator.world import Json


class ApiError(Exception):
    """An answer with `ok: false`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def answer(self) -> Json:
        answer: Json = {"ok": False, "error_code": self.code, "description": self.description}
        return answer | {"parameters": self.parameters} if self.parameters else answer


def bad_request(reason: str, **parameters: int) -> ApiError:
    return ApiError(400, f"Bad Request: {reason}", **parameters)


@dataclass
class Upload:
    name: str
    mime_type: str
    data: bytes


@dataclass
class Params:
    values: Json
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        return default if value is None else str(value)

    def number(self, name: str, default: int = 0) -> int:
        value: Any = self.values.get(name)
        if value in (None, ""):
            return default
        try:
            return int(value)
        except (TypeError, ValueError) as error:
            raise bad_request(f"invalid {name} specified") from error

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in {"true", "1", "yes"}

    def parsed(self, name: str) -> Any:
        """Give an object or a list, which a form carries as JSON text."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad_request(f"can't parse {name} JSON object") from error

    def shown(self) -> Json:
        """Give the values as records show them: objects parsed, uploads by name."""
        shown = {name: _opened(value) for name, value in self.values.items()}
        return shown | {name: f"upload:{upload.name}" for name, upload in self.uploads.items()}


def _opened(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


async def read_params(request: Request) -> Params:
    """Read the parameters of a call. Raises ApiError for a body that cannot be parsed."""
    values: Json = dict(request.query_params)
    if request.method == "GET":
        return Params(values)
    body = await request.body()
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        return _multipart(body, kind, values)
    if kind.startswith("application/json"):
        return Params(values | _json_object(body))
    return Params(values | dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True)))


def _json_object(body: bytes) -> Json:
    try:
        loaded = json.loads(body or b"{}")
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(loaded, dict):
        raise bad_request("object expected as parameters")
    return loaded


def _multipart(body: bytes, kind: str, values: Json) -> Params:
    boundary = re.search(r'boundary="?([^";]+)"?', kind)
    if boundary is None:
        raise bad_request("can't find boundary of multipart")
    params = Params(values)
    for part in body.split(b"--" + boundary[1].encode())[1:-1]:
        head, _, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        head_text = head.decode(errors="replace")
        name = re.search(r'\bname="([^"]*)"', head_text)
        file_name = re.search(r'\bfilename="([^"]*)"', head_text)
        data = data.removesuffix(b"\r\n")
        if name and file_name:
            mime = re.search(r"content-type:\s*([^\s;]+)", head_text, re.IGNORECASE)
            params.uploads[name[1]] = Upload(
                file_name[1], mime[1] if mime else "application/octet-stream", data
            )
        elif name:
            params.values[name[1]] = data.decode(errors="replace")
    return params
