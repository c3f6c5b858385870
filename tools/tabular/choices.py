"""Separators and encodings that people choose from."""

import codecs

from .delimited import ONE_COLUMN

DELIMITER_CHOICES = [
    ("semicolon", "Semicolon ( ; )"),
    ("comma", "Comma ( , )"),
    ("tab", "Tab"),
    ("bar", "Vertical bar ( | )"),
    ("colon", "Colon ( : )"),
    ("none", "None: a single column"),
]
_DELIMITERS = {
    "semicolon": ";",
    "comma": ",",
    "tab": "\t",
    "bar": "|",
    "colon": ":",
    "none": ONE_COLUMN,
}
DELIMITER_NAMES = {mark: name for name, mark in _DELIMITERS.items()}
ENCODING_CHOICES = [
    ("utf-8", "Unicode (UTF-8)"),
    ("utf-16", "Unicode (UTF-16)"),
    ("cp1252", "Western (Windows-1252)"),
    ("iso8859-15", "Western (ISO-8859-15)"),
    ("cp850", "Western (DOS 850)"),
    ("mac-roman", "Western (Macintosh)"),
    ("cp1250", "Central European (Windows-1250)"),
    ("iso8859-2", "Central European (ISO-8859-2)"),
    ("cp852", "Central European (DOS 852)"),
    ("cp1257", "Baltic (Windows-1257)"),
    ("cp1251", "Cyrillic (Windows-1251)"),
    ("koi8-r", "Cyrillic (KOI8-R)"),
    ("cp1253", "Greek (Windows-1253)"),
    ("cp1254", "Turkish (Windows-1254)"),
    ("cp1255", "Hebrew (Windows-1255)"),
    ("cp1256", "Arabic (Windows-1256)"),
    ("gb18030", "Chinese (GB 18030)"),
    ("big5", "Chinese (Big5)"),
    ("shift_jis", "Japanese (Shift JIS)"),
    ("euc_kr", "Korean (EUC-KR)"),
    ("utf-16-le", "Unicode (UTF-16 LE)"),
    ("utf-16-be", "Unicode (UTF-16 BE)"),
    ("utf-32", "Unicode (UTF-32)"),
]
_SAME = {"utf-8-sig": "utf-8", "ascii": "utf-8", "iso8859-1": "cp1252"}


def read_delimiter(name):
    """The character of a choice, or None.

    >>> read_delimiter("semicolon"), read_delimiter(False)
    (';', None)
    """
    return _DELIMITERS.get(name)


def name_delimiter(table):
    """The choice that a table was read by, or False."""
    if table.encoding and table.width == 1 and table.delimiter != ",":
        return "none"
    return DELIMITER_NAMES.get(table.delimiter, False)


def choose_encoding(encoding):
    """The choice that an encoding is, or False.

    >>> choose_encoding("utf-8-sig"), choose_encoding("latin-1"), choose_encoding(None)
    ('utf-8', 'cp1252', False)
    """
    if not encoding:
        return False
    name = codecs.lookup(encoding).name
    name = _SAME.get(name, name)
    return name if name in dict(ENCODING_CHOICES) else False
