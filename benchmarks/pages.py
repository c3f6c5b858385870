"""The Prospects page beside Odoo's lead list and pipeline.

Odoo's are read in a database without our add-ons that has the same leads. The same
number of columns, cards and rows on both sides, as one salesperson who sees
few of them and one who sees many. ``--rows 1000000`` says how it goes on.
"""

import functools

FEW = 1_000
LISTED = [("is_listed", "=", True), ("active", "in", [True, False])]
LEADS = ["|", ("type", "=", "lead"), ("type", "=", False)]
PIPELINE = [("type", "=", "opportunity")]
NAMED = {"fields": {"display_name": {}}}
COLUMNS = {
    "name": {},
    "partner_name": {},
    "email_from": {},
    "phone": {},
    "create_date": {},
    "priority": {},
    "source_id": NAMED,
    "user_id": NAMED,
    "team_id": NAMED,
    "tag_ids": NAMED,
}
HOST_COLUMNS = {**COLUMNS, "stage_id": NAMED, "country_id": NAMED}
OUR_COLUMNS = {**COLUMNS, "status_id": NAMED, "list_ids": NAMED}
PROGRESS = {
    "field": "activity_state",
    "colors": {"planned": "success", "today": "warning", "overdue": "danger"},
}


def run(bench):
    """Figures of the list and the kanban, for a large and a small salesperson."""
    rows = bench.rows(100_000)
    users = prepare(bench, rows)
    with bench.stock() as stock:
        stock_users = prepare(stock, rows)
        for size, user_id in users.items():
            yield from compare(
                bench,
                "" if size == "many" else f".{size}",
                user_id,
                functools.partial(milliseconds, stock),
                stock_users[size],
            )


def prepare(bench, rows):
    """Leads of two salespeople: {size: id}."""
    with bench.env(commit=True) as env:
        users = make_users(env)
        fill(bench, env, rows, users)
    with bench.env(commit=True) as env:
        env.cr.execute("ANALYZE crm_lead")
    return users


def compare(bench, suffix, user_id, stock, stock_user_id):
    """The figures of one salesperson."""
    yield bench.figure(
        f"pages.list{suffix}",
        host=lambda: stock(read_list, stock_user_id, LEADS, HOST_COLUMNS),
        beside=lambda: milliseconds(bench, read_list, user_id, LEADS, HOST_COLUMNS),
        ours=lambda: milliseconds(bench, read_list, user_id, LISTED, OUR_COLUMNS),
        unit="ms CPU",
        goal="<= 1.3",
    )
    yield bench.figure(
        f"pages.kanban{suffix}",
        host=lambda: stock(
            read_kanban, stock_user_id, PIPELINE, "stage_id", HOST_COLUMNS
        ),
        beside=lambda: milliseconds(
            bench, read_kanban, user_id, PIPELINE, "stage_id", HOST_COLUMNS
        ),
        ours=lambda: milliseconds(
            bench, read_kanban, user_id, LISTED, "status_id", OUR_COLUMNS
        ),
        unit="ms CPU",
        goal="<= 1.3",
    )


def milliseconds(bench, function, *args):
    """CPU of one page once its code is warm: the mean of five."""
    return sum(bench.cpu(function, *args) for _turn in range(5)) * 1000 / 5


def read_list(env, user_id, domain, columns):
    """What the web client asks for to show the first page of a list."""
    leads = env["crm.lead"].with_user(user_id)
    return leads.web_search_read(domain, columns, limit=80, count_limit=10001)


def read_kanban(env, user_id, domain, groupby, columns):
    """What the web client asks for to show the columns of a kanban."""
    leads = env["crm.lead"].with_user(user_id).with_context(read_group_expand=True)
    groups = leads.web_read_group(
        domain,
        [groupby],
        ["__count"],
        auto_unfold=True,
        unfold_read_specification=columns,
    )
    leads.read_progress_bar(domain, groupby, PROGRESS)
    return groups


def make_users(env):
    """A salesperson with many prospects and one with few: {size: id}."""
    group = env.ref("sales_team.group_sale_salesman")
    users = env["res.users"].create(
        [
            {
                "name": f"Bench {size}",
                "login": f"bench_{size}",
                "group_ids": [(6, 0, group.ids)],
            }
            for size in ("many", "few")
        ]
    )
    return dict(zip(("many", "few"), users.ids, strict=True))


def fill(bench, env, rows, users):
    """As many leads and as many opportunities as ``rows``, by SQL."""
    # three columns with cards on both sides
    stages = env["crm.stage"].search([("is_won", "=", False)])
    statuses = stages
    if not bench.is_stock:
        statuses = env["prospect.status"].search([("kind", "in", ["new", "open"])])
    for lead_type, states in (("lead", statuses), ("opportunity", stages)):
        own = "state, TRUE," if lead_type == "lead" else "NULL, FALSE,"
        env.cr.execute(
            f"""
            INSERT INTO crm_lead (name, type, active, user_id, company_id, priority,
                                  partner_name, email_from, email_normalized, phone,
                                  stage_id, {bench.only_ours("status_id, is_listed,")}
                                  won_status,
                                  probability, create_date, write_date)
            SELECT 'Person ' || number, %(type)s, TRUE,
                   CASE WHEN number <= %(few)s THEN %(few_id)s ELSE %(many_id)s END,
                   %(company)s, (number %% 4)::text, 'Company ' || number / 5,
                   'person' || number || '@example.com',
                   'person' || number || '@example.com', '+33199' || number,
                   {"%(first_stage)s" if lead_type == "lead" else "state"},
                   {bench.only_ours(own)} 'pending', 10,
                   now() - number * interval '1 minute', now()
              FROM generate_series(1, %(rows)s) AS number,
                   LATERAL (SELECT (%(states)s)[1 + number %% %(count)s] AS state) AS s
            """,
            {
                "type": lead_type,
                "few": min(FEW, rows),
                "few_id": users["few"],
                "many_id": users["many"],
                "company": env.company.id,
                "first_stage": stages[:1].id,
                "rows": rows,
                "states": states.ids,
                "count": len(states),
            },
        )
