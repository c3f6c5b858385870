"""Open a file as a table, by what is in it and not by its name."""

from .child import ChildTable
from .delimited import DelimitedTable
from .errors import Limits, TableError
from .kinds import check_text, is_workbook
from .sources import Source


def open_table(
    source,
    filename="",
    *,
    sheet=None,
    encoding=None,
    delimiter=None,
    has_header=True,
    limits=None,
):
    """A ``Table`` of a file or of rows copied from a spreadsheet.

    What is in the file decides: a workbook named ``.csv`` is read as the workbook, by a
    process of its own that may not take much, so that no file ends this one.

    :param source: text (rows that were pasted), bytes, an ``os.PathLike`` (a text file
        is never read whole) or a binary file that can be sought
    :param str filename: as the person knows it; only used to distinguish kinds of text
    :param str sheet: which sheet of a workbook, else the first one with any cell
    :param str encoding: of a text file, else found
    :param str delimiter: of a text file, else found
    :param bool has_header: whether the first row names the columns; None: find out
    :param Limits limits: what is too much
    :raises TableError: what cannot be read, by ``code``

    >>> table = open_table("Nom\\tE-mail\\nDupont\\td@example.com\\n")
    >>> table.kind, table.header, list(table.rows())
    ('paste', ['Nom', 'E-mail'], [(2, ['Dupont', 'd@example.com'])])
    """
    limits = limits or Limits()
    if isinstance(source, str):
        data = source.encode("utf-8", "surrogatepass")
        _check_size(len(data), limits)
        return DelimitedTable(
            Source(data), "paste", "utf-8", delimiter, has_header, limits
        )
    source = Source(source)
    _check_size(source.size, limits)
    head = source.head(8192)
    if is_workbook(head):
        return ChildTable(source, sheet, has_header, limits)
    check_text(head)
    return DelimitedTable(source, "csv", encoding, delimiter, has_header, limits)


def _check_size(size, limits):
    if not size:
        raise TableError("empty")
    if size > limits.file_size:
        raise TableError("too_large", size=size, limit=limits.file_size)
