"""Many rows into a table at once, by COPY: twenty times the speed of INSERT."""

import io
import json
import re
from datetime import date, datetime

_ESCAPES = str.maketrans(
    {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": None}
)
# most texts have none of them, and looking is faster than replacing
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
        text = json.dumps(value, ensure_ascii=False).replace("\\u0000", "")
        return text.translate(_ESCAPES) if "\\" in text else text
    if isinstance(value, (date, datetime)):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
    return str(value)


def copy_rows(cr, table, columns, rows):
    """Append rows to a table.

    :param cr: cursor
    :param str table: name of the table, from the code and never from people
    :param columns: names of its columns
    :param rows: iterable of tuples; dicts and lists become JSON
    """
    copy_lines(cr, table, columns, ("\t".join(map(copy_text, row)) for row in rows))


def copy_lines(cr, table, columns, lines):
    """Append rows that are written as COPY reads them, see :func:`copy_text`.

    :param cr: cursor
    :param str table: name of the table, from the code and never from people
    :param columns: names of its columns
    :param lines: iterable of texts, values between tabs
    """
    text = "\n".join(lines)
    buffer = io.StringIO(f"{text}\n" if text else "")
    names = ", ".join(f'"{column}"' for column in columns)
    cr.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', buffer)
