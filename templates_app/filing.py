"""Pure decisions about files: what they are called, into which bucket they go, why one is not kept (FIL-02)."""

import re
import unicodedata
from dataclasses import dataclass

from templates_app.sniffing import Family, Found, each_of, extension, is_executable_name

MIB = 1024 * 1024
TELEGRAM_LIMIT = 20 * MIB  # what the Bot API hands out
INVOICES, DOCUMENTS, FILES = "invoices", "documents", "files"
LIMITS = {INVOICES: 10 * MIB, DOCUMENTS: 10 * MIB, FILES: 5 * MIB}
MAX_NAME = 120
MAX_EXTENSION = 12

WORD = re.compile(r"[^\W\d_]+")
PAPERS = each_of(
    "счет счета счетов счетфактура счф акт акта акты актов упд сф торг invoice invoices inv bill "
    "act acts schet akt upd"
)
PAPER_STEMS = ("накладн", "инвойс")
OFFICE_NAMES = each_of("doc docx dot odp ods odt ppt pptx rtf xls xlsb xlsm xlsx mxl")
IMAGE_NAMES = each_of("bmp gif heic heif jpeg jpg png tif tiff webp")
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a copy: its bucket, and why it is not kept; no reason: it is."""

    bucket: str
    why: str = ""


def tidy_name(name: str) -> str:
    """Give a name as it is shown and saved: its last part, without hidden characters; "" for none (FIL-03)."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    seen = "".join(" " if letter.isspace() else letter for letter in last if _is_seen(letter))
    tidy = " ".join(seen.split()).strip(". ")
    ending = extension(tidy)
    if len(tidy) <= MAX_NAME or not 0 < len(ending) <= MAX_EXTENSION:
        return tidy[:MAX_NAME]
    return f"{tidy[: MAX_NAME - len(ending) - 1]}.{ending}"


def _is_seen(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) not in HIDDEN


def fate_by_name(kind: str, name: str, mime_type: str, caption: str, size: int | None) -> Fate:
    """Foresee what becomes of a file by what is said of it; the content may say otherwise later."""
    bucket = bucket_of(_family_by_name(kind, name, mime_type), name, caption)
    if size is not None and size > TELEGRAM_LIMIT:
        return Fate(bucket, "telegram_limit")
    if is_executable_name(name):
        return Fate(bucket, "type")
    return Fate(bucket, _why_by_size(bucket, size))


def fate_by_content(found: Found | None, name: str, caption: str, size: int) -> Fate:
    """Say what becomes of a file whose content is here."""
    if found is None:
        return Fate(FILES, "type" if size else "empty")
    bucket = bucket_of(found.family, name, caption)
    return Fate(bucket, _why_by_size(bucket, size))


def _why_by_size(bucket: str, size: int | None) -> str:
    if size is None:
        return ""
    if size == 0:
        return "empty"
    return "too_large" if size > LIMITS[bucket] else ""


def _family_by_name(kind: str, name: str, mime_type: str) -> Family:
    ending = extension(name)
    if ending == "pdf" or mime_type == "application/pdf":
        return Family.PDF
    if kind == "photo" or ending in IMAGE_NAMES or mime_type.startswith("image/"):
        return Family.IMAGE
    return Family.OFFICE if ending in OFFICE_NAMES else Family.OTHER


def bucket_of(family: Family, name: str, caption: str) -> str:
    """Choose the bucket: PDF and images that look like an invoice or act; office and PDF; the rest."""
    if family in {Family.PDF, Family.IMAGE} and is_paper(f"{name} {caption}"):
        return INVOICES
    return DOCUMENTS if family in {Family.PDF, Family.OFFICE} else FILES


def is_paper(text: str) -> bool:
    """Say whether words speak of an invoice, an act, a consignment note."""
    words = WORD.findall(text.lower().replace("ё", "е"))
    return any(word in PAPERS or word.startswith(PAPER_STEMS) for word in words)


def storage_key(chat_id: int, sha256: str) -> str:
    """Name the copy by chat and content: the same content of a chat is kept once, a second try changes nothing."""
    return f"{chat_id}/{sha256}"
