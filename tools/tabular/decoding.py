"""Bytes of a text file to text, whatever wrote them.

Plain Python without the ORM. A file is read in blocks that end at a line's end, so
that a line that does not fit the rest of the file can be decoded by itself.
"""

import codecs
import re

from .errors import TableError
from .letters import find_single_byte

BLOCK = 1 << 18
# How many lines with other letters than ASCII settle which encoding they are in.
_ENOUGH = 500
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8_NAMES = ("utf-8", "utf-8-sig", "ascii")
_BINARY_LINES = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
# What no program shows: another encoding than the right one lets them come out. The
# ends of lines, pages and old files are none.
_CONTROLS = bytes((*range(1, 9), *range(14, 26), *range(27, 32), 127))
_MORE_CONTROLS = re.compile(b"\xc2[\x80-\x9f]")
_CP1252_HOLES = re.compile(b"[\x81\x8d\x8f\x90\x9d]")


def known_encoding(encoding):
    """The name that Python gives an encoding.

    >>> known_encoding("Latin1")
    'iso8859-1'
    >>> known_encoding("klingon")
    Traceback (most recent call last):
    ...
    odoo.addons.prospect.tools.tabular.errors.TableError: There is no encoding klingon.
    """
    try:
        info = codecs.lookup(encoding)
        "a".encode(info.name)
    except (LookupError, TypeError):
        raise TableError("unknown_encoding", encoding=encoding) from None
    return info.name


def decode_cp1252(line):
    """Windows-1252, and Latin-1 where that has nothing: no byte is lost.

    >>> decode_cp1252(b"caf\\xe9 \\x80 \\x81") == "café € \\x81"
    True
    """
    if not _CP1252_HOLES.search(line):
        return line.decode("cp1252")
    return "".join(
        part.decode("latin-1" if index % 2 else "cp1252")
        for index, part in enumerate(re.split(b"([\x81\x8d\x8f\x90\x9d])", line))
    )


def find_encoding(source):
    """The encoding of a file: by its mark, its zeros, or its first other letters.

    What has only ASCII letters is called UTF-8, which it is too.
    """
    head = source.head(4096)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    wide = _wide_encoding(head)
    if wide:
        return wide
    good, others = 0, []
    for block in _byte_blocks(source):
        if block.isascii():
            continue
        for line in _BINARY_LINES.findall(block):
            if not line.isascii():
                if _is_utf8(line):
                    good += 1
                else:
                    others.append(line)
        if good + len(others) >= _ENOUGH:
            break
    return find_single_byte(others) if len(others) > good else "utf-8"


def _wide_encoding(head):
    """UTF-16 without a mark: every other byte of what is mostly Latin is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if (
        len(head) < 4
        or max(even, odd) < len(head) / 5
        or min(even, odd) * 4 > max(even, odd)
    ):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _is_utf8(data):
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _byte_blocks(source):
    """Blocks of bytes that end where a line does, if lines are not longer."""
    with source.open() as file:
        rest = b""
        while chunk := file.read(BLOCK):
            data = rest + chunk
            cut = _line_end(data, b"\n", b"\r")
            rest = data[cut:]
            if cut:
                yield data[:cut]
            elif len(rest) > 64 * BLOCK:
                raise TableError("cell_too_long", line=1, limit=64 * BLOCK)
        if rest:
            yield rest


def _line_end(data, newline, carriage):
    """Length of the whole lines at the start of a block."""
    cut = data.rfind(newline) + 1
    # the last one of a block may be the first half of a line's end
    return cut or data.rfind(carriage, 0, len(data) - 1) + 1


def text_blocks(source, encoding, warnings):
    """Text of a file in blocks of whole lines, without zeros.

    :param collections.Counter warnings: ``mixed_encoding`` counts lines of a UTF-8
        file that are not UTF-8 and were read as Windows-1252, ``undecodable`` the
        characters that are in no way of the encoding asked for, ``nul`` zeros,
        ``control`` other characters that nobody sees
    """
    if encoding in _UTF8_NAMES:
        blocks = _utf8_blocks(source, warnings)
    elif encoding == "cp1252":
        blocks = map(decode_cp1252, _byte_blocks(source))
    else:
        blocks = _other_blocks(source, encoding, warnings)
    first = True
    for text in blocks:
        if first:
            first, text = False, text.removeprefix("\ufeff")
        if "\0" in text:
            warnings["nul"] += text.count("\0")
            text = text.replace("\0", "")
        controls = _count_controls(text)
        if controls:
            warnings["control"] += controls
        yield text


def _count_controls(text):
    """How many characters of a text nobody sees: by its bytes, which is much faster.

    >>> _count_controls("A\\x81\\x01\\n"), _count_controls("\u00ab Zo\u00e9 \u00bb\\t")
    (2, 0)
    """
    data = text.encode("utf-8", "surrogatepass")
    count = len(data) - len(data.translate(None, _CONTROLS))
    return count + len(_MORE_CONTROLS.findall(data))


def _utf8_blocks(source, warnings):
    for block in _byte_blocks(source):
        if _is_utf8(block):
            yield block.decode("utf-8")
        else:
            yield "".join(_mixed_lines(block, warnings))


def _mixed_lines(block, warnings):
    for line in _BINARY_LINES.findall(block):
        if _is_utf8(line):
            yield line.decode("utf-8")
        else:
            warnings["mixed_encoding"] += 1
            yield decode_cp1252(line)


def _other_blocks(source, encoding, warnings):
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    rest = ""
    with source.open() as file:
        while chunk := file.read(BLOCK):
            text = decoder.decode(chunk)
            if "\ufffd" in text:
                warnings["undecodable"] += text.count("\ufffd")
            text = rest + text
            cut = _line_end(text, "\n", "\r")
            rest = text[cut:]
            if cut:
                yield text[:cut]
            elif len(rest) > 64 * BLOCK:
                raise TableError("cell_too_long", line=1, limit=64 * BLOCK)
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest
