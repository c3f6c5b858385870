"""The PostgreSQL server: the one that PGHOST or PGSERVICE names, else a private one
reached by a Unix socket only.
"""

import os
import pwd
import subprocess
from pathlib import Path

from .console import Trouble, run_step, say
from .places import cache, digest
from .system import ensure_postgres, postgres_programs

ROLE = "odoo"
SETTINGS = """
# Made by Prospect's bin/: its databases can be made again, so speed comes first.
listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
checkpoint_timeout = 30min
shared_buffers = 512MB
maintenance_work_mem = 256MB
max_connections = 150
"""


def given():
    """Whether the environment names a server."""
    return bool(os.environ.get("PGHOST") or os.environ.get("PGSERVICE"))


class Cluster:
    """Our own server. PostgreSQL refuses to run as root, so there it runs as another
    user, outside the cache (which that user may not be able to enter), in a folder
    named after the cache so that two caches do not clash.
    """

    def __init__(self):
        self.prefix = []
        self.user = None
        key = digest(cache(), length=8)
        if os.geteuid() == 0:
            self.user = next(
                entry
                for name in ("postgres", "nobody")
                if (entry := self._account(name))
            )
            self.prefix = [
                "setpriv",
                f"--reuid={self.user.pw_uid}",
                f"--regid={self.user.pw_gid}",
                "--clear-groups",
                "--reset-env",
            ]
            self.data = Path(f"/var/lib/postgresql/prospect-{key}")
            self.socket = Path(f"/run/prospect-pg-{key}")
        else:
            self.data = cache() / "pg"
            # Not in the cache: a socket's path has to be shorter than 108 bytes.
            runtime = os.environ.get("XDG_RUNTIME_DIR") or "/tmp"
            self.socket = Path(runtime) / f"prospect-pg-{os.geteuid()}-{key}"

    @staticmethod
    def _account(name):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            return None

    def _make_folder(self, folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        elif folder.stat().st_uid != os.geteuid():
            raise Trouble(f"{folder} belongs to somebody else.")
        folder.chmod(0o700)

    def _run(self, *command, **options):
        return subprocess.run(
            [*self.prefix, *map(str, command)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **options,
        )

    def running(self, programs):
        """Whether the server answers to its own control program."""
        return self._run(programs / "pg_ctl", "-D", self.data, "status").returncode == 0

    def _initialise(self, programs):
        say(f"making a private PostgreSQL server in {self.data}")
        if self.data.exists():  # an earlier attempt was cut off
            self._run("rm", "-rf", self.data)
        self._make_folder(self.data)
        run_step(
            "making the database server",
            [
                *self.prefix,
                programs / "initdb",
                *("-D", self.data, "-U", "postgres", "-E", "UTF8"),
                *("--auth=trust", "--locale=C.UTF-8", "--no-sync"),
            ],
            cache() / "logs" / "initdb.log",
            cwd="/",
        )
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write(SETTINGS)
        (self.data / "complete").touch()

    def start(self):
        """Make the server where it is missing, start it where it sleeps; return its
        environment.
        """
        programs = ensure_postgres()
        self._make_folder(self.socket)
        if not (self.data / "complete").exists():
            self._initialise(programs)
        if not self.running(programs):
            log = self.data / "server.log"
            started = self._run(
                *(programs / "pg_ctl", "-D", self.data, "-w", "-l", log),
                *("-o", f"-c unix_socket_directories={self.socket}", "start"),
            )
            if started.returncode:
                lines = (
                    log.read_text("utf-8", "replace").splitlines()[-8:]
                    if log.exists()
                    else []
                )
                raise Trouble(
                    "the private PostgreSQL server does not start:\n"
                    + "\n".join([started.stderr, *lines])
                )
        self._run(
            *(
                programs / "psql",
                "-h",
                self.socket,
                "-U",
                "postgres",
                "-XAtqd",
                "postgres",
            ),
            *(
                "-c",
                f"create role {ROLE} login createdb",
            ),  # fails when it is there, which is as good
        )
        return {"PGHOST": str(self.socket), "PGUSER": ROLE}

    def stop(self):
        """Stop the server; False when it was not running."""
        programs = postgres_programs()
        if not programs or not self.data.exists() or not self.running(programs):
            return False
        self._run(programs / "pg_ctl", "-D", self.data, "-m", "fast", "stop")
        return True


def environment():
    """PG* settings of a server that is ready for Odoo."""
    if given():
        # What it lacks is told by databases.check_server, which has a client library.
        return {
            name: value for name, value in os.environ.items() if name.startswith("PG")
        }
    return Cluster().start()


def is_local():
    """Whether the server that the environment names runs on this machine."""
    host = os.environ.get("PGHOST", "")
    return host.startswith("/") or host in ("localhost", "127.0.0.1", "::1")
