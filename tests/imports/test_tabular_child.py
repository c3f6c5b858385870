import io
import os
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from unittest.mock import patch

import xlwt

from odoo.tools import config

from odoo.addons.prospect.tools import Limits, open_table
from odoo.addons.prospect.tools.tabular import child

from .test_tabular import TabularCase, changed_archive, ods, workbook

# What lets everything through that looks over a file: only the process is limited.
BLIND = {"text": 1 << 60, "string": 1 << 50, "cells": 1 << 50, "row": 1 << 50}
COLUMNS = [["Nom", "Ville"], ["A", "B"]]


def repeated(rows, columns, text):
    """An ODS whose one cell is repeated in both directions."""
    cell = (
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell'
        f' table:number-columns-repeated="{columns}" office:value-type="string">'
        f"<text:p>{text}</text:p></table:table-cell></table:table-row>"
    )
    data = ods(COLUMNS, cell)
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return file.getvalue()


def shared(length, references):
    """An XLSX whose cells all refer to one text."""
    rows = "".join(
        f'<row r="{line}"><c r="A{line}" t="s"><v>0</v></c></row>'
        for line in range(1, references + 1)
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return changed_archive(
        workbook([["a"]]),
        {
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}"><sheetData>'
            f"{rows}</sheetData></worksheet>",
            "xl/sharedStrings.xml": f'<sst xmlns="{space}"><si><t>{"x" * length}</t>'
            "</si></sst>",
        },
    )


def old_shared(length, references):
    """The same as XLS."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("People")
    for line in range(references):
        sheet.write(line, 0, "x" * length)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


class TestBombs(TabularCase):
    """Small files that unpack to far more than there is."""

    def test_repeated_cells(self):
        bomb = repeated(30_000, 300, "x" * 30_000)
        self.assertLess(len(bomb), 1500)
        self.assertRefused("bomb", bomb)
        # several sheets are held at once
        wide = repeated(30_000, 300, "x")
        with zipfile.ZipFile(io.BytesIO(wide)) as archive:
            content = archive.read("content.xml").decode()
        start, end = content.index("<table:table "), content.index("</office:spread")
        many = content[:start] + content[start:end] * 3 + content[end:]
        self.assertRefused(
            "too_many_cells", changed_archive(wide, {"content.xml": many})
        )

    def test_counted_spaces(self):
        params = self.assertRefused(
            "cell_too_long", repeated(1, 1, '<text:s text:c="100000000"/>')
        )
        self.assertEqual(params, {"line": 3, "limit": 32_767})
        self.assertRefused("cell_too_long", repeated(1, 1, "x" * 32_768))
        with open_table(repeated(1, 2, 'a<text:s text:c="30000"/>b')) as table:
            (*_others, (_line, cells)) = table.rows()
        self.assertEqual(list(map(len, cells)), [30_002] * 2)

    def test_shared_texts(self):
        self.assertRefused("bomb", shared(2_000_000, 100_000))
        self.assertRefused("bomb", old_shared(32_767, 20_000))
        # as long as a cell may be, and longer
        self.assertRefused("cell_too_long", shared(32_768, 10), has_header=False)
        self.assertRefused("cell_too_long", shared(32_768, 10))
        for data in (shared(32_767, 10), old_shared(32_767, 10)):
            with open_table(data, has_header=False) as table:
                self.assertEqual(len(list(table.rows())), 10)

    def test_texts_that_are_not_referred_to(self):
        """One long text and many short ones that are meant often are no bomb."""
        rows = [["x" * 30_000, "y"], *[["Lyon", "z"]] * 20_000]
        with open_table(workbook(rows), has_header=False) as table:
            self.assertEqual(len(list(table.rows())), 20_001)

    def test_process_ends(self):
        """What nobody foresees ends a process, not this one."""
        for bomb in (
            repeated(30_000, 300, "x" * 30_000),
            repeated(1, 1, '<text:s text:c="999999999"/>' * 5),
            shared(2_000_000, 100_000),
            old_shared(32_767, 60_000),
        ):
            begun = time.monotonic()
            self.assertRefused("bomb", bomb, limits=Limits(memory=1 << 30, **BLIND))
            self.assertLess(time.monotonic() - begun, 30)

    def test_separators(self):
        """A CSV of nothing but separators has a budget."""
        self.assertRefused("too_many_columns", b"a,b\n" + b"," * 1_000_000)
        begun = time.process_time()
        data = b"a,b\nc,d\n" + (b"," * 999 + b"\n") * 30_000
        self.assertRefused("too_many_cells", data)
        self.assertLess(time.process_time() - begun, 15)
        rows = b"a,b,c\nd,e,f\n" + b",,\n" * 100_000
        with open_table(rows) as table:
            self.assertEqual(list(table.rows()), [(2, ["d", "e", "f"])])


class TestProcess(TabularCase):
    """The process that reads a workbook, and the one that trusts it with nothing."""

    def run_main(self, source):
        """Let something else be the process."""
        file = self.enterContext(_Script(source))
        self.enterContext(patch.object(child, "MAIN", file))

    def test_started(self):
        """It knows the path and the modules, and nothing else of its parent."""
        started, popen = [], subprocess.Popen

        def start(args, **options):
            started.append((args, options))
            return popen(args, **options)

        os.environ["PROSPECT_SECRET"] = "password"
        self.addCleanup(os.environ.pop, "PROSPECT_SECRET")
        with patch.object(child.subprocess, "Popen", start):
            self.assertTable(workbook(COLUMNS), COLUMNS[0], [(2, COLUMNS[1])])
        for args, options in started:
            self.assertEqual(args[0], sys.executable)
            self.assertLessEqual({*options["env"]}, {"PATH", "LANG", "PYTHONPATH"})
            self.assertEqual(options["stdin"], subprocess.DEVNULL)
            self.assertTrue(options["close_fds"])
            self.assertNotIn("preexec_fn", options)

    def test_limits_of_the_process(self):
        self.run_main(
            "import importlib.util, marshal, resource, sys\n"
            f"spec = importlib.util.spec_from_file_location('m', {child.MAIN!r})\n"
            "main = importlib.util.module_from_spec(spec)\n"
            "spec.loader.exec_module(main)\n"
            "asked = marshal.loads(bytes.fromhex(sys.argv[2]))\n"
            "main.limit_self(asked['limits']['memory'], 60, asked['parent'])\n"
            "main.write(main.HELLO)\n"
            "names = ('AS', 'CPU', 'CORE', 'NOFILE')\n"
            "found = [resource.getrlimit(getattr(resource, 'RLIMIT_' + name))[0]"
            " for name in names]\n"
            "main.send({'code': 'damaged', 'params': {'detail': str(found)}})\n"
        )
        params = self.assertRefused("damaged", workbook(COLUMNS))
        self.assertEqual(params["detail"], str([1 << 31, 60, 0, 16]))

    def test_what_it_sends(self):
        """Nothing too long is read, and what is no message is a refusal."""
        hello = "import os, struct, time\nos.write(1, b'prospect\\n')\n"
        for code, source in (
            ("no_reader", "raise ImportError"),
            ("no_reader", "print('some other program, and what it has to say')"),
            ("bomb", "import os\nos.abort()"),
            ("bomb", f"{hello}os.write(1, struct.pack('>I', (16 << 20) + 1))"),
            ("bomb", f"{hello}os.write(1, struct.pack('>I', 5) + b'xxxxx')"),
            ("too_slow", f"{hello}time.sleep(60)"),
        ):
            with self.subTest(code=code, source=source):
                self.run_main(source)
                self.assertRefused(code, workbook(COLUMNS), limits=Limits(seconds=2))

    def test_no_interpreter(self):
        """Workbooks are refused with the reason, and texts go on."""
        for program in ("/nowhere/python", "", None):
            with patch.object(sys, "executable", program):
                self.assertRefused("no_reader", workbook(COLUMNS))
                self.assertTable(b"Nom,Ville\nA,B\n", COLUMNS[0], [(2, COLUMNS[1])])

    def test_none_stays(self):
        """Closed, read in part, read twice or failed: no process is left."""
        started, popen = [], subprocess.Popen

        def start(*args, **options):
            started.append(popen(*args, **options))
            return started[-1]

        data = workbook([["Nom", "Ville"], *[["A", "x" * 1000]] * 5000])
        with patch.object(child.subprocess, "Popen", start):
            open_table(data).close()
            with open_table(data) as table:
                one, two = table.rows(), table.rows()
                self.assertEqual(next(one), next(two))
            self.assertRefused("bomb", data, limits=Limits(text=1000))
            open_table(data)
        self.assertEqual(len(started), 5)
        self.assertEqual([process.poll() for process in started].count(None), 0)

    def test_threads(self):
        """As the threaded server does: several at once, from threads."""
        found, data = [], workbook(COLUMNS)

        def read():
            with open_table(data) as table:
                found.append(list(table.rows()))

        threads = [threading.Thread(target=read) for _number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found, [[(2, COLUMNS[1])]] * 4)

    def test_full_disk(self):
        full = OSError(28, "No space left on device")
        with patch.object(tempfile, "NamedTemporaryFile", side_effect=full):
            self.assertRefused("no_room", workbook(COLUMNS))

    def test_limited_worker(self):
        """A worker that has less memory than that goes on after a bomb."""
        script = """
import resource, sys
from odoo.tools import config
config["addons_path"] = sys.argv[2].split(",")
import odoo.modules.module
odoo.modules.module.initialize_sys_path()
from pathlib import Path
from odoo.addons.prospect.tools import Limits, TableError, open_table
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
blind = dict(text=1 << 60, string=1 << 50, cells=1 << 50, row=1 << 50)
for limits in (None, Limits(**blind)):
    try:
        open_table(Path(sys.argv[1]), limits=limits)
    except TableError as error:
        print(error.code)
print(list(open_table(b"Nom,Ville\\nA,B\\n").rows()))
"""
        for bomb in (repeated(30_000, 300, "x" * 30_000), shared(2_000_000, 100_000)):
            with _Script(bomb) as path:
                done = subprocess.run(
                    [
                        sys.executable,
                        "-c",
                        script,
                        path,
                        ",".join(config["addons_path"]),
                    ],
                    capture_output=True,
                    text=True,
                    check=False,
                )
            self.assertEqual(done.returncode, 0, done.stderr)
            lines = done.stdout.splitlines()
            self.assertEqual(lines, ["bomb", "bomb", "[(2, ['A', 'B'])]"])


class _Script:
    """A file of some text or bytes, for as long as it is needed."""

    def __init__(self, content):
        self._content = content.encode() if isinstance(content, str) else content

    def __enter__(self):
        self._file = tempfile.NamedTemporaryFile()
        self._file.write(self._content)
        self._file.flush()
        return self._file.name

    def __exit__(self, *_error):
        self._file.close()
