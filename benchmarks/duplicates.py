"""Searching for duplicates among 100,000 prospects, beside Odoo's hint.

Odoo's way is what its form shows, ``duplicate_lead_count``, computed for a batch
of prospects, in a database without our add-ons. Ours is a whole search with all rules,
to written pairs:
``duplicates.scan`` is one that finds the index up to date, as the job leaves it,
``duplicates.first`` one that finds it empty, and ``duplicates.keep`` what it costs to
keep it, for each prospect whose name or address was changed. Figures are prospects per
CPU second, parallel workers of PostgreSQL off. Then a search of 1,000 changed ones
among ten times as many (``duplicates.changed``). Seconds, queries and memory are
printed beside them.
"""

import os
import random
import time
from datetime import timedelta
from pathlib import Path

from house import databases
from house.benchmark import load, read_memory
from house.console import say

SAMPLE = 300
CHANGED = 1_000
KEPT = 10_000
# records that the job reads at once
FEWER = 2_000


def run(bench):
    """A search with the index and without, keeping it, and a search of what changed."""
    with bench.stock() as stock:
        yield from compare(bench, stock)


def compare(bench, stock):
    """The figures, with the database in which Odoo's side is measured."""
    rows = bench.rows(100_000)
    fill(bench, rows)
    fill(stock, rows)

    def figure(name, ours, goal):
        return bench.figure(
            f"duplicates.{name}",
            host=lambda: SAMPLE / stock.cpu(hosts_field, SAMPLE),
            beside=lambda: SAMPLE / bench.cpu(hosts_field, SAMPLE),
            ours=ours,
            unit="prospects/CPU-s",
            goal=goal,
        )

    yield figure(
        "first", lambda: rows / told(bench, f"first of {rows}", search_first), ">= 10"
    )
    told(bench, "the index", keep, commit=True)
    settle(bench)
    yield figure(
        "scan", lambda: rows / told(bench, f"all {rows}", search_all), ">= 100"
    )
    kept = min(KEPT, rows // 10)
    yield figure("keep", lambda: kept / keep_changed(bench, kept), ">= 10")
    if bench.rows(0):
        # a million takes its time to make: only when no other number is asked for
        return
    fill(bench, 9 * rows, written=timedelta(0))
    fill(stock, 9 * rows, written=timedelta(0))
    told(bench, f"first of {10 * rows}", search_committed, commit=True)
    # rounds of the job until nothing is read a second time
    for number in range(3):
        told(bench, f"round {number}", keep, commit=True)
    settle(bench)
    with bench.env(commit=True) as env:
        change(env, CHANGED)
    yield figure(
        "changed",
        lambda: CHANGED / told(bench, f"{CHANGED} changed of {10 * rows}", search),
        ">= 1",
    )


def fill(bench, rows, written=timedelta(days=1)):
    """So many more prospects, some of whom are there twice; in a process of its own,
    whose memory is not counted.

    :param written: how long ago. Yesterday: the index is behind until it is kept, and
        no moment longer; but it does not look back at what is older than its last round
    """
    pid = os.fork()
    if not pid:
        try:
            _write_people(bench, rows, written)
            os._exit(0)
        finally:
            os._exit(1)
    if os.waitpid(pid, 0)[1]:
        raise ValueError("no prospects were made")
    with bench.env(commit=True) as env:
        env.cr.execute("ANALYZE crm_lead")
        env.cr.execute("SELECT count(*) FROM crm_lead")
        say(f"{env.cr.fetchone()[0]} leads")


def _write_people(bench, rows, written):
    from odoo import sql_db  # noqa: PLC0415 - started by then
    from odoo.modules.registry import Registry  # noqa: PLC0415 - started by then

    # connections are never shared with the parent
    sql_db._Pool = sql_db._Pool_readonly = None
    Registry(bench.database)._db = sql_db.db_connect(bench.database)
    people = load("matching").People(rows, round(rows / 1.15), varied=True, share=0.1)
    with bench.env(commit=True) as env:
        write(env, people.records[:rows], written, bench.is_stock)


def write(env, records, written, is_stock=False):
    """Records into the table, with what Odoo computes of them."""
    from odoo.tools import email_normalize  # noqa: PLC0415 - started by then

    from odoo.addons.iap.tools import iap_tools  # noqa: PLC0415 - started by then
    from odoo.addons.prospect.tools.copying import copy_rows  # noqa: PLC0415 - started by then

    own = [] if is_stock else ["is_listed", "status_id", "first_name", "last_name"]
    status = is_stock or env.ref("prospect.prospect_status_new").id
    stage = env["crm.stage"].search([], limit=1).id
    now = env.cr.now() - written
    copy_rows(
        env.cr,
        "crm_lead",
        [
            "name",
            "type",
            "active",
            *own,
            "stage_id",
            "company_id",
            "user_id",
            "priority",
            "contact_name",
            "partner_name",
            "email_from",
            "email_normalized",
            "email_domain_criterion",
            "phone",
            "phone_sanitized",
            "zip",
            "street",
            "street2",
            "city",
            "won_status",
            "probability",
            "create_date",
            "write_date",
        ],
        (
            (
                f"{one['first']} {one['last']}",
                "lead",
                True,
                *(
                    (True, status, one["first"] or None, one["last"] or None)
                    if own
                    else ()
                ),
                stage,
                env.company.id,
                2,
                "0",
                f"{one['first']} {one['last']}".strip(),
                one["company"] or None,
                one["email"] or None,
                email_normalize(one["email"]) or None,
                iap_tools.mail_prepare_for_domain_search(one["email"]) or None
                if one["email"]
                else None,
                one["phone"] or None,
                one["phone"] or None,
                one["zip"] or None,
                *(one.get(key) or None for key in ("street", "street2", "city")),
                "pending",
                10,
                now,
                now,
            )
            for one in records
        ),
    )


def told(bench, what, function, *args, commit=False):
    """CPU seconds of a search, with what it took in words."""
    with bench.env(commit=commit) as env:
        return told_in(bench, env, what, function, *args)


def told_in(bench, env, what, function, *args):
    """The same in a transaction that was prepared."""
    # the highest it has been so far is forgotten
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = read_memory("VmRSS")
    started = time.monotonic()
    seconds = bench.measure(env, function, *args)
    memory = read_memory("VmHWM") - before
    say(
        f"{what}: {seconds:.2f} CPU-s, {time.monotonic() - started:.1f} s,"
        f" {bench.queries} queries, {memory:.0f} MB more, {bench.result}"
    )
    return seconds


def hosts_field(env, count):
    """What Odoo's form shows of some prospects, in a batch."""
    env.cr.execute("SELECT max(id) FROM crm_lead")
    numbers = random.Random(1).sample(range(1, env.cr.fetchone()[0] + 1), 2 * count)
    leads = env["crm.lead"].browse(numbers).exists()[:count]
    return sum(leads.mapped("duplicate_lead_count"))


def settle(bench):
    """What PostgreSQL's autovacuum does after many rows, at once."""
    with databases.server(bench.database) as cursor:
        for table in ("dedupe_index", "dedupe_index_key", "duplicate_pair"):
            cursor.execute(f"VACUUM ANALYZE prospect_{table}")
        # again, when autovacuum looked at that moment
        while _count_unsettled(cursor):
            time.sleep(1)
            cursor.execute("VACUUM prospect_dedupe_index_key")
        cursor.execute("ANALYZE crm_lead")


def _count_unsettled(cursor):
    """Pages of the index of duplicates that not every reader sees whole."""
    cursor.execute(
        """SELECT relpages - relallvisible FROM pg_class
            WHERE relname = 'prospect_dedupe_index_key'"""
    )
    return cursor.fetchone()[0]


def search_first(env):
    """A search from nothing."""
    env.cr.execute("TRUNCATE prospect_dedupe_index, prospect_dedupe_index_key")
    env["prospect.dedupe.cursor"]._begin_anew()
    return search_all(env)


def search_all(env):
    """A search of all prospects."""
    return search(env, is_full=True)


def search_committed(env):
    """A search of all as the job does it, each batch committed: its memory counts."""
    return search(env, is_full=True, after=env.cr.commit)


def search(env, is_full=False, after=lambda: None):
    """Run a scan to its end; how many pairs there are."""
    scan = env["prospect.duplicate.scan"]._make(is_full=is_full)
    if scan.is_full != is_full:
        raise ValueError("this search was to look at something else")
    for _batch in scan._work_in_background(commits=False):
        env.flush_all()
        after()
    if scan.state != "done":
        raise ValueError(scan.state)
    return f"{scan.found_count} pairs of {scan.todo_count} records"


def keep(env):
    """The job that keeps the index, in batches as it does them."""
    count = 0
    progress = env["prospect.dedupe.cursor"]
    env["prospect.dedupe.index"]._expect_many()
    while batch := progress._work(FEWER):
        count += batch
    return f"{count} records"


def keep_changed(bench, count):
    """What it costs to keep the index when some prospects got another name."""
    with bench.env() as env:
        change(env, count)
        return told_in(bench, env, f"{count} kept", keep)


def change(env, count):
    """Some prospects get another name."""
    env.cr.execute(
        """UPDATE crm_lead SET last_name = last_name || 'e', write_date = %s
            WHERE id IN (SELECT id FROM crm_lead WHERE last_name > ''
                       ORDER BY md5(id::text) LIMIT %s)""",
        (env.cr.now(), count),
    )
