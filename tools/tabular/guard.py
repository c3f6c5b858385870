"""Look over a workbook before the reader unpacks it into memory.

The reader holds a sheet as one full grid: a sheet with two cells, the first and the
last one, would take hundreds of gigabytes, and would end the process. What a zip's
directory says of sizes may be a lie, so each part is unpacked once, and counted. Texts
count as often as they are repeated or referred to: the reader copies them each time.
"""

import posixpath
import re
import struct
import zipfile
import zlib
from collections import Counter
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
# A cell that refers to a text of all sheets, and to which.
_SHARED = (b't="s"', b"t='s'")
_REFERENCE = re.compile(rb"""t=["']s["'][^>]*>\s*<v>([0-9]{1,9})<""")
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
    shared = _SharedStrings(archive, limits)
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
            shared.note(member, part.references)
        budget -= part.size
        if name == "xl/sharedstrings.xml":
            shared.lengths = _find_lengths(archive, member)
    shared.check()
    return errors


class _SharedStrings:
    """Texts of an XLSX that cells refer to, and how often each is.

    :ivar list lengths: of the texts
    """

    def __init__(self, archive, limits):
        self._archive, self._limits = archive, limits
        self.lengths = []
        self._members, self._count = [], 0

    def note(self, member, references):
        """How many cells of a part refer to any text."""
        if references:
            self._members.append(member)
            self._count += references

    def check(self):
        """:raises TableError: ``bomb``"""
        # a bound that costs nothing; most files are far below
        if self._count * max(self.lengths, default=0) > self._limits.text:
            _check_references(self._archive, self._members, self.lengths, self._limits)


def _find_lengths(archive, member):
    """Length of each text that cells refer to, at most: with its tags."""
    lengths, rest = [], b""
    with archive.open(member) as file:
        while chunk := file.read(_CHUNK):
            data = (rest + chunk).replace(b"<si/>", b"<si></si>")
            *whole, rest = data.split(b"si>")
            # every other piece is what stands between two texts
            lengths += [len(piece) for piece in whole if piece[-1:] in b"/:"]
    return lengths


def _check_references(archive, members, lengths, limits):
    """Refuse texts that are too much when each is copied to where it is meant."""
    longest, total = max(lengths), 0
    for member in members:
        counts, marks, rest = Counter(), 0, b""
        with archive.open(member) as file:
            while chunk := file.read(_CHUNK):
                data = rest + chunk
                # whole cells
                cut = data.rfind(b"</c>") + 4
                if cut < 4:
                    cut = 0 if len(data) < _LONGEST else len(data)
                data, rest = data[:cut], data[cut:]
                marks += sum(map(data.count, _SHARED))
                counts.update(_REFERENCE.findall(data))
        marks += sum(map(rest.count, _SHARED))
        counts.update(_REFERENCE.findall(rest))
        known = len(lengths)
        for place, count in counts.items():
            length = lengths[int(place)] if int(place) < known else longest
            total += count * length
        # what is written in a way of its own may be any of them
        total += max(marks - counts.total(), 0) * longest
        if total > limits.text:
            raise TableError("bomb")


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
    :ivar int references: cells that refer to a text of all sheets
    :ivar bool unusual: it has to be parsed to be understood
    """

    def __init__(self, limits):
        self.limits = limits
        self.size = self.errors = self.references = 0
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
        self.references += sum(map(data.count, _SHARED))
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
            self.references += attributes.get("t") == "s"

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
    """The content of an ODS: how far its cells reach, with the repeated ones, and how
    much text they have then. The reader holds all sheets at once.
    """

    def __init__(self, limits):
        super().__init__(limits)
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._repeat = self._column = self._used = 0
        self._times = self._length = self._row_text = self._text = 0
        self._cells = self._rows = self._width = 0
        self._reset()

    def _reset(self):
        self._cells += self._rows * self._width
        self._rows = self._pending = self._width = 0

    def _start(self, name, attributes):
        if name == "table:table":
            self._reset()
        elif name == "table:table-row":
            self._repeat = _count(attributes, "table:number-rows-repeated")
            self._column = self._used = self._row_text = 0
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._times = _count(attributes, "table:number-columns-repeated")
            self._column += self._times
            self._length = sum(
                len(value) for key, value in attributes.items() if key in _TEXTS
            )
            if attributes.get("calcext:value-type") == "error":
                self.errors += 1
            if "office:value-type" in attributes:
                self._used = self._column
        elif name == "text:p":
            self._used = self._column
            self._parser.CharacterDataHandler = self._data
            self._length += 1
        elif name == "text:s":
            self._length += _count(attributes, "text:c")
            if self._length > self.limits.string:
                self._refuse_long()

    def _data(self, text):
        self._length += len(text)
        if self._length > self.limits.string + 1:
            self._refuse_long()

    def _refuse_long(self):
        line = self._rows + self._pending + 1
        raise TableError("cell_too_long", line=line, limit=self.limits.string)

    def _end(self, name):
        if name == "text:p":
            self._parser.CharacterDataHandler = None
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._row_text += self._length * self._times
            self._length = 0
        if name != "table:table-row":
            return
        self._text += self._row_text * self._repeat
        if self._used:
            self._count_row()
        else:
            self._pending += self._repeat
        if self._text > self.limits.text:
            raise TableError("bomb")

    def _count_row(self):
        """Note how far the cells reach with a row that has some."""
        self._rows += self._pending + self._repeat
        self._pending = 0
        self._width = max(self._width, self._used)
        self._check(self._rows, self._width)
        if self._cells + self._rows * self._width > self.limits.cells:
            count = self._cells + self._rows * self._width
            raise TableError("too_many_cells", count=count, limit=self.limits.cells)

    def _look(self, data):
        _parse(self._parser, data)


# Attributes of a cell that are as long as they like, and that the reader keeps.
_TEXTS = frozenset(("office:string-value", "table:formula"))


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
    texts, last = _SharedTexts(limits), None
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
        # a record that goes on is of the kind of the one before
        last = last if kind == _CONTINUE else kind
        if last in _TEXT_RECORDS:
            texts.feed(last, bytes(memory[place + 4 : min(place + 4 + size, end)]))
        place += 4 + size
    texts.check()


# BLANK, NUMBER, LABEL, BOOLERR, FORMULA, RK, LABELSST, RSTRING, MULRK, MULBLANK ...
_CELL_RECORDS = frozenset(
    (0x06, 0x203, 0x204, 0x205, 0x27E, 0xFD, 0xD6, 0xBD, 0x207, 0x406, 0x206)
)
_LABELSST, _SST, _CONTINUE = 0xFD, 0xFC, 0x3C
_TEXT_RECORDS = (_LABELSST, _SST)
# What a text has at most, by the size of the number that says it.
_LONGEST_OLD = 0xFFFF


class _SharedTexts:
    """Texts of an XLS that cells refer to, and how often each is."""

    def __init__(self, limits):
        self._limits = limits
        self._pieces, self._references = [], Counter()

    def feed(self, kind, data):
        """The content of one record."""
        if kind == _SST:
            self._pieces.append(data)
        elif len(data) >= 10:
            self._references[data[6:10]] += 1

    def check(self):
        """:raises TableError: ``bomb``"""
        most = min(sum(map(len, self._pieces)), _LONGEST_OLD)
        # a bound that costs nothing
        if self._references.total() * most <= self._limits.text:
            return
        lengths = list(_Texts(self._pieces).read())
        known, total = len(lengths), 0
        for place, count in self._references.items():
            number = int.from_bytes(place, "little")
            total += count * (lengths[number] if number < known else most)
        if total > self._limits.text:
            raise TableError("bomb")


class _Texts:
    """Texts one behind the other in records, each of which goes on in the next one;
    where a text does, its letters are told anew to be of one or two bytes.

    :param list pieces: contents of the records
    """

    def __init__(self, pieces):
        self._pieces, self._number, self._place = pieces, 0, 8

    # pylint: disable=method-required-super; it is no model
    def read(self):
        """The length of each text, up to where the records make no sense."""
        while self._number < len(self._pieces):
            if self._place + 3 > len(self._pieces[self._number]):
                self._number, self._place = self._number + 1, 0
                continue
            length, flags = self._take(2), self._take(1)
            # formats, and how it is pronounced
            extra = 4 * self._take(2) if flags & 8 else 0
            extra += self._take(4) if flags & 4 else 0
            yield length
            self._skip(length, 1 + (flags & 1), is_text=True)
            self._skip(extra, 1, is_text=False)

    def _take(self, size):
        piece = self._pieces[self._number]
        self._place += size
        return int.from_bytes(piece[self._place - size : self._place], "little")

    def _skip(self, count, wide, is_text):
        """Go on behind some letters, maybe in a later record."""
        while count and self._number < len(self._pieces):
            piece = self._pieces[self._number]
            fits = min(max(len(piece) - self._place, 0) // wide, count)
            count, self._place = count - fits, self._place + fits * wide
            if count:
                self._number, self._place = self._number + 1, 0
                if is_text and self._number < len(self._pieces):
                    wide = 1 + (self._take(1) & 1)
