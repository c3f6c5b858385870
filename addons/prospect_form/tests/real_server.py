"""Odoo's own HTTP server over real connections, for what happens at once."""

import os
import threading
from contextlib import contextmanager
from unittest.mock import patch

from odoo.http import root
from odoo.service.server import ThreadedWSGIServerReloadable
from odoo.tools import config

# Requests that the server works on at once: Odoo's own limit for threads.
THREADS = "16"


@contextmanager
def real_server(*databases):
    """The port of a server of this process, for these databases; several visitors can
    come from several addresses, as through a proxy.
    """
    with (
        patch.dict(os.environ, {"ODOO_MAX_HTTP_THREADS": THREADS}),
        patch.dict(config.options, {"proxy_mode": True, "db_name": [*databases]}),
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
