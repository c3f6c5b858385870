"""The pages of the analysis beside one sequential aggregate of the history.

A million prospects with five million changes of status, of two years; ``--rows`` says
how many prospects. *Host* is ``SELECT to_id, count(*), min(date), max(date)`` over the
whole history, read once from end to end in one process: what a page that keeps nothing
would have to do at least. *Ours* is what the page asks the server for when it is
opened, with the period before. Both are CPU seconds of Python and of the backend.
Pages over the whole time, and what keeping the figures costs, are printed beside.
"""

import time

from house.console import say

PEOPLE = 40
SOURCES = 14
DAYS = 730


def run(bench):
    """Funnel, people and the dashboard, as a sales administrator opens them."""
    rows = bench.rows(1_000_000)
    with bench.env(commit=True) as env:
        fill(env, rows)
    with bench.env(commit=True) as env:
        for table in ("crm_lead", "prospect_status_change", "prospect_assignment"):
            env.cr.execute(f"ANALYZE {table}")
    keep(bench)
    for name in ("funnel", "people", "cohorts", "sources"):
        yield bench.figure(
            f"analysis.{name}",
            host=lambda: milliseconds(bench, aggregate),
            ours=lambda name=name: milliseconds(bench, open_page, name),
            unit="ms CPU",
            goal="< 1.5",
        )
    yield bench.figure(
        "analysis.dashboard",
        host=lambda: milliseconds(bench, aggregate),
        ours=lambda: milliseconds(bench, open_dashboard),
        unit="ms CPU",
        goal="< 1.5",
    )
    for name in ("funnel", "people"):
        spent = milliseconds(bench, open_page, name, {"period": "all"})
        say(f"{name}, all the time: {spent:.0f} ms CPU")


def milliseconds(bench, function, *args):
    """CPU of one call, in a transaction of its own."""
    return bench.cpu(function, *args) * 1000


def alone(env):
    """Let the backend work by itself, whose CPU is counted, and not its helpers."""
    env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")


def aggregate(env):
    """One sequential aggregate of the history."""
    alone(env)
    env.cr.execute("SET LOCAL enable_indexonlyscan = off")
    env.cr.execute("SET LOCAL enable_indexscan = off")
    env.cr.execute(
        "SELECT to_id, count(*), min(date), max(date)"
        " FROM prospect_status_change GROUP BY to_id"
    )
    return env.cr.fetchall()


def as_reader(env):
    """The environment of a sales administrator."""
    user = env["res.users"].search([("login", "=", "bench_admin")])
    return env(user=user.id, su=False)


def open_page(env, name, filters=None):
    """What the page asks for when it is opened."""
    alone(env)
    return as_reader(env)["prospect.analysis"].get_page(name, filters or {})


def open_dashboard(env):
    """The same of the dashboard."""
    alone(env)
    return as_reader(env)["prospect.dashboard"].get_page()


def keep(bench):
    """Make the kept figures, and again after a thousand prospects have changed."""
    with bench.env(commit=True) as env:
        # the job commits each batch; here they are one transaction
        started = time.monotonic()
        env["prospect.lifecycle.refresh"]._refresh()
        say(f"first time: {time.monotonic() - started:.0f} s")
    with bench.env(commit=True) as env:
        for table in (
            "prospect_lifecycle",
            "prospect_lifecycle_step",
            "prospect_lifecycle_salesperson",
        ):
            env.cr.execute(f"ANALYZE {table}")
            env.cr.execute(
                f"SELECT count(*), pg_total_relation_size('{table}') FROM {table}"
            )
            count, size = env.cr.fetchone()
            say(f"{table}: {count} rows, {size / 2**20:.0f} MB")
        env.cr.execute(
            "UPDATE crm_lead SET user_id = user_id WHERE id IN"
            " (SELECT id FROM crm_lead WHERE status_id > 0 ORDER BY id LIMIT 1000)"
        )
    with bench.env(commit=True) as env:
        started = time.monotonic()
        env["prospect.lifecycle.refresh"]._refresh()
        say(f"a thousand changed: {time.monotonic() - started:.1f} s")


def make_light(env):
    """Take away what makes writing slow and nobody here reads: foreign keys, which are
    right by construction, and the indexes for parts of words.
    """
    env.cr.execute(
        """SELECT format('ALTER TABLE %I DROP CONSTRAINT %I',
                         conrelid::regclass, conname)
             FROM pg_constraint
            WHERE contype = 'f' AND conrelid IN (
                  'crm_lead'::regclass, 'prospect_status_change'::regclass,
                  'prospect_assignment'::regclass, 'prospect_lifecycle'::regclass,
                  'prospect_lifecycle_step'::regclass,
                  'prospect_lifecycle_salesperson'::regclass)
            UNION ALL
           SELECT format('DROP INDEX %I', indexname)
             FROM pg_indexes
            WHERE tablename = 'crm_lead' AND indexdef LIKE '%USING gin%'"""
    )
    for (statement,) in env.cr.fetchall():
        env.cr.execute(statement)


def fill(env, rows):
    """Prospects, their salespeople and five changes of status each."""
    group = env.ref("sales_team.group_sale_salesman")
    people = env["res.users"].create(
        [
            {
                "name": f"Bench {number}",
                "login": f"bench_{number}",
                "group_ids": [(6, 0, group.ids)],
            }
            for number in range(PEOPLE)
        ]
    )
    env["res.users"].create(
        {
            "name": "Bench administrator",
            "login": "bench_admin",
            "tz": "Europe/Paris",
            "group_ids": [(6, 0, env.ref("sales_team.group_sale_manager").ids)],
        }
    )
    sources = env["utm.source"].search([("prospect_channel", "!=", False)])[:SOURCES]
    statuses = env["prospect.status"].search([])
    values = {
        "rows": rows,
        "days": DAYS,
        "people": people.ids,
        "sources": sources.ids,
        "stage": env["crm.stage"].search([], limit=1).id,
        "company": env.company.id,
        "new": statuses.filtered("is_default").id,
        **{
            name: env.ref(f"prospect.prospect_status_{name}").id
            for name in ("in_progress", "to_clarify", "converted", "junk")
        },
    }
    make_light(env)
    env.cr.execute(
        """
        INSERT INTO crm_lead (name, type, active, user_id, company_id, priority,
                              source_id, email_from, email_normalized, stage_id,
                              status_id, is_listed, won_status, probability,
                              create_date, write_date)
        SELECT 'Person ' || number, 'lead', TRUE,
               (%(people)s)[1 + number %% cardinality(%(people)s)], %(company)s, '0',
               (%(sources)s)[1 + number / 7 %% cardinality(%(sources)s)],
               'person' || number || '@example.com',
               'person' || number || '@example.com', %(stage)s,
               (ARRAY[%(in_progress)s, %(to_clarify)s, %(converted)s, %(junk)s])
                   [1 + number %% 4],
               TRUE, 'pending', 10,
               now() - %(days)s * number::float / %(rows)s * interval '1 day', now()
          FROM generate_series(%(rows)s, 1, -1) AS number
        """,
        values,
    )
    # New, In progress, To clarify, In progress, and what it is now
    env.cr.execute(
        """
        INSERT INTO prospect_status_change (lead_id, date, user_id, cause, from_id,
                    to_id, from_name, to_name, from_kind, to_kind)
        SELECT lead.id,
               lead.create_date + step * (lead.id %% 97) * interval '37 minutes',
               lead.user_id, 'manual', old.id, status.id, old.name->>'en_US',
               status.name->>'en_US', old.kind, status.kind
          FROM crm_lead AS lead
          JOIN generate_series(0, 4) AS step ON TRUE
          JOIN prospect_status AS status ON status.id = CASE step
               WHEN 0 THEN %(new)s WHEN 1 THEN %(in_progress)s
               WHEN 2 THEN %(to_clarify)s WHEN 3 THEN %(in_progress)s
               ELSE lead.status_id END
     LEFT JOIN prospect_status AS old ON old.id = CASE step
               WHEN 1 THEN %(new)s WHEN 2 THEN %(in_progress)s
               WHEN 3 THEN %(to_clarify)s WHEN 4 THEN %(in_progress)s END
         WHERE lead.status_id IS NOT NULL AND lead.name LIKE 'Person %%'
      ORDER BY lead.create_date, lead.id, step
        """,
        values,
    )
    env.cr.execute(
        """
        INSERT INTO prospect_assignment (lead_id, date, user_id, cause, assignee_id)
        SELECT id, create_date, user_id, 'manual', user_id
          FROM crm_lead WHERE name LIKE 'Person %' ORDER BY create_date, id
        """
    )
    say(f"{rows} prospects")
