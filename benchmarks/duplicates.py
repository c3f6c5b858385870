"""Looking for duplicates among 100,000 prospects, beside the host's hint.

The host's road is what its form shows, ``duplicate_lead_count``, computed for a batch
of prospects; ours is a whole first search with all rules, from an empty index to
written pairs. Figures are prospects per CPU second. Then a search of 1,000 changed ones
among ten times as many. Seconds, queries and memory are printed beside them.
"""

import random
import resource
import time

from house.benchmark import load
from house.console import say

SAMPLE = 300
CHANGED = 1_000


def run(bench):
    """A first search, and one of what changed."""
    rows = bench.rows(100_000)
    fill(bench, rows)
    yield bench.figure(
        "duplicates.scan",
        host=lambda: SAMPLE / bench.cpu(hosts_field, SAMPLE),
        ours=lambda: rows / told(bench, f"{rows} prospects", search_all),
        unit="prospects/CPU-s",
        goal=">= 100",
    )
    if bench.rows(0):
        # a million takes its time to make: only when no other number is asked for
        return
    fill(bench, 9 * rows)
    told(bench, f"{10 * rows} prospects", search_all, commit=True)
    with bench.env(commit=True) as env:
        env.cr.execute("ANALYZE prospect_identity")
        env.cr.execute("ANALYZE prospect_duplicate_pair")
        change(env)
    yield bench.figure(
        "duplicates.changed",
        host=lambda: SAMPLE / bench.cpu(hosts_field, SAMPLE),
        ours=lambda: (
            CHANGED / told(bench, f"{CHANGED} of {10 * rows} changed", search_changed)
        ),
        unit="prospects/CPU-s",
        goal=">= 1",
    )


def fill(bench, rows):
    """So many more prospects, some of whom are there twice."""
    people = load("matching").People(rows, round(rows / 1.15), varied=True, share=0.1)
    with bench.env(commit=True) as env:
        write(env, people.records[:rows])
    with bench.env(commit=True) as env:
        env.cr.execute("ANALYZE crm_lead")
        env.cr.execute("SELECT count(*) FROM crm_lead")
        say(f"{env.cr.fetchone()[0]} leads")


def write(env, records):
    """Records into the table, with what the host computes of them."""
    from odoo.tools import email_normalize  # noqa: PLC0415 - started by then

    from odoo.addons.iap.tools import iap_tools  # noqa: PLC0415 - started by then
    from odoo.addons.prospect.tools.copying import copy_rows  # noqa: PLC0415 - started by then

    status = env.ref("prospect.prospect_status_new").id
    stage = env["crm.stage"].search([], limit=1).id
    now = env.cr.now()
    copy_rows(
        env.cr,
        "crm_lead",
        [
            "name",
            "type",
            "active",
            "is_listed",
            "status_id",
            "stage_id",
            "company_id",
            "user_id",
            "priority",
            "first_name",
            "last_name",
            "contact_name",
            "partner_name",
            "email_from",
            "email_normalized",
            "email_domain_criterion",
            "phone",
            "phone_sanitized",
            "zip",
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
                True,
                status,
                stage,
                env.company.id,
                2,
                "0",
                one["first"] or None,
                one["last"] or None,
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
                "pending",
                10,
                now,
                now,
            )
            for one in records
        ),
    )


def told(bench, what, function, commit=False):
    """CPU seconds of a search, with what it took in words."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    seconds = bench.cpu(function, commit=commit)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    say(
        f"{what}: {seconds:.2f} CPU-s, {time.monotonic() - started:.1f} s,"
        f" {bench.queries} queries, {memory // 1024} MB more,"
        f" {bench.result} pairs"
    )
    return seconds


def hosts_field(env, count):
    """What the host's form shows of some prospects, in a batch."""
    env.cr.execute("SELECT max(id) FROM crm_lead")
    numbers = random.Random(1).sample(range(1, env.cr.fetchone()[0] + 1), 2 * count)
    leads = env["crm.lead"].browse(numbers).exists()[:count]
    return sum(leads.mapped("duplicate_lead_count"))


def search_all(env):
    """A search from nothing."""
    env.cr.execute("TRUNCATE prospect_identity")
    return search(env, env["prospect.duplicate.scan"]._make(is_full=True))


def change(env):
    """Some prospects get another name, after the last search."""
    env.cr.execute(
        """UPDATE crm_lead
              SET last_name = last_name || 'e', write_date = %s + interval '3 hours'
            WHERE id IN (SELECT id FROM crm_lead ORDER BY md5(id::text) LIMIT %s)""",
        (env.cr.now(), CHANGED),
    )
    # the last search is not of a minute ago, as far as the next one knows
    env.cr.execute(
        "UPDATE prospect_duplicate_scan SET started_at = %s + interval '4 hours'",
        (env.cr.now(),),
    )


def search_changed(env):
    """A search of what changed since the last one."""
    return search(env, env["prospect.duplicate.scan"]._make())


def search(env, scan):
    """Run a scan to its end; how many pairs there are."""
    for _batch in scan._work_in_background(commits=False):
        pass
    if scan.state != "done":
        raise ValueError(scan.state)
    return scan.found_count
