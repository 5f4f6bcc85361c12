"""What a file is by its content (FIL-02)."""

import io
import zipfile

import pytest

from templates_app.sniffing import Family, sniff

EXE = b"MZ\x90\x00" + bytes(60)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
INSTALLER = OLE + bytes.fromhex("84100c0000000000c000000000000046")
TYPES = b'<?xml version="1.0"?><Types/>'


def archive(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members:
            made.writestr(name, content)
    return buffer.getvalue()


def locked() -> bytes:
    """An archive whose member says that it needs a password."""
    content = bytearray(archive(("акт.pdf", b"%PDF-1.4")))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    return bytes(content)


DOCX = archive(("[Content_Types].xml", TYPES), ("word/document.xml", b"<w/>"))
XLSX = archive(("[Content_Types].xml", TYPES), ("xl/workbook.xml", b"<w/>"))
ODS = archive(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<o/>"))
KEPT = [
    (b"%PDF-1.4", "акт.pdf", "application/pdf", Family.PDF),
    (b"\xef\xbb\xbf%PDF-1.4", "счёт", "application/pdf", Family.PDF),
    (b"\xff\xd8\xff\xe0", "фото.jpg", "image/jpeg", Family.IMAGE),
    (b"\x89PNG\r\n\x1a\n", "", "image/png", Family.IMAGE),
    (b"\0\0\0\x18ftypheic", "IMG.HEIC", "image/heic", Family.IMAGE),
    (b"II*\x00", "скан.tif", "image/tiff", Family.IMAGE),
    (
        DOCX,
        "договор.docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Family.OFFICE,
    ),
    (
        XLSX,
        "макросы.xlsm",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Family.OFFICE,
    ),
    (ODS, "реестр.ods", "application/vnd.oasis.opendocument.spreadsheet", Family.OFFICE),
    (OLE, "старое.xls", "application/vnd.ms-office", Family.OFFICE),
    (b"{\\rtf1", "письмо.rtf", "application/rtf", Family.OFFICE),
    (b"MOXCEL\x00\x07", "отчёт.mxl", "application/x-1c-table", Family.OFFICE),
    (b"OggS\x00", "", "audio/ogg", Family.OTHER),
    (b"\0\0\0\x18ftypmp42", "видео.mp4", "video/mp4", Family.OTHER),
    ("Дата;Сумма".encode("cp1251"), "выписка.csv", "text/plain", Family.OTHER),
    (b"1CClientBankExchange", "kl_to_1c.txt", "text/plain", Family.OTHER),
    (b"<?xml version='1.0'?>", "УПД.XML", "text/plain", Family.OTHER),
    (b"\xef\xbb\xbf<?xml version='1.0'?>", "выписка.xls", "application/vnd.ms-office", Family.OFFICE),
    (b"0\x82\x0a\x00", "акт.pdf.sig", "application/pkcs7-signature", Family.OTHER),
    (archive(("а/акт.pdf", b"%PDF-1.4"), ("б.docx", DOCX)), "акты.zip", "application/zip", Family.OTHER),
    (b"%PDF-1.4", "акт.docx", "application/pdf", Family.PDF),
]
REFUSED = [
    (EXE, "акт.pdf"),
    (b"\x7fELF", "акт.pdf"),
    (b"#!/bin/sh\n", "заметка.txt"),
    (b"\xca\xfe\xba\xbe", "a.pdf"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "акт.pdf"),
    (b"%PDF-1.4", "акт.pdf.exe"),
    (b"echo 1", "run.bat"),
    (b"echo 1", "run"),
    (INSTALLER, "счёт.doc"),
    (b"<html>", "a.html"),
    (b"<svg>", "a.svg"),
    (b"a\0b", "a.txt"),
    (b"", "a.txt"),
    (b"<html>", "a.xls"),
    (b"Rar!\x1a\x07\x01\x00%PDF-1.4", "a.pdf"),
    (b"7z\xbc\xaf\x27\x1c", "a.7z"),
    (b"\x1f\x8b\x08", "a.gz"),
    (b"PK\x03\x04%PDF-1.4 broken", "a.pdf"),
    (archive(("s.exe", b"x")), "a.zip"),
    (archive(("папка/скрипт.VBS", b"x")), "a.zip"),
    (archive(("акт.pdf", EXE)), "a.zip"),
    (archive(("акт.pdf", b"%PDF-1.4"), ("inner.zip", archive(("акт.pdf", EXE)))), "a.zip"),
    (archive(("1.zip", archive(("2.zip", archive(("a.txt", b"x")))))), "a.zip"),
    (archive(("a.rar", b"Rar!\x1a\x07\x00")), "a.zip"),
    (archive(*((f"{number}.zip", archive(("a.txt", b"x"))) for number in range(11))), "a.zip"),
    (archive(("bomb.zip", archive(("a.txt", b"x")) + bytes(6 * 1024 * 1024))), "a.zip"),
    (archive(("META-INF/MANIFEST.MF", b"x"), ("A.class", b"\xca\xfe\xba\xbe")), "a.zip"),
    (archive(("[Content_Types].xml", TYPES), ("word/document.xml", b"x"), ("word/x.bin", EXE)), "a.docx"),
    (locked(), "a.zip"),
    (b"0\x82\x0a\x00", "акт.pdf"),
    (b"", "акт.pdf"),
]


@pytest.mark.parametrize(("content", "name", "mime_type", "family"), KEPT)
def test_fil_02_what_is_kept_is_known_by_its_content(
    content: bytes, name: str, mime_type: str, family: Family
) -> None:
    found = sniff(content, name)
    assert found is not None
    assert (found.mime_type, found.family) == (mime_type, family)


@pytest.mark.parametrize(("content", "name"), REFUSED)
def test_fil_02_what_runs_or_cannot_be_looked_into_is_not_kept(content: bytes, name: str) -> None:
    assert sniff(content, name) is None
