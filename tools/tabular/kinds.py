"""What a file is, by its first bytes and, for archives, by what they hold."""

import io
import re
import zipfile

from .errors import TableError

# first bytes: what people call it
_MAGIC = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"\x1f\x8b", "GZIP"),
    (b"BZh", "BZIP2"),
    (b"\xfd7zXZ", "XZ"),
    (b"7z\xbc\xaf", "7Z"),
    (b"Rar!", "RAR"),
    (b"{\\rtf", "RTF"),
    (b"SQLite format", "SQLite"),
    (b"PAR1", "Parquet"),
    (b"OggS", "OGG"),
    (b"ID3", "MP3"),
    (b"RIFF", "RIFF"),
    (b"From ", "mail"),
    (b"BEGIN:VCARD", "vCard"),
    (b"BEGIN:VCALENDAR", "iCalendar"),
)
_HTML = re.compile(
    rb"(?:<!--.*?-->|<\?xml[^>]*>|\s)*<(?:!doctype\s+html|html|head|body|table|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(rb"\s*<\?xml|\s*<[A-Za-z][\w:]*[^<>]*xmlns")
_JSON = re.compile(rb'\s*(?:\{\s*"|\[\s*[\[{])')
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Bytes that no text has, but for a few that got in by accident.
_CONTROL = bytes(set(range(1, 32)) - set(b"\t\n\r\f\x1a\x1b")) + b"\x7f"
# a member of the archive: what the archive is
_MEMBERS = (
    ("xl/workbook.bin", "unsupported", "XLSB"),
    ("word/document.xml", "not_a_table", "DOCX"),
    ("ppt/presentation.xml", "not_a_table", "PPTX"),
    ("Index/Document.iwa", "unsupported", "Numbers"),
)


def is_workbook(head):
    """Whether a file is an archive or an OLE document, by its first bytes.

    What it is then only ``find_kind`` says, which unpacks it.
    """
    return head.startswith((*_ARCHIVE, _OLE))


def find_kind(source):
    """What an archive or an OLE document is: ``xlsx``, ``ods`` or ``xls``.

    :raises TableError: ``not_a_table``, ``unsupported``, ``encrypted``, ``damaged``
    """
    if source.head(8).startswith(_OLE):
        return _ole_kind(source)
    return _archive_kind(source)


def check_text(head):
    """Refuse what is not text, or text of another kind than a table."""
    bare = head.removeprefix(b"\xef\xbb\xbf")
    for magic, kind in _MAGIC:
        # a header that begins like one goes on like a table
        if bare.startswith(magic) and not _looks_delimited(bare):
            raise TableError("not_a_table", kind=kind)
    narrow = bare.replace(b"\0", b"") if _is_wide(head) else bare
    if _HTML.match(narrow.lstrip(b"\xff\xfe")):
        raise TableError("html")
    if _XML.match(narrow):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in narrow:
            raise TableError("unsupported", kind="XML")
        raise TableError("not_a_table", kind="XML")
    if _JSON.match(narrow):
        raise TableError("not_a_table", kind="JSON")
    # zeros are taken out of texts, where some programs leave them
    zeros = bare.count(0) > len(bare) * 0.4
    if not _is_wide(head) and (zeros or _control_share(bare) > 0.08):
        raise TableError("not_a_table", kind="binary")


def _is_wide(head):
    """UTF-16 or UTF-32, in which zeros are half of the letters."""
    if head.startswith(_MARKS) or head.startswith(b"\0\0\xfe\xff"):
        return True
    even, odd = head[0::2].count(0), head[1::2].count(0)
    return max(even, odd) >= len(head) / 5 and min(even, odd) * 4 <= max(even, odd)


def _control_share(head):
    return sum(map(head.count, _CONTROL)) / max(len(head), 1)


def _looks_delimited(head):
    """Whether a text that begins with some program's mark is a table after all."""
    line = re.split(rb"[\r\n]", head, maxsplit=1)[0]
    return not head.count(0) and any(mark in line for mark in b",;\t|")


def _archive_kind(source):
    try:
        with source.open() as file, zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            mime = _read_small(archive, "mimetype", 200)
            manifest = _read_small(archive, "META-INF/manifest.xml", 1 << 20)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise TableError("damaged", detail=str(error)) from error
    if "xl/workbook.xml" in names or "xl/worksheets/sheet1.xml" in names:
        return "xlsx"
    if b"encryption-data" in manifest:
        raise TableError("encrypted")
    if b"opendocument.spreadsheet" in mime or (not mime and "content.xml" in names):
        return "ods"
    for member, code, kind in _MEMBERS:
        if member in names:
            raise TableError(code, kind=kind)
    if any(name.lower() == "xl/workbook.xml" for name in names):
        return "xlsx"
    kind = "OpenDocument" if b"opendocument" in mime else "ZIP"
    raise TableError("not_a_table", kind=kind)


def _read_small(archive, name, limit):
    """A member of an archive; nothing where there is none so small."""
    if name not in archive.namelist() or archive.getinfo(name).flag_bits & 1:
        return b""
    with archive.open(name) as part:
        return part.read(limit)


def open_ole(source):
    """The compound document of an older Office file."""
    # of these alone: it takes as long as to look over a small workbook
    from xlrd.compdoc import CompDoc, CompDocError  # noqa: PLC0415

    with source.open() as file:
        try:
            return CompDoc(file.read(), logfile=io.StringIO())
        except (CompDocError, ValueError, IndexError, AssertionError, TypeError) as e:
            raise TableError("damaged", detail=str(e)) from e
        except Exception as error:
            raise TableError("damaged", detail=type(error).__name__) from error


def _ole_kind(source):
    document = open_ole(source)
    names = {entry.name for entry in document.dirlist}
    if {"EncryptedPackage", "EncryptionInfo"} & names:
        raise TableError("encrypted")
    if {"Workbook", "Book", "WORKBOOK", "BOOK"} & names:
        return "xls"
    kind = "DOC" if "WordDocument" in names else "MSI/OLE"
    raise TableError("not_a_table", kind=kind)
