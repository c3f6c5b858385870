"""Odoo's own HTTP server over real connections, for what happens at once."""

import http.client
import json
import os
import threading
import time
from contextlib import contextmanager
from unittest.mock import patch
from urllib.parse import urlencode

from odoo.http import root
from odoo.service.server import ThreadedWSGIServerReloadable
from odoo.tools import config

# Requests that the server works on at once: Odoo's own limit for threads.
THREADS = "16"


@contextmanager
def real_server():
    """The port of a server of this process; several visitors can come from several
    addresses, as through a proxy."""
    with (
        patch.dict(os.environ, {"ODOO_MAX_HTTP_THREADS": THREADS}),
        patch.dict(config.options, {"proxy_mode": True}),
    ):
        server = ThreadedWSGIServerReloadable("127.0.0.1", 0, root)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join(10)
            server.server_close()


class Visitor:
    """One machine, with a connection of its own."""

    def __init__(self, port, database, address="203.0.113.1"):
        self.port = port
        self.headers = {
            "X-Odoo-Database": database,
            "X-Forwarded-For": address,
            "X-Forwarded-Host": "forms.example.com",
            "X-Forwarded-Proto": "https",
            "Accept": "application/json",
        }

    def post(self, path, values):
        """(status, what the answer says, seconds) of a form that is sent."""
        started = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(
                "POST",
                path,
                urlencode(values, doseq=True),
                {**self.headers, "Content-Type": "application/x-www-form-urlencoded"},
            )
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        try:
            found = json.loads(text)
        except ValueError:
            found = {}
        return response.status, found, time.monotonic() - started
