"""Look over a workbook before the reader unpacks it into memory.

The reader holds a sheet as one full grid: a sheet with two cells, the first and the
last one, would take hundreds of gigabytes, and would end the process. What a zip's
directory says of sizes may be a lie, so each part is unpacked once, and counted.
"""

import posixpath
import re
import struct
import zipfile
import zlib
from xml.parsers import expat

from .errors import TableError

_CHUNK = 1 << 20
# What may be unpacked whatever the size of the archive.
_FREE = 64 << 20
# Nothing that a spreadsheet writes has so much text without a tag.
_LONGEST = 8 << 20
_WIDE = (b"\xff\xfe", b"\xfe\xff")
# Longer rows are looked at in pieces.
_LONG_ROW = 1 << 20
# Anything but a cell up to column Z and line 999,999 that begins with its name: those
# make a grid that is small enough.
_NOT_NEAR = re.compile(rb'<c(?! r="[A-Z][0-9]{1,6}")')
# A cell that has no name or writes it in a way of its own. The others that may begin so
# are "<cols>", "<conditionalFormatting>", "<cfRule>" and "<customSheetView>".
_UNUSUAL = re.compile(rb'<c(?! r="[A-Z]{1,3}[0-9]{1,12}"|[ofu])')
_COLON = re.compile(rb":c[\s/>]")
_PREFIXED = re.compile(rb"<[^<>\s]*:c[\s/>]")
_FAR_CELL = re.compile(rb'<c r="(?:([A-Z]{2,})([0-9]+)|([A-Z])([0-9]{7,}))')


def check_archive(source, limits):
    """Refuse an archive that unpacks to too much or defines entities.

    :returns: number of error cells by name of the part, in XLSX and ODS
    :raises TableError: ``bomb``, ``unsafe``, ``damaged``, ``encrypted``,
        ``too_many_cells``
    """
    with source.open() as file:
        try:
            with zipfile.ZipFile(file) as archive:
                return _check_members(archive, source.size, limits)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            struct.error,
        ) as error:
            raise TableError("damaged", detail=str(error)) from error


def _check_members(archive, size, limits):
    members = archive.infolist()
    budget = min(limits.unpacked, max(size * limits.ratio, _FREE))
    if sum(member.file_size for member in members) > budget:
        raise TableError("bomb")
    errors = {}
    for member in members:
        if member.flag_bits & 1:
            raise TableError("encrypted")
        name = member.filename.replace("\\", "/").lower()
        if name == "xl/workbook.bin":
            # the reader would try it, and nobody has looked over its cells
            raise TableError("unsupported", kind="XLSB")
        for looks in _find_looks(name):
            for look in looks:
                part = _look_over(archive, member, budget, look(limits))
                if not part.unusual:
                    break
            errors[member.filename] = errors.get(member.filename, 0) + part.errors
        budget -= part.size
    return errors


def _find_looks(name):
    """Ways to look at a part: in each, the next one where one finds it unusual.

    Where its sheets are, a workbook says itself: any part may be one.
    """
    if posixpath.dirname(name) == "xl/worksheets":
        return [(_Sheet, _ParsedSheet)]
    other = _Other if name.endswith((".xml", ".rels")) else _Binary
    looks = [(other, _Sheet, _ParsedSheet)]
    return [(_Content,), *looks] if name == "content.xml" else looks


def _look_over(archive, member, budget, part):
    # Read to the true end, not to where the directory says.
    member.file_size = budget + 2 * _CHUNK
    with archive.open(member) as file:
        while chunk := file.read(_CHUNK):
            part.feed(chunk)
            if part.size > budget:
                raise TableError("bomb")
            if part.unusual:
                return part
    part.close()
    return part


class _Part:
    """A part of which only the definitions matter.

    :ivar int size: bytes so far
    :ivar int errors: cells with an error instead of a value
    :ivar bool unusual: it has to be parsed to be understood
    """

    def __init__(self, limits):
        self.limits = limits
        self.size = self.errors = 0
        self.unusual = False
        self._rest = b""

    def feed(self, chunk):
        """The next piece, given on up to the last whole tag."""
        self.size += len(chunk)
        data = self._rest + chunk
        cut = self._cut(data)
        self._rest = data[cut:]
        if len(self._rest) > _LONGEST:
            raise TableError("bomb")
        if self.size == len(chunk):
            self._check_start(chunk)
        self._look(data[:cut])

    def _cut(self, data):
        """Up to where a piece is given on."""
        return data.rfind(b">") + 1

    def _look(self, data):
        """Look at some whole tags."""

    def _check_start(self, chunk):
        # Definitions stand before anything else; UTF-16 would hide them, and the cells.
        if b"<!DOCTYPE" in chunk or chunk.startswith(_WIDE):
            raise TableError("unsafe")

    def close(self):
        """After the last piece."""

    def _check(self, rows, columns):
        if columns > 4 * self.limits.columns:
            raise TableError(
                "too_many_columns", count=columns, limit=self.limits.columns
            )
        if rows * columns > self.limits.cells:
            raise TableError(
                "too_many_cells", count=rows * columns, limit=self.limits.cells
            )


class _Other(_Part):
    """A part that is no sheet by its place; unusual when it holds one after all."""

    def _look(self, data):
        self.unusual = b"sheetData" in data


class _Binary(_Other):
    """The same for what is no XML by its name: pictures, programs."""

    def _cut(self, data):
        # a few letters of the word may stand at the end
        return max(len(data) - 8, 0)

    def _check_start(self, chunk):
        if chunk.startswith(_WIDE):
            raise TableError("unsafe")


class _Sheet(_Part):
    """A worksheet of XLSX, written as all programs do: how far its cells reach.

    Every cell has its name, in capitals, as its first attribute. One look at each tag
    of a cell, because this is a good part of what reading a workbook costs; more only
    at pieces where it finds anything but near cells.
    """

    def __init__(self, limits):
        super().__init__(limits)
        self._rows = self._columns = 0

    def _cut(self, data):
        # whole rows, so that a cell and its value are looked at together
        end = data.rfind(b"</row>")
        is_near = end >= 0 and len(data) - end < _LONG_ROW
        return end + 6 if is_near else super()._cut(data)

    def _look(self, data):
        if _NOT_NEAR.search(data):
            self._look_far(data)
        if _COLON.search(data) and _PREFIXED.search(data):
            self.unusual = True
        if b"#" in data:
            # the value of an error: #REF!
            self.errors += data.count(b' t="e"')

    def _look_far(self, data):
        """Note how far the cells of a piece reach that has other ones than near."""
        if _UNUSUAL.search(data):
            self.unusual = True
            return
        for far, line, near, deep in set(_FAR_CELL.findall(data)):
            self._columns = max(self._columns, 26, column_number(far or near))
            self._rows = max(self._rows, int((line or deep)[:12]))

    def close(self):
        self._look(self._rest)
        if not self.unusual:
            self._check(self._rows, self._columns)


class _ParsedSheet(_Part):
    """A worksheet of XLSX, whatever its prefixes, and with cells that have no name."""

    def __init__(self, limits):
        super().__init__(limits)
        self._row = self._rows = self._column = self._columns = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start

    def _start(self, name, attributes):
        name = name.rpartition(":")[2]
        if name == "row":
            place = attributes.get("r", "").strip()
            self._row = int(place[:12]) if place.isdigit() else self._row + 1
            self._rows = max(self._rows, self._row)
            self._column = 0
        elif name == "c":
            place = attributes.get("r", "").strip().encode("ascii", "ignore")
            letters = place.rstrip(b"0123456789")
            self._column = column_number(letters) if letters else self._column + 1
            if digits := place[len(letters) :]:
                self._rows = max(self._rows, int(digits[:12]))
            self._columns = max(self._columns, self._column)
            self.errors += attributes.get("t") == "e"

    def _look(self, data):
        _parse(self._parser, data)

    def close(self):
        self._check(self._rows, self._columns)


def _parse(parser, data):
    try:
        parser.Parse(data, False)
    except expat.ExpatError as error:
        raise TableError("damaged", detail=str(error)) from error


def column_number(letters):
    """The number of a column, from 1.

    >>> [column_number(letters) for letters in (b"A", b"Z", b"AA", b"xfd")]
    [1, 26, 27, 16384]
    """
    number = 0
    for letter in letters[:6].upper():
        number = number * 26 + letter - 64
    return number


class _Content(_Part):
    """The content of an ODS: how far its cells reach, with the repeated ones."""

    def __init__(self, limits):
        super().__init__(limits)
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._repeat = self._column = self._used = 0
        self._reset()

    def _reset(self):
        self._rows = self._pending = self._width = 0

    def _start(self, name, attributes):
        if name == "table:table":
            self._reset()
        elif name == "table:table-row":
            self._repeat = _count(attributes, "table:number-rows-repeated")
            self._column = self._used = 0
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._column += _count(attributes, "table:number-columns-repeated")
            if attributes.get("calcext:value-type") == "error":
                self.errors += 1
            if "office:value-type" in attributes:
                self._used = self._column
        elif name == "text:p":
            self._used = self._column

    def _end(self, name):
        if name != "table:table-row":
            return
        if not self._used:
            self._pending += self._repeat
            return
        self._rows += self._pending + self._repeat
        self._pending = 0
        self._width = max(self._width, self._used)
        self._check(self._rows, self._width)

    def _look(self, data):
        _parse(self._parser, data)


def _count(attributes, name):
    value = attributes.get(name, "1")
    return int(value[:9]) if value.isdigit() else 1


def check_records(document, limits):
    """Refuse an XLS that is encrypted or whose cells reach too far.

    :param xlrd.compdoc.CompDoc document: the file
    """
    for name in ("Workbook", "Book", "WORKBOOK", "BOOK"):
        memory, place, length = document.locate_named_stream(name)
        if memory:
            break
    else:
        raise TableError("damaged", detail="no workbook")
    end = min(place + length, len(memory))
    unpack = struct.Struct("<HHHH").unpack_from
    rows = columns = 0
    while place + 8 <= end:
        kind, size, row, column = unpack(memory, place)
        if kind == 0x2F:
            raise TableError("encrypted")
        if kind == 0x809:
            rows = columns = 0
        elif kind in _CELL_RECORDS and size >= 6:
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            if rows * columns > limits.cells:
                raise TableError(
                    "too_many_cells", count=rows * columns, limit=limits.cells
                )
        place += 4 + size


# BLANK, NUMBER, LABEL, BOOLERR, FORMULA, RK, LABELSST, RSTRING, MULRK, MULBLANK ...
_CELL_RECORDS = frozenset(
    (0x06, 0x203, 0x204, 0x205, 0x27E, 0xFD, 0xD6, 0xBD, 0x207, 0x406, 0x206)
)
