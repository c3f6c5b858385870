"""Tables in files: CSV, Excel, OpenDocument, and rows copied from a spreadsheet.

Plain Python without the ORM. ``open_table`` is the way in, a ``Table`` what it gives;
whatever cannot be read is a ``TableError`` with a code of ``CODES``.
"""

from .errors import CODES, Limits, TableError
from .opening import open_table
from .rejected import REASON_HEADERS, rejected_extension, write_rejected, write_sheet
from .table import Table
