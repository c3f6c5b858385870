"""Unassigned prospects to ten people, by Odoo's assignment and by our rotation.

The same prospects of one team, among 100,000 others. Odoo's way is ``Assign Leads`` of
the team, which also makes opportunities of them: it has no other; in a database without
our add-ons. Ours is a bulk operation that shares them out by the rotation of the team,
from the selection to the receipt, with its lines, histories and what an undo needs.
``--rows`` is how many prospects both get.

Then whether ours is linear (1,000, 10,000 and 100,000 prospects), and what a turn of
the rotation adds to a prospect that comes in.
"""

import functools

from odoo.modules import module

from house.console import say

KNOWN = 100_000
SIZES = (1_000, 10_000, 100_000)
PEOPLE = 10
# Prospects that come in one by one, to see what a turn costs.
ARRIVALS = 200


def run(bench):
    """The ratio, and the slopes."""
    rows = bench.rows(1_000)
    prepare(bench)
    with bench.stock() as stock:
        prepare(stock)
        yield bench.figure(
            "assign.rotation",
            host=functools.partial(hosts_way, stock, rows),
            beside=functools.partial(hosts_way, bench, rows),
            ours=functools.partial(our_way, bench, rows),
            unit="prospects/CPU-s",
            goal=">= 20",
        )
    costs = {size: 1e3 / our_way(bench, size) for size in SIZES if size <= rows * 100}
    for size, cost in costs.items():
        say(f"{size:>7} prospects: {cost:.3f} CPU-ms each")
    yield bench.figure(
        "assign.slope",
        host=lambda: costs[min(costs)],
        ours=lambda: costs[max(costs)],
        unit="CPU-ms/prospect",
        goal="<= 1.3",
    )
    plain, turned = (arrive(bench, rotates) for rotates in (False, True))
    say(f"a new prospect: {plain:.2f} CPU-ms, {turned:.2f} with a turn of the rotation")


def prepare(bench):
    """Leads of others, a team of ten, and as many prospects as the runs need."""
    with bench.env(commit=True) as env:
        env.ref("base.group_user").implied_ids += env.ref("crm.group_use_lead")
        users = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {
                        "name": f"Bench {number}",
                        "login": f"bench_turn_{number}",
                        "email": f"bench_turn_{number}@example.com",
                        "group_ids": [
                            (4, env.ref("sales_team.group_sale_salesman").id)
                        ],
                    }
                    for number in range(PEOPLE)
                ]
            )
        )
        team = env["crm.team"].create(
            {
                "name": "Bench turns",
                "use_leads": True,
                **({} if bench.is_stock else {"prospect_host_assignment": True}),
                "crm_team_member_ids": [
                    (0, 0, {"user_id": user.id, "assignment_max": 1_000_000})
                    for user in users
                ],
            }
        )
        if not bench.is_stock:
            env["prospect.rotation"].create(
                {
                    "team_id": team.id,
                    "member_ids": [(0, 0, {"user_id": user.id}) for user in users],
                }
            )
        env.flush_all()
        status = bench.is_stock or env.ref("prospect.prospect_status_new").id
        env.cr.execute(
            f"""
            INSERT INTO crm_lead (name, type, active, contact_name, email_from,
                                  email_normalized, email_state, company_id, stage_id,
                                  priority, won_status, probability,
                                  automated_probability, create_date, write_date,
                                  {bench.only_ours("status_id, is_listed,")}
                                  user_id, team_id, date_open)
            SELECT 'Turn ' || number, 'lead', TRUE, 'Turn ' || number,
                   'turn' || number || '@known.example.com',
                   'turn' || number || '@known.example.com', 'correct', %(company)s,
                   %(stage)s, '0', 'pending', 10, 10,
                   now() - number * interval '1 minute', now(),
                   {bench.only_ours("%(status)s, TRUE,")}
                   CASE WHEN number > %(free)s THEN %(user)s END,
                   CASE WHEN number > %(free)s THEN %(team)s END,
                   CASE WHEN number > %(free)s THEN now() END
              FROM generate_series(1, %(all)s) AS number
            """,
            {
                "company": env.company.id,
                "stage": env["crm.stage"].search([("is_won", "=", False)], limit=1).id,
                "status": status,
                "user": env.ref("base.user_admin").id,
                "team": env.ref("sales_team.team_sales_department").id,
                "free": max(SIZES),
                "all": max(SIZES) + KNOWN,
            },
        )
    with bench.env(commit=True) as env:
        env.cr.execute("ANALYZE crm_lead")


def free(env, rows):
    """So many prospects that nobody has."""
    return env["crm.lead"].search(
        [("user_id", "=", False), ("name", "like", "Turn ")], limit=rows
    )


def named(env, model):
    return env[model].search(
        [("name" if model == "crm.team" else "team_id.name", "=", "Bench turns")]
    )


def hosts_way(bench, rows):
    """Prospects a CPU second of ``Assign Leads``."""
    with bench.env() as env:
        team = named(env, "crm.team")
        leads = free(env, rows)
        # Odoo looks at all that nobody has: only these are to be had
        env.cr.execute(
            "UPDATE crm_lead SET user_id = %s"
            " WHERE user_id IS NULL AND NOT id = ANY(%s)",
            [env.ref("base.user_admin").id, leads.ids],
        )
        env.invalidate_all()
        # as in a test: it commits every hundred prospects otherwise
        former, module.current_test = module.current_test, True
        try:
            spent = bench.measure(env, lambda env: team.action_assign_leads())
        finally:
            module.current_test = former
        done = len(leads.exists().filtered("user_id"))
        if done != rows:
            raise ValueError(f"assigned {done} of {rows}")
        return rows / spent


def our_way(bench, rows):
    """Prospects a CPU second, from the selection to the receipt."""
    with bench.env(user="admin") as env:
        ids = free(env, rows).ids
        rotation = named(env, "prospect.rotation")
        spent = bench.measure(env, share, ids, rotation)
        if bench.result.updated_count != rows:
            raise ValueError((bench.result.updated_count, bench.result.error))
        return rows / spent


def share(env, ids, rotation):
    """The whole operation, as the background does it."""
    wizard = env["prospect.bulk"].create(
        {"selection": {"ids": ids}, "rotation_id": rotation.id}
    )
    operation = wizard._make_operation()
    for action in ("action_preview", "action_run"):
        getattr(operation, action)()
        for _batch in operation.sudo()._work_in_background():
            pass
    if operation.state != "done":
        raise ValueError((operation.state, operation.error))
    return operation


def arrive(bench, rotates):
    """CPU milliseconds of one new prospect, one by one."""
    with bench.env() as env:
        named(env, "prospect.rotation").active = rotates
        team = named(env, "crm.team")

        def work(env):
            for number in range(ARRIVALS):
                env["crm.lead"].with_context(tracking_disable=True).create(
                    {
                        "type": "lead",
                        "name": f"Arrival {number}",
                        "team_id": team.id,
                        "user_id": False,
                    }
                )

        work(env)
        return 1e3 * bench.measure(env, work) / ARRIVALS
