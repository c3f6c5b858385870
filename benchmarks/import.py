"""The same file of people by Odoo's import and by ours, on either of our two write
paths.

Odoo's import runs as its web page does it: batches of 2,000 rows, without tracking, in
a database that has no Prospect. Ours is the whole operation, from the file to the
receipt: preview and run, with histories, lists and lines. All go into a table with as
many prospects. ``--rows`` is the size of the file.

Both databases have the trigram indexes of Odoo, which every database has that Odoo
itself has made; those of the tests are made without the extension that they need.

``import.fast_vs_copy`` compares our whole operation with COPY of the rows that it
stores in ``crm_lead``, and of nothing else: neither tags nor histories, keys nor lines.
PostgreSQL leaves what it adds to a trigram index in a list of its own, which somebody
else merges later for five times the price. The figure is taken with the indexes kept up
at once on both sides (``fastupdate = off``), as the limits of PERFORMANCE.md were: the
work that a row costs the table, and not the part of it that is put off. What both make
with such lists, merged after, is printed above it.
"""

import contextlib
import csv
import functools
import io
import itertools
import random
import statistics
import time
from base64 import b64encode

from odoo.tools import SQL

from odoo.addons.prospect.models.gate.reader import ImportReader
from odoo.addons.prospect.tools.trusted import trusted

from house.console import say

KNOWN = 100_000
BATCH = 2000
# People who share one address.
OFFICE = 5000
HOST_FIELDS = [
    # Odoo asks for a title, and knows no person without it
    *("name", "partner_name", "email_from", "phone", "street", "zip", "city"),
    *("country_id", "source_id", "tag_ids"),
]
HEADER = [
    *("Contact Name", "Company", "Email", "Phone", "Street", "Zip", "City"),
    *("Country", "Source", "Tags"),
]
OPTIONS = {
    "import_skip_records": [],
    "import_set_empty_fields": [],
    "fallback_values": {},
    "name_create_enabled_fields": {},
    "encoding": "utf-8",
    "separator": ",",
    "quoting": '"',
    "date_format": "",
    "datetime_format": "",
    "float_thousand_separator": ",",
    "float_decimal_separator": ".",
    "advanced": True,
    "has_headers": True,
    "keep_matches": False,
    "sheet": "",
    "tracking_disable": True,
}
COUNTRIES = ("France", "Belgium", "Switzerland", "Spain")
SOURCES = ("Bench fair", "Bench letter", "Bench partner")
TAGS = [f"Bench {number}" for number in range(8)]
# What the shares of time are of: (name, model or class, method). A model's method is
# timed where it is defined: one set on the model itself would end the fast path.
PHASES = (
    ("parsing", "prospect.operation", "_read_rows"),
    ("normalising", ImportReader, "read_row"),
    ("matching", "prospect.gate", "_match"),
    ("planning", "prospect.gate", "_plan"),
    ("writing", "prospect.gate", "_write_rows"),
    ("reactions", "prospect.gate", "_react"),
    ("plan's lines", "prospect.operation", "_write_lines"),
    ("receipt", "prospect.operation", "_close_lines"),
)


def run(bench):
    """Figures of both write paths, of the preview, and of a second import of the
    file.
    """
    rows = bench.rows(10_000)
    data = make_file(rows)
    with bench.stock() as plain:
        prepare(plain)
        prepare(bench)
        host = functools.partial(cached, {}, lambda: rows / hosts_way(plain, data))
        ours = Ours(bench, data, rows)
        for write_path, goal in (("standard", ">= 3.5"), ("fast", ">= 12")):
            turns = iter(range(bench.repeat))
            yield bench.figure(
                f"import.{write_path}",
                host=lambda turns=turns: host(next(turns)),
                ours=lambda write_path=write_path: ours.speed(write_path),
                unit="rows/CPU-s",
                goal=goal,
            )
            ours.show(write_path)
    yield bench.figure(
        "import.preview",
        host=lambda: ours.seconds["fast"]["run"][-1],
        ours=lambda: ours.seconds["fast"]["preview"][-1],
        unit="CPU-s",
        goal="<= 0.6",
    )
    yield bench.figure(
        "import.preview_dead_rows",
        host=lambda: 1,
        ours=lambda: dead_rows(bench, data),
        unit="rows",
        goal="<= 0",
    )
    yield bench.figure(
        "import.again",
        host=lambda: (
            ours.seconds["fast"]["preview"][-1] + ours.seconds["fast"]["run"][-1]
        ),
        ours=lambda: second_time(bench, data, rows),
        unit="CPU-s",
        goal="< 1",
    )
    yield bench.figure(
        "import.one_address",
        host=lambda: office(bench, "person{}@office.example.com"),
        ours=lambda: office(bench, "info@office.example.com"),
        unit="CPU-s",
        goal="<= 2",
    )
    stored = as_stored(bench, data)
    say(
        f"with the lists of trigram indexes merged after: COPY"
        f" {rows / bench.cpu(copy, stored):.0f}, ours"
        f" {ours.last('fast', 'preview', 'run', 'merge'):.0f} rows/CPU-s"
    )
    index_at_once(bench)
    yield bench.figure(
        "import.fast_vs_copy",
        host=lambda: rows / bench.cpu(copy, stored),
        ours=lambda: ours.speed("fast"),
        unit="rows/CPU-s",
        goal=">= 0.5",
    )


def cached(values, function, turn):
    """What a function gave in a turn: Odoo's way takes minutes."""
    if turn not in values:
        values[turn] = function()
    return values[turn]


# --- The data ------------------------------------------------------------------------


def make_file(rows):
    """The file of people, all of them new."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for number in range(rows):
        writer.writerow(
            [
                f"Camille{number} Martin{number % 977}",
                f"Company {number // 3}",
                f"camille.{number}@bench{number % 499}.example.com",
                f"+336{number % 100_000_000:08}",
                f"{number % 300} rue de la Paix",
                f"{75000 + number % 20}",
                f"Ville {number % 200}",
                COUNTRIES[number % len(COUNTRIES)],
                SOURCES[number % len(SOURCES)],
                f"{TAGS[number % 4]},{TAGS[4 + number // 4 % 4]}",
            ]
        )
    return text.getvalue().encode()


def prepare(bench):
    """Sources, tags, and as many leads as a team has, spread over two years."""
    complete_indexes(bench)
    with bench.env(commit=True) as env:
        group = env.ref("crm.group_use_lead")
        env.ref("base.group_user").implied_ids += group
        env["utm.source"].create([{"name": name} for name in SOURCES])
        env["crm.tag"].create([{"name": name} for name in TAGS])
        listed = "status_id" in env["crm.lead"]._fields
        status = env.ref("prospect.prospect_status_new").id if listed else None
        env.cr.execute(
            f"""
            INSERT INTO crm_lead (name, type, active, contact_name, partner_name,
                                  email_from, email_normalized,
                                  email_domain_criterion, phone, phone_sanitized,
                                  company_id, stage_id, priority, street, zip, city,
                                  won_status, probability,
                                  create_date, write_date
                                  {", status_id, is_listed" if listed else ""})
            SELECT 'Person ' || number, 'lead', TRUE, 'Person ' || number,
                   'Company ' || number / 5, 'person' || number || '@known.example.com',
                   'person' || number || '@known.example.com', '@known.example.com',
                   '+32 470 ' || number, '+32470' || number,
                   %(company)s, %(stage)s, '0', number || ' street', '1000',
                   'Town ' || number %% 500,
                   'pending', 10,
                   now() - number * interval '10 minutes', now()
                   {", %(status)s, TRUE" if listed else ""}
              FROM generate_series(1, %(known)s) AS number
            """,
            {
                "company": env.company.id,
                "stage": env["crm.stage"].search([], limit=1).id,
                "status": status,
                "known": KNOWN,
            },
        )
    with bench.env(commit=True) as env:
        merge(env)
        env.cr.execute("ANALYZE crm_lead")


def complete_indexes(bench):
    """Make the trigram indexes, as in any database that Odoo itself has made."""
    with bench.env(commit=True) as env:
        env.cr.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        registry = env.registry
        registry.has_trigram = True
        registry.check_indexes(env.cr, registry.models)


def index_at_once(bench):
    """Let trigram indexes be kept up with each row, and not by a later job."""
    with bench.env(commit=True) as env:
        merge(env)
        env.cr.execute(
            """SELECT index.relname
                 FROM pg_index
                 JOIN pg_class AS index ON index.oid = pg_index.indexrelid
                 JOIN pg_am ON pg_am.oid = index.relam
                WHERE pg_index.indrelid = 'crm_lead'::regclass
                  AND pg_am.amname = 'gin'"""
        )
        for (name,) in env.cr.fetchall():
            env.cr.execute(
                SQL("ALTER INDEX %s SET (fastupdate = off)", SQL.identifier(name))
            )


def merge(env):
    """Merge what was added to trigram indexes into them, as a vacuum does later."""
    env.cr.execute(
        """SELECT gin_clean_pending_list(index.oid)
             FROM pg_index
             JOIN pg_class AS index ON index.oid = pg_index.indexrelid
             JOIN pg_am ON pg_am.oid = index.relam
            WHERE pg_index.indrelid = 'crm_lead'::regclass AND pg_am.amname = 'gin'"""
    )


# --- Odoo's way -----------------------------------------------------------------


def hosts_way(bench, data):
    """CPU seconds of Odoo's import of the file, batch after batch as its page does."""
    return bench.cpu(import_hosts_way, data, user="admin")


def import_hosts_way(env, data):
    """What the page calls, for each 2,000 rows of the file."""
    wizard = env["base_import.import"].create(
        {
            "res_model": "crm.lead",
            "file": data,
            "file_name": "people.csv",
            "file_type": "text/csv",
        }
    )
    skip = 0
    while True:
        result = wizard.with_context(
            default_type="lead", tracking_disable=True
        ).execute_import(
            HOST_FIELDS,
            HEADER,
            {**OPTIONS, "limit": BATCH, "skip": skip},
        )
        if result["messages"]:
            raise ValueError(result["messages"][:3])
        env.flush_all()
        skip = result["nextrow"]
        if not skip:
            return


# --- Ours ----------------------------------------------------------------------------


class Ours:
    """Our import by either write path, and what it took.

    - ``seconds``: {write path: {"preview", "run" or "merge": CPU seconds of each turn}}
    """

    def __init__(self, bench, data, rows):
        self.bench = bench
        self.data = data
        self.rows = rows
        self.seconds = {}
        self.shares = {}
        self.write_paths = {}

    def speed(self, write_path):
        """Rows a CPU second from the file to the receipt."""
        bench = self.bench
        seconds = self.seconds.setdefault(
            write_path, {"preview": [], "run": [], "merge": []}
        )
        shares = self.shares[write_path] = {}
        with bench.env(user="admin") as env, measured_phases(env, shares):
            env = env(
                context={**env.context, **trusted(prospect_write_path=write_path)}
            )
            seconds["preview"].append(bench.measure(env, preview, self.data))
            operation = bench.result
            seconds["run"].append(bench.measure(env, run_operation, operation))
            seconds["merge"].append(bench.measure(env, merge))
            if operation.created_count != self.rows:
                raise ValueError((operation.created_count, operation.error))
            self.write_paths[write_path] = operation.write_path
        return self.last(write_path)

    def last(self, write_path, *phases):
        """Rows a CPU second of the last turn; merging is a later job's, as Odoo's.

        :param phases: what is counted, else preview and run
        """
        phases = phases or ("preview", "run")
        return self.rows / sum(self.seconds[write_path][phase][-1] for phase in phases)

    def show(self, write_path):
        """Print where the time goes."""
        seconds = {
            phase: statistics.median(values)
            for phase, values in self.seconds[write_path].items()
        }
        total = seconds["preview"] + seconds["run"]
        shares = sorted(self.shares[write_path].items(), key=lambda item: -item[1])
        say(
            f"{write_path}: preview {seconds['preview']:.2f}, run {seconds['run']:.2f}"
            f" CPU-s; wall, in % of it: "
            + ", ".join(f"{name} {100 * share / total:.0f}" for name, share in shares)
            + f"; {self.write_paths[write_path]}"
        )


def preview(env, data):
    """An operation on the file, planned."""
    wizard = env["prospect.import"].create(
        {"file": b64encode(data), "filename": "people.csv"}
    )
    operation = wizard._make_operation()
    operation.action_preview()
    work(operation)
    return operation


def run_operation(env, operation):
    """The planned operation, run."""
    operation = operation.with_env(env)
    operation.action_run()
    work(operation)


def work(operation):
    """What the background does for an operation of many rows."""
    for _batch in operation.sudo()._work_in_background():
        pass
    if operation.state not in ("previewed", "done"):
        raise ValueError((operation.state, operation.error))


def second_time(bench, data, rows):
    """CPU seconds of the same file once more, all of it known."""
    with bench.env(user="admin") as env:
        run_operation(env, preview(env, data))
        env.invalidate_all()

        def again(env):
            operation = preview(env, data)
            run_operation(env, operation)
            return operation.unchanged_count

        seconds = bench.measure(env, again)
        if bench.result != rows:
            raise ValueError(bench.result)
        return seconds


def office(bench, address):
    """CPU seconds of a file of people who all have an address made like this one.

    With the same one, each of them is compared with the others, and told.
    """
    people = list(itertools.islice(make_names(), OFFICE))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Contact Name", "Email", "City"])
    for number, name in enumerate(people):
        writer.writerow([name, address.format(number), f"Ville {number % 200}"])
    data = text.getvalue().encode()
    with bench.env(user="admin") as env:

        def whole(env):
            operation = preview(env, data)
            run_operation(env, operation)
            return operation

        seconds = bench.measure(env, whole)
        # some have names that are alike
        if bench.result.created_count < 0.9 * OFFICE:
            raise ValueError((bench.result.created_count, bench.result.error))
        return seconds


def make_names():
    """Names of people, different to whoever compares them: no slip is another one."""
    chance = random.Random(1)
    while True:
        first, last = (
            "".join(
                chance.choice("bdfgjklmnprstvz") + chance.choice("aeiou")
                for _syllable in range(count)
            ).capitalize()
            for count in (5, 4)
        )
        yield f"{first} {last}"


def dead_rows(bench, data):
    """Rows that a preview has left behind in the table of prospects."""
    with bench.env(user="admin") as env:
        query = "SELECT pg_stat_get_xact_tuples_inserted('crm_lead'::regclass)"
        env.cr.execute(query)
        (before,) = env.cr.fetchone()
        preview(env, data)
        env.cr.execute(query)
        (after,) = env.cr.fetchone()
        return after - before


def _find_owner(env, owner, name):
    """The class that defines a method: of a model, the first of its MRO."""
    if not isinstance(owner, str):
        return owner
    return next(c for c in type(env[owner]).__mro__ if name in vars(c))


@contextlib.contextmanager
def measured_phases(env, shares):
    """Add the seconds of each phase to ``shares``; a phase within one counts there."""
    stack = []

    def timed(phase, method):
        @functools.wraps(method)
        def wrapper(*args, **kwargs):
            started = time.perf_counter()
            stack.append(0.0)
            try:
                return method(*args, **kwargs)
            finally:
                spent = time.perf_counter() - started
                shares[phase] = shares.get(phase, 0.0) + spent - stack.pop()
                if stack:
                    stack[-1] += spent

        return wrapper

    owners = [_find_owner(env, owner, name) for _phase, owner, name in PHASES]
    former = [
        (owner, name, vars(owner)[name])
        for owner, (_phase, _model, name) in zip(owners, PHASES, strict=True)
    ]
    for (owner, name, method), (phase, *_rest) in zip(former, PHASES, strict=True):
        setattr(owner, name, timed(phase, method))
    try:
        yield
    finally:
        for owner, name, method in former:
            setattr(owner, name, method)


# --- The limit -----------------------------------------------------------------------


def as_stored(bench, data):
    """The rows of the file as they are stored, for COPY: (columns, text)."""
    with bench.env(user="admin") as env:
        env = env(context={**env.context, **trusted(prospect_write_path="fast")})
        run_operation(env, preview(env, data))
        env.cr.execute("SELECT max(id) FROM crm_lead")
        lead = env["crm.lead"]
        columns = ", ".join(
            f'"{field.name}"'
            for field in lead._fields.values()
            if field.store and field.column_type and field.name != "id"
        )
        text = io.StringIO()
        env.cr.copy_expert(
            f"COPY (SELECT {columns} FROM crm_lead WHERE create_date ="
            " (SELECT max(create_date) FROM crm_lead)) TO STDOUT",
            text,
        )
        return columns, text.getvalue()


def copy(env, stored):
    """The rows into the same table, with all its indexes."""
    columns, text = stored
    env.cr.copy_expert(f"COPY crm_lead ({columns}) FROM STDIN", io.StringIO(text))
    if env.cr.rowcount < 1:
        raise ValueError(env.cr.rowcount)
    merge(env)
