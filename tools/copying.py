"""Many rows into a table at once, by COPY: twenty times the speed of INSERT."""

import io
import json
import re
from datetime import date, datetime

_ESCAPES = str.maketrans(
    {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": None}
)
# most texts have none of them, and looking is faster than replacing
_encode = json.JSONEncoder(ensure_ascii=False).encode
_find_special = re.compile(r"[\\\t\n\r\x00]").search


def copy_text(value):
    r"""One value as COPY reads it.

    >>> copy_text("a\tb\\c\n")
    'a\\tb\\\\c\\n'
    >>> copy_text(None), copy_text(True), copy_text(12), copy_text({"é": [1]})
    ('\\N', 't', '12', '{"é": [1]}')
    """
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES) if _find_special(value) else value
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (dict, list)):
        text = _encode(value).replace("\\u0000", "")
        return text.translate(_ESCAPES) if "\\" in text else text
    if isinstance(value, (date, datetime)):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
    return str(value)


def copy_line(values):
    r"""Values of one row as COPY reads them.

    >>> copy_line([1, "é", None, "a\tb", "c\\d", ""])
    '1\té\t\\N\ta\\tb\tc\\\\d\t'
    """
    # most are plain texts: those are seen to be so here, without a call
    return "\t".join(
        [
            value
            if type(value) is str and value.isprintable() and "\\" not in value
            else "\\N"
            if value is None
            else str(value)
            if type(value) is int
            else copy_text(value)
            for value in values
        ]
    )


def copy_rows(cr, table, columns, rows):
    """Append rows to a table.

    :param cr: cursor
    :param str table: name of the table, from the code and never from people
    :param columns: names of its columns
    :param rows: iterable of tuples; dicts and lists become JSON
    """
    copy_lines(cr, table, columns, map(copy_line, rows))


def copy_lines(cr, table, columns, lines):
    """Append rows that are written as COPY reads them, see :func:`copy_line`.

    :param cr: cursor
    :param str table: name of the table, from the code and never from people
    :param columns: names of its columns
    :param lines: iterable of texts, values between tabs
    """
    buffer = io.StringIO("".join([f"{line}\n" for line in lines]))
    names = ", ".join(f'"{column}"' for column in columns)
    cr.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', buffer)
