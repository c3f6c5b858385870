"""What a file is, by its contents: never by its name or by what its sender says."""

import io
import re
import zipfile

# Kinds that a form can ask for: {what it is: (extension, type for browsers)}.
TYPES = {
    "jpeg": ("jpg", "image/jpeg"),
    "png": ("png", "image/png"),
    "pdf": ("pdf", "application/pdf"),
    "docx": (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "xlsx": (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "odt": ("odt", "application/vnd.oasis.opendocument.text"),
    "ods": ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
}
KINDS = {
    "image": ("jpeg", "png"),
    "pdf": ("pdf",),
    "office": ("docx", "xlsx", "odt", "ods"),
}
KINDS["all"] = (*KINDS["image"], *KINDS["pdf"], *KINDS["office"])
# What browsers offer to choose from.
ACCEPT = {
    kind: ",".join(f".{TYPES[name][0]}" for name in names)
    for kind, names in KINDS.items()
}
LONGEST_NAME = 80
# Bytes that the parts of an archive may have when they are unpacked.
LARGEST_UNPACKED = 256 * 1024 * 1024
# Bytes of the directory of an archive.
LARGEST_DIRECTORY = 1024 * 1024
_OPEN_DOCUMENTS = {
    TYPES["odt"][1].encode(): "odt",
    TYPES["ods"][1].encode(): "ods",
}


def find_type(content):
    """One of ``TYPES`` by the contents, or None: what runs in browsers is none.

    >>> find_type(b"%PDF-1.7 ..."), find_type(b"<svg onload='x()'>"), find_type(b"")
    ('pdf', None, None)
    >>> find_type(bytes.fromhex("89504e470d0a1a0a") + b"...")
    'png'
    """
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"PK\x03\x04") and _is_small_archive(content):
        return _find_archive(content)
    return None


def _find_archive(content):
    """What kind of document a zip archive is, or None."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {info.filename: info for info in archive.infolist()[:5000]}
            has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
            if has_macros or _unpacks_too_far(archive):
                return None
            if "word/document.xml" in names:
                return "docx"
            if "xl/workbook.xml" in names:
                return "xlsx"
            info = names.get("mimetype")
            if info and info.file_size < 200:
                return _OPEN_DOCUMENTS.get(archive.read(info))
    except Exception:  # noqa: BLE001 - a broken archive fails in many ways: it is none
        return None
    return None


def _unpacks_too_far(archive):
    """Whether its parts have more bytes than a document: counted, for the directory may
    say anything.
    """
    left = LARGEST_UNPACKED
    for info in archive.infolist():
        size, info.file_size = info.file_size, left + 2
        with archive.open(info) as part:
            while chunk := part.read(1 << 20):
                left -= len(chunk)
                if left < 0:
                    return True
        info.file_size = size
    return False


def _is_small_archive(content):
    """Whether the directory of an archive is that of a document, as its end says:
    reading a huge one takes seconds.

    >>> _is_small_archive(b"PK"), _is_small_archive(b"PK\\x05\\x06" + bytes(18))
    (False, True)
    """
    tail = content[-65_557:]
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or b"PK\x06\x07" in tail:
        return False
    return int.from_bytes(tail[end + 12 : end + 16], "little") <= LARGEST_DIRECTORY


def name_file(name, kind):
    """A name that is safe to save under, with the extension of what the file is.

    >>> name_file("../../my plan.PDF.exe", "pdf"), name_file("", "png")
    ('my plan.PDF.pdf', 'file.png')
    """
    base = re.split(r"[/\\]", name or "")[-1]
    base = re.sub(r"[^\w .()-]+", "", base).strip(" .")
    stem = base.rpartition(".")[0] or base
    return f"{stem[:LONGEST_NAME].strip(' .') or 'file'}.{TYPES[kind][0]}"
