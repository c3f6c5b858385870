"""Workbooks that end a process, given to real servers: those go on, people are told."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from base64 import b64encode
from http.cookiejar import CookieJar
from pathlib import Path

import psutil

from odoo import SUPERUSER_ID, Command, api
from odoo.tests import get_db_name, tagged
from odoo.tools import config

from ..common import ConcurrentCase
from .test_tabular import changed_archive, workbook
from .test_tabular_child import old_shared, repeated, shared

LOGIN = "reader-servers"
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# Of one process: less than what a reader may have.
MEMORY = 1_600 << 20
FINE = workbook([["Email", "City"], ["a@servers.example.com", "Rome"]])


def sheet(rows):
    """An XLSX whose sheet holds such XML."""
    return changed_archive(
        workbook([["Email"]]),
        {
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SPACE}"><sheetData>{rows}'
            "</sheetData></worksheet>"
        },
    )


def zipped():
    """An XLSX that unpacks to a thousand times its size."""
    file = io.BytesIO(workbook([["Email"]]))
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet9.xml", "w") as member,
    ):
        for _megabyte in range(700):
            member.write(bytes(1 << 20))
    return file.getvalue()


def many_sheets(count):
    """An ODS with so many sheets of four million cells."""
    data = repeated(4_000, 1_000, "x")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read("content.xml").decode()
    start, end = content.index("<table:table "), content.index("</office:spread")
    return changed_archive(
        data,
        {"content.xml": content[:start] + content[start:end] * count + content[end:]},
    )


def bombs():
    """{name of a file: its bytes}, some hundreds of kilobytes at most."""
    formulas = "".join(
        f'<row r="{row}"><c r="A{row}" t="str"><f t="shared" si="0"'
        f"{' ref=@A1:XFD1048576@'.replace('@', chr(34)) if row == 1 else ''}>"
        f'REPT("x",32767)</f><v>{"x" * 32_767 if row < 3 else ""}</v></c></row>'
        for row in range(1, 3_000)
    )
    return {
        "rows.ods": repeated(30_000, 300, "x" * 30_000),
        "spaces.ods": repeated(1, 1, '<text:s text:c="900000000"/>' * 5),
        "sheets.ods": many_sheets(12),
        "shared.xlsx": shared(2_000_000, 100_000),
        "shared-short.xlsx": shared(32_767, 100_000),
        "grid.xlsx": sheet(
            '<row r="1"><c r="A1"><v>1</v></c></row>'
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        ),
        "formulas.xlsx": sheet(formulas + '<row r="9999999"><c r="ZZZ9999999"/></row>'),
        "zip.xlsx": zipped(),
        "shared.xls": old_shared(32_767, 20_000),
    }


class Server:
    """A server on the database of the test, in a process of its own."""

    def __init__(self, folder, *options):
        self.port, other = free_port(), free_port()
        self.log = Path(folder) / f"{self.port}.log"
        self.process = subprocess.Popen(
            [
                str(Path(sys.prefix) / "bin" / "odoo"),
                *("-c", os.devnull, "-d", get_db_name(), "--no-database-list"),
                f"--addons-path={','.join(config['addons_path'])}",
                f"--data-dir={config['data_dir']}",
                *("--http-interface=127.0.0.1", f"--http-port={self.port}"),
                f"--gevent-port={other}",
                f"--logfile={self.log}",
                *options,
            ],
            start_new_session=True,
        )
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(CookieJar()),
        ).open

    def stop(self):
        """End it, and what it has started."""
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(20)
        except (subprocess.TimeoutExpired, ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)

    def wait(self):
        """Until it answers."""
        end = time.monotonic() + 90
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                with self._open(
                    f"http://127.0.0.1:{self.port}/web/health", timeout=5
                ) as answer:
                    return answer.status
            except OSError:
                time.sleep(0.2)
        raise AssertionError(
            f"the server has not started: {self.log.read_text()[-3000:]}"
        )

    def ask(self, path, **params):
        """What a request says, as JSON-RPC."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        with self._open(request, timeout=90) as answer:
            return json.load(answer)

    def call(self, method, *args):
        """A method of the wizard of imports."""
        return self.ask(
            f"/web/dataset/call_kw/prospect.import/{method}",
            model="prospect.import",
            method=method,
            args=args,
            kwargs={},
        )

    def preview(self, name, content):
        """What a person is told who imports a file."""
        answer = self.call(
            "create", [{"file": b64encode(content).decode(), "filename": name}]
        )
        if "error" not in answer:
            answer = self.call("action_preview", answer["result"])
        return answer

    def workers(self):
        """The processes that answer."""
        main = psutil.Process(self.process.pid)
        return {
            process.pid
            for process in (main, *main.children())
            if "reader_main.py" not in " ".join(process.cmdline())
        }


def free_port():
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@tagged("-at_install", "post_install", "concurrency")
class TestReaderServers(ConcurrentCase):
    """In threads, in processes with a limit of memory, and in a job."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bombs = bombs()

    def setUp(self):
        super().setUp()
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.user_id = (
                env["res.users"]
                .with_context(no_reset_password=True)
                .create(
                    {
                        "name": LOGIN,
                        "login": LOGIN,
                        "password": LOGIN,
                        "group_ids": [
                            Command.link(env.ref("sales_team.group_sale_salesman").id)
                        ],
                    }
                )
                .id
            )

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {"active_test": False})

    def _find_made(self, env):
        users = env["res.users"].search([("login", "=", LOGIN)])
        operations = env["prospect.operation"].search([("user_id", "in", users.ids)])
        return (
            env["crm.lead"].search([("email_from", "like", "servers.example.com")]),
            operations.attachment_id,
            operations,
            env["prospect.import"].search([("create_uid", "in", users.ids)]),
            users,
            users.partner_id,
            self._find_triggers(env, "prospect.ir_cron_operation"),
        )

    def _start(self, *options):
        server = Server(self.folder, *options)
        self.addCleanup(server.stop)
        server.wait()
        answer = server.ask(
            "/web/session/authenticate", db=get_db_name(), login=LOGIN, password=LOGIN
        )
        self.assertEqual(answer["result"]["uid"], self.user_id)
        return server

    def _check(self, server):
        self.assertIn("result", server.preview("fine.xlsx", FINE))
        workers = server.workers()
        for name, content in self.bombs.items():
            with self.subTest(file=name):
                self.assertLess(len(content), 1 << 20)
                begun = time.monotonic()
                answer = server.preview(name, content)
                self.assertLess(time.monotonic() - begun, 40)
                error = answer["error"]["data"]
                self.assertEqual(error["name"], "odoo.exceptions.UserError", error)
                self.assertTrue(error["message"])
                self.assertNotIn("Traceback", error["message"])
                self.assertIn("result", server.preview("fine.xlsx", FINE))
        self.assertEqual(server.workers(), workers, "nobody had to be replaced")
        self.assertIsNone(server.process.poll())

    def test_threads(self):
        self._check(self._start("--workers=0", "--max-cron-threads=0"))

    def test_processes(self):
        self._check(
            self._start(
                "--workers=2",
                "--max-cron-threads=0",
                f"--limit-memory-hard={MEMORY}",
                f"--limit-memory-soft={MEMORY}",
            )
        )

    def test_job(self):
        """A file of the background: the operation says it, the job goes on."""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            job = env.ref("prospect.ir_cron_operation")
            # no other job of this database is any of the server's business
            others = env["ir.cron"].search([("active", "=", True)]) - job
            others.active = False
            self.addCleanup(self._start_jobs, others.ids)
        operations = [self._make_operation(*item) for item in self.bombs.items()]
        operations.append(self._make_operation("fine.xlsx", FINE))
        server = Server(
            self.folder,
            *("--workers=2", "--max-cron-threads=1"),
            f"--limit-memory-hard={MEMORY}",
        )
        self.addCleanup(server.stop)
        server.wait()
        workers = server.workers()
        with self.registry.cursor() as cr:
            self._env(cr).ref("prospect.ir_cron_operation")._trigger()
        end, states = time.monotonic() + 120, []
        while time.monotonic() < end:
            with self.registry.cursor() as cr:
                found = self._env(cr)["prospect.operation"].browse(operations)
                states = found.mapped("state")
                if not {"queued", "running"} & set(states):
                    break
            time.sleep(0.5)
        with self.registry.cursor() as cr:
            *refused, fine = self._env(cr)["prospect.operation"].browse(operations)
            for operation in refused:
                self.assertEqual(operation.state, "failed", operation.name)
                self.assertTrue(operation.error, operation.name)
                self.assertFalse(operation.line_ids)
            self.assertEqual((fine.state, fine.line_count), ("previewed", 1))
        self.assertLessEqual(workers, server.workers(), "nobody had to be replaced")

    def _make_operation(self, name, content):
        with self.registry.cursor() as cr:
            env = self._env(cr)(user=self.user_id)
            operation = (
                env["prospect.import"]
                .create(
                    {"file": b64encode(b"Email\na@b.example.com\n"), "filename": name}
                )
                ._make_operation()
            )
            operation.sudo().attachment_id.raw = content
            operation._start("plan")
            operation._set(state="queued")
            return operation.id

    def _start_jobs(self, ids):
        with self.registry.cursor() as cr:
            jobs = self._env(cr)["ir.cron"].browse(ids)
            jobs.active = True
