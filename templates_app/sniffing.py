"""What a file is by its content, whatever its name says; None for what is not kept (FIL-02). Pure.

Kept are PDF, images, office files, texts, signatures, sound, video, and ZIP archives that hold nothing else.
Executables and scripts are not, nor archives that hold one or that cannot be looked into (RAR, 7z, with a password).
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

MAX_MEMBERS = 2_000
MAX_NESTED = 10  # archives within an archive; what lies deeper is not looked into, and not kept
MAX_NESTED_BYTES = 5 * 1024 * 1024
HEAD_BYTES = 16
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


class Family(Enum):
    """What decides the bucket."""

    PDF = "pdf"
    IMAGE = "image"
    OFFICE = "office"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Found:
    """A type that is kept."""

    mime_type: str
    family: Family


def each_of(words: str) -> frozenset[str]:
    """Return the words of a line as a set."""
    return frozenset(words.split())


PDF = Found("application/pdf", Family.PDF)
ZIP = Found("application/zip", Family.OTHER)
TEXT = Found("text/plain", Family.OTHER)
OFFICE = Found("application/vnd.ms-office", Family.OFFICE)
RTF = Found("application/rtf", Family.OFFICE)
SIGNATURE = Found("application/pkcs7-signature", Family.OTHER)
OOXML = "application/vnd.openxmlformats-officedocument"
IN_ZIP = (
    ("word/", Found(f"{OOXML}.wordprocessingml.document", Family.OFFICE)),
    ("xl/", Found(f"{OOXML}.spreadsheetml.sheet", Family.OFFICE)),
    ("ppt/", Found(f"{OOXML}.presentationml.presentation", Family.OFFICE)),
)
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."

EXECUTABLES = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"L\x00\x00\x00\x01\x14\x02\x00",  # a Windows shortcut
    b"dex\n",
    b"!<arch>",
)
ARCHIVES = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"MSCF")
INSTALLER = bytes.fromhex("84100c0000000000c000000000000046")  # the class of .msi in its directory
EXECUTABLE_NAMES = each_of(
    "apk app appimage bat cmd com cpl deb dll dmg elf exe gadget hta iso jar js jse lnk mjs msc "
    "msi msp pif pkg ps1 psm1 py pyc rb reg rpm scf scr sh sys url vb vbe vbs ws wsc wsf wsh xpi"
)
TEXT_NAMES = each_of("csv json log md srt tsv txt xml")
XML_NAMES = each_of("doc xls")
SIGNATURE_NAMES = each_of("cer crt p7b p7m p7s pem sgn sig")
MAGIC = (
    (re.compile(rb"\xff\xd8\xff"), Found("image/jpeg", Family.IMAGE)),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), Found("image/png", Family.IMAGE)),
    (re.compile(rb"GIF8[79]a"), Found("image/gif", Family.IMAGE)),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), Found("image/webp", Family.IMAGE)),
    (re.compile(rb"II\*\x00|MM\x00\*"), Found("image/tiff", Family.IMAGE)),
    (re.compile(rb"BM.{12}[\x0c\x28\x6c\x7c]\x00\x00\x00", re.DOTALL), Found("image/bmp", Family.IMAGE)),
    (
        re.compile(rb".{4}ftyp(heic|heix|hevc|mif1|msf1|avif)", re.DOTALL),
        Found("image/heic", Family.IMAGE),
    ),
    (re.compile(rb".{4}ftypM4A", re.DOTALL), Found("audio/mp4", Family.OTHER)),
    (re.compile(rb".{4}ftyp", re.DOTALL), Found("video/mp4", Family.OTHER)),
    (re.compile(rb"\x1aE\xdf\xa3"), Found("video/webm", Family.OTHER)),
    (re.compile(rb"OggS"), Found("audio/ogg", Family.OTHER)),
    (re.compile(rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]"), Found("audio/mpeg", Family.OTHER)),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), Found("audio/wav", Family.OTHER)),
    (re.compile(rb"RIFF....AVI ", re.DOTALL), Found("video/x-msvideo", Family.OTHER)),
    (re.compile(rb"\{\\rtf"), RTF),
    (re.compile(rb"MOXCEL\x00"), Found("application/x-1c-table", Family.OFFICE)),
)


def sniff(content: bytes, name: str, *, is_nested: bool = False) -> Found | None:
    """Say what the content is, or None if it is not kept. The name can only make it worse, never better.

    Texts and signatures have no marks of their own: for them the name has to say it too.
    """
    if is_executable_name(name) or content.startswith(EXECUTABLES):
        return None
    if content.startswith(ARCHIVES):  # whatever else it looks like further on
        return _zip(content, is_nested=is_nested)
    readers: tuple[Callable[[], Found | None], ...] = (
        lambda: _compound(content),
        lambda: _marked(content),
        lambda: _pdf(content),
        lambda: _signature(content, name),
        lambda: _text(content, name),
    )
    return next(filter(None, (read() for read in readers)), None)


def is_executable_name(name: str) -> bool:
    """Say whether a system would run a file of this name."""
    return extension(name) in EXECUTABLE_NAMES


def extension(name: str) -> str:
    """Return what stands after the last dot, in small letters."""
    stem, dot, last = name.strip().lower().rpartition(".")
    return last if dot and stem else ""


def _pdf(content: bytes) -> Found | None:
    return PDF if b"%PDF-" in content[:1024] else None


def _compound(content: bytes) -> Found | None:
    """Old office files are small file systems; an installer is one too."""
    is_compound = content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    return OFFICE if is_compound and INSTALLER not in content else None


def _marked(content: bytes) -> Found | None:
    return next((found for mark, found in MAGIC if mark.match(content)), None)


def _signature(content: bytes, name: str) -> Found | None:
    is_der = content.startswith((b"0\x80", b"0\x81", b"0\x82", b"0\x83", b"-----BEGIN", b"MII"))
    return SIGNATURE if is_der and extension(name) in SIGNATURE_NAMES else None


def _text(content: bytes, name: str) -> Found | None:
    """Banks and 1C call XML tables «.xls»."""
    if b"\x00" in content and not content.startswith(b"\xff\xfe"):
        return None
    if extension(name) in XML_NAMES and content.removeprefix(b"\xef\xbb\xbf").startswith(b"<?xml"):
        return OFFICE
    return TEXT if extension(name) in TEXT_NAMES and content else None


def _zip(content: bytes, *, is_nested: bool) -> Found | None:
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read_zip(archive, is_nested=is_nested)
    except BROKEN:
        return None


def _read_zip(archive: zipfile.ZipFile, *, is_nested: bool) -> Found | None:
    members = [member for member in archive.infolist() if not member.is_dir()]
    names = [member.filename for member in members]
    if len(members) > MAX_MEMBERS or "META-INF/MANIFEST.MF" in names:
        return None
    office = _office_of(archive, names)
    if office is None and any(map(is_executable_name, names)):
        return None
    heads = ((member, _head(archive, member)) for member in members)
    suspects = [member for member, head in heads if head.startswith((*EXECUTABLES, *ARCHIVES))]
    return (office or ZIP) if _are_kept(archive, suspects, is_nested=is_nested) else None


def _head(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as stream:
        return stream.read(HEAD_BYTES)


def _are_kept(archive: zipfile.ZipFile, suspects: list[zipfile.ZipInfo], *, is_nested: bool) -> bool:
    """Look into the archives within an archive, once; what is found in them is judged like a file."""
    if suspects and (is_nested or len(suspects) > MAX_NESTED):
        return False
    for member in suspects:
        with archive.open(member) as stream:
            content = stream.read(MAX_NESTED_BYTES + 1)
        if len(content) > MAX_NESTED_BYTES or sniff(content, member.filename, is_nested=True) is None:
            return False
    return True


def _office_of(archive: zipfile.ZipFile, names: list[str]) -> Found | None:
    if "[Content_Types].xml" in names:
        return next(
            (found for folder, found in IN_ZIP if any(name.startswith(folder) for name in names)), None
        )
    if "mimetype" not in names:
        return None
    with archive.open("mimetype") as declared:
        kind = declared.read(100).strip()
    return Found(kind.decode("ascii"), Family.OFFICE) if kind.startswith(OPEN_DOCUMENT) else None
