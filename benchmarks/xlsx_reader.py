"""Reading a workbook: Odoo's import, which does it anew for every batch, and ours.

Both give every cell as text, once. Odoo's gives a list of all rows; ours gives one
row after the other, and the import keeps no more of them than a batch.
``--rows 100000`` is a large file.
"""

import io
from collections import deque

import xlsxwriter

from odoo.addons.prospect.tools import open_table

COLUMNS = 12


def run(bench):
    """Rows a CPU second of both readers, on the same workbook."""
    rows = bench.rows(20_000)
    data = make_workbook(rows)
    yield bench.figure(
        "import.xlsx",
        host=lambda: rows / bench.cpu(read_hosts_way, data, rows),
        ours=lambda: rows / bench.cpu(read_our_way, data, rows),
        unit="rows/CPU-s",
        goal=">= 15",
    )


def make_workbook(rows):
    """Texts, numbers and a date, as people's files have them."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [f"Column {column}" for column in range(COLUMNS)])
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for row in range(1, rows + 1):
            sheet.write_row(row, 0, [f"Text {row}-{at}" for at in range(COLUMNS - 3)])
            sheet.write_number(row, COLUMNS - 3, 33600000000 + row)
            sheet.write_number(row, COLUMNS - 2, 45000 + row % 1000, day)
            sheet.write_string(row, COLUMNS - 1, f"person{row}@example.com")
    return file.getvalue()


def read_hosts_way(env, data, rows):
    """What Odoo's import does to show a file, and again for each 2,000 rows."""
    wizard = env["base_import.import"].create(
        {
            "res_model": "crm.lead",
            "file": data,
            "file_name": "people.xlsx",
            "file_type": "application/vnd.openxmlformats-officedocument"
            ".spreadsheetml.sheet",
        }
    )
    count, _rows = wizard._read_file({"has_headers": True})
    if count != rows + 1:
        raise ValueError(count)


def read_our_way(_env, data, rows):
    """Open, find the header, and give each row."""
    with open_table(data, "people.xlsx") as table:
        ((line, cells),) = deque(table.rows(), maxlen=1)
    if line != rows + 1 or len(cells) != COLUMNS:
        raise ValueError(line)
