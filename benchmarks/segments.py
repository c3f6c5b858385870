"""Refreshing a list synced from a segment: the cost grows with what changed.

There is no way of Odoo's to set beside it: the figures are ratios of our own. The same
1,000 changes among 100,000 prospects (the quickest of some) and among ten times as many
("size"), and 100 and
10,000 changes among the larger number ("changes"), where a hundred times the changes
should cost no more than a hundred times as much. A full rebuild, which the refresh
saves, stands beside them.
"""

from house.benchmark import load
from house.console import say

FEW, SOME, MANY = 100, 1_000, 10_000


def run(bench):
    """Two slopes: by the number of prospects, and by that of changes."""
    rows = bench.rows(100_000)
    duplicates = load("duplicates")
    duplicates.fill(bench, rows)
    with bench.env(commit=True) as env:
        # nobody cleans up while figures are taken, nor when the database is dropped
        for table in ("crm_lead", "prospect_membership", "prospect_list_crm_lead_rel"):
            env.cr.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
        make_sync(env)
    told(bench, "first rebuild", rebuild)
    refresh(bench, SOME)
    small = sorted(measured(bench, SOME) for _turn in range(bench.repeat))[0]
    with bench.env(commit=True) as env:
        multiply(env, 10)
    with bench.env(commit=True) as env:
        env.cr.execute("ANALYZE crm_lead")
        env.cr.execute("ANALYZE prospect_list_crm_lead_rel")
        env.cr.execute("ANALYZE prospect_membership")
    full = told(bench, "rebuild of ten times as many", rebuild)
    full = told(bench, "rebuild without a change", rebuild)
    refresh(bench, SOME)
    yield bench.figure(
        "segments.size",
        host=lambda: small,
        ours=lambda: measured(bench, SOME),
        unit="CPU-s",
        goal="<= 1.5",
    )
    yield bench.figure(
        "segments.changes",
        host=lambda: measured(bench, FEW),
        ours=lambda: measured(bench, MANY),
        unit="CPU-s",
        goal=f"<= {MANY // FEW}",
    )
    yield bench.figure(
        "segments.rebuild",
        host=lambda: full,
        ours=lambda: measured(bench, FEW),
        unit="CPU-s",
        goal="<= 0.2",
    )


def multiply(env, times):
    """So many times the prospects that there are, the same people again."""
    from odoo.tools import SQL  # noqa: PLC0415 - started by then

    columns = SQL(", ").join(
        SQL.identifier(field.name)
        for field in env["crm.lead"]._fields.values()
        if field.store and field.column_type and field.name != "id"
    )
    env.cr.execute(
        SQL(
            "INSERT INTO crm_lead (%s) SELECT %s FROM crm_lead, generate_series(2, %s)",
            columns,
            columns,
            times,
        )
    )
    env.cr.execute("SELECT count(*) FROM crm_lead")
    say(f"{env.cr.fetchone()[0]} leads")


def make_sync(env):
    """A list that mirrors a segment: about half of the prospects change sides."""
    user = env.ref("base.user_admin")
    segment = env["prospect.segment"].create(
        {
            "name": "Bench",
            "domain": "[('city', '=', 'Lyon'), ('status_id.kind', '=', 'new')]",
            "user_id": user.id,
        }
    )
    prospect_list = env["prospect.list"].create(
        {"name": "Bench", "user_id": user.id, "company_id": False}
    )
    env["prospect.segment.sync"].create(
        {
            "segment_id": segment.id,
            "list_id": prospect_list.id,
            "mode": "mirror",
            "user_id": user.id,
        }
    )


def change(env, count):
    """So many prospects, all over the table, move to Lyon, or away from it.

    What was there before was written long ago, and so was the last refresh.
    """
    env.cr.execute(
        """UPDATE crm_lead
              SET city = CASE WHEN city = 'Lyon' THEN 'Paris' ELSE 'Lyon' END,
                  write_date = now() AT TIME ZONE 'UTC'
            WHERE id IN (SELECT id FROM crm_lead WHERE is_listed
                          ORDER BY md5(id::text || random()::text) LIMIT %s)""",
        (count,),
    )
    env.cr.execute(
        """UPDATE prospect_segment_sync
              SET since = now() AT TIME ZONE 'UTC',
                  full_at = now() AT TIME ZONE 'UTC'"""
    )


def settle(env):
    """What was written up to now was written long ago."""
    env.cr.execute("SELECT pg_sleep(0.01)")
    env.cr.execute(
        """UPDATE prospect_membership SET date = date - interval '1 day'
            WHERE date > now() AT TIME ZONE 'UTC' - interval '1 hour'"""
    )


def measured(bench, count):
    """CPU seconds of a refresh after so many changes."""
    with bench.env(commit=True) as env:
        settle(env)
    with bench.env(commit=True) as env:
        change(env, count)
    seconds = told(bench, f"{count} changed", work)
    looked, moved = bench.result[1:]
    if looked < count or looked > 1.1 * count or not moved:
        raise ValueError(f"{looked} looked at, {moved} moved")
    return seconds


def refresh(bench, count):
    """One that is not measured: plans and pages are in memory after it."""
    measured(bench, count)


def find(env):
    """The sync that is measured."""
    return env["prospect.segment.sync"].search([("list_id.name", "=", "Bench")])


def rebuild(env):
    """Look at all prospects."""
    find(env).write({"since": False, "phase": False})
    return work(env)


def work(env):
    """A refresh to its end: (in full, looked at, moved)."""
    sync = find(env)
    while sync._refresh_step():
        pass
    if sync.error:
        raise ValueError(sync.error)
    return sync.is_full, sync.looked_count, sync.joined_count + sync.left_count


def told(bench, what, function):
    """CPU seconds of something that is committed, and what it did in words."""
    seconds = bench.cpu(function, commit=True)
    is_full, looked, moved = bench.result
    say(
        f"{what}: {seconds:.2f} CPU-s, {bench.queries} queries,"
        f" {'all' if is_full else looked} looked at, {moved} moved"
    )
    return seconds
