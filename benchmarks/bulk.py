"""One change of many prospects by Odoo's own write and by our bulk operation.

A list, a status and one field on 10,000 prospects among 100,000. The field is another
salesperson, to whom Odoo writes a mail for each prospect and we do not
(``bulk.mixed``), or the company, which both only write down (``bulk.company``).

Odoo's way is what its list does when several rows are edited: one ``write`` of the
values, tracked, with the messages that it leaves at the commit; in a database without
our add-ons, where a stage stands for the status and a tag for the list. Ours is the
whole operation, from the selection to the receipt: plan, run in batches, histories,
lists, lines, and what an undo needs. Junk pays Odoo's scoring on both sides and is a
figure of its own; bulk operations do not convert, so that nothing is won here.
``bulk.limit`` compares the whole operation with the bare SQL that stores the same:
one ``UPDATE``, the two histories and the list. ``--rows`` is the size of the selection.
"""

import functools

from house.console import say

KNOWN = 100_000
PREVIEWED = 100_000


def run(bench):
    """Figures of the change, of junk, and of a preview of everything."""
    rows = bench.rows(10_000)
    prepare(bench)
    seconds = {}
    with bench.stock() as stock:
        prepare(stock)
        for name, goal in (
            ("mixed", ">= 30"),
            ("company", ">= 3"),
            ("junk", ">= 1"),
        ):
            yield bench.figure(
                f"bulk.{name}",
                host=functools.partial(hosts_way, stock, rows, name),
                beside=functools.partial(hosts_way, bench, rows, name),
                ours=functools.partial(our_way, bench, rows, name, seconds),
                unit="rows/CPU-s",
                goal=goal,
            )
            say(
                f"{name}: preview {seconds['preview']:.2f}, run {seconds['run']:.2f},"
                f" undo {seconds['undo']:.2f} CPU-s"
            )
    yield bench.figure(
        "bulk.limit",
        host=lambda: rows / bench.cpu(bare, rows, user="admin"),
        ours=lambda: our_way(bench, rows, "mixed", seconds),
        unit="rows/CPU-s",
        goal=">= 0.3",
    )
    yield bench.figure(
        "bulk.undo",
        host=lambda: seconds["run"],
        ours=lambda: seconds["undo"],
        unit="CPU-s",
        goal="<= 1",
    )
    yield bench.figure(
        "bulk.preview_queries",
        host=lambda: preview_queries(bench, 1_000),
        ours=lambda: preview_queries(bench, PREVIEWED),
        unit="queries",
        goal="<= 1.5",
    )
    say(f"preview of {PREVIEWED}: {preview_seconds(bench, PREVIEWED):.2f} CPU-s")


def prepare(bench):
    """Leads spread over two years, a list and a salesperson."""
    with bench.env(commit=True) as env:
        group = env.ref("crm.group_use_lead")
        env.ref("base.group_user").implied_ids += group
        if bench.is_stock:
            env["crm.tag"].create({"name": "Bench list"})
        else:
            env["prospect.list"].create({"name": "Bench list"})
        env["crm.lost.reason"].create({"name": "Bench reason"})
        env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": "Bench salesperson",
                "login": "bench_salesperson",
                "email": "bench_salesperson@example.com",
                "group_ids": [(4, env.ref("sales_team.group_sale_salesman").id)],
            }
        )
        status = bench.is_stock or env.ref("prospect.prospect_status_new").id
        env.cr.execute(
            f"""
            INSERT INTO crm_lead (name, type, active, contact_name, partner_name,
                                  email_from, email_normalized, email_state,
                                  phone, phone_sanitized, phone_state,
                                  company_id, stage_id, priority, city,
                                  won_status, probability, automated_probability,
                                  day_open, day_close,
                                  create_date, write_date
                                  {bench.only_ours(", status_id, is_listed")})
            SELECT 'Person ' || number, 'lead', TRUE, 'Person ' || number,
                   'Company ' || number / 5, 'person' || number || '@known.example.com',
                   'person' || number || '@known.example.com', 'correct',
                   '+32 470 ' || number, '+32470' || number, 'correct',
                   %(company)s, %(stage)s, '0', 'Town ' || number %% 500,
                   'pending', 10, 10, 0, 0,
                   now() - number * interval '10 minutes', now()
                   {bench.only_ours(", %(status)s, TRUE")}
              FROM generate_series(1, %(known)s) AS number
            """,
            {
                "company": env.company.id,
                "stage": env["crm.stage"].search([("is_won", "=", False)], limit=1).id,
                "status": status,
                "known": KNOWN,
            },
        )
    with bench.env(commit=True) as env:
        env.cr.execute("ANALYZE crm_lead")


def chosen(env, rows):
    """The prospects of the selection, the first of the page."""
    return env["crm.lead"].search([("contact_name", "like", "Person ")], limit=rows)


def named(env, model, name):
    """The record of :func:`prepare` with a name."""
    return env[model].search([("name", "=", name)], limit=1)


def hosts_way(bench, rows, name):
    """Rows a CPU second of one tracked write."""

    def common(env):
        if bench.is_stock:
            # what does there what a status and a list do here
            stages = env["crm.stage"].search([("is_won", "=", False)])
            return {
                "stage_id": stages[1].id,
                "tag_ids": [(4, named(env, "crm.tag", "Bench list").id)],
            }
        return {
            "status_id": env.ref("prospect.prospect_status_in_progress").id,
            "list_ids": [(4, named(env, "prospect.list", "Bench list").id)],
        }

    values = {
        "mixed": lambda env: {
            **common(env),
            "user_id": named(env, "res.users", "Bench salesperson").id,
        },
        "company": lambda env: {**common(env), "partner_name": "ACME"},
        "junk": lambda env: {
            "lost_reason_id": named(env, "crm.lost.reason", "Bench reason").id,
        },
    }[name]
    with bench.env(user="admin") as env:
        leads, vals = chosen(env, rows), values(env)

        def work(env):
            if name == "junk":
                leads.with_env(env).action_set_lost(**vals)
            else:
                leads.with_env(env).write(vals)
            env.flush_all()
            # the messages of the tracking
            env.cr.precommit.run()

        return rows / bench.measure(env, work)


def bare(env, rows):
    """The bare SQL that stores what ``mixed`` does: row, histories and list."""
    ids = chosen(env, rows).ids
    old = env.ref("prospect.prospect_status_new")
    new = env.ref("prospect.prospect_status_in_progress")
    values = {
        "ids": ids,
        "by": env.uid,
        "user": named(env, "res.users", "Bench salesperson").id,
        "list": named(env, "prospect.list", "Bench list").id,
        "old": old.id,
        "new": new.id,
        "old_name": old.name,
        "new_name": new.name,
        "old_kind": old.kind,
        "new_kind": new.kind,
    }
    for statement in (
        """UPDATE crm_lead
              SET user_id = %(user)s, status_id = %(new)s, date_open = now(),
                  write_uid = %(by)s, write_date = now()
            WHERE id = ANY(%(ids)s)""",
        """INSERT INTO prospect_status_change (lead_id, date, user_id, cause, from_id,
                       to_id, from_name, to_name, from_kind, to_kind)
           SELECT id, now(), %(by)s, 'bulk', %(old)s, %(new)s, %(old_name)s,
                  %(new_name)s, %(old_kind)s, %(new_kind)s
             FROM unnest(%(ids)s) AS id""",
        """INSERT INTO prospect_assignment (lead_id, date, user_id, cause, assignee_id)
           SELECT id, now(), %(by)s, 'bulk', %(user)s FROM unnest(%(ids)s) AS id""",
        """INSERT INTO prospect_list_crm_lead_rel (lead_id, list_id)
           SELECT id, %(list)s FROM unnest(%(ids)s) AS id""",
        """INSERT INTO prospect_membership (lead_id, list_id, list_name, date, user_id,
                       cause, action)
           SELECT id, %(list)s, 'Bench list', now(), %(by)s, 'bulk', 'join'
             FROM unnest(%(ids)s) AS id""",
    ):
        env.cr.execute(statement, values)


def our_way(bench, rows, name, seconds):
    """Rows a CPU second from the selection to the receipt; undone after it."""
    with bench.env(user="admin") as env:
        ids = chosen(env, rows).ids
        seconds["preview"] = bench.measure(env, preview, {"ids": ids}, name)
        operation = bench.result
        seconds["run"] = bench.measure(env, step, operation, "action_run")
        if operation.updated_count != rows:
            raise ValueError((operation.updated_count, operation.error))
        seconds["undo"] = bench.measure(env, step, operation, "action_undo")
        if operation.reversed_count != rows:
            raise ValueError((operation.reversed_count, operation.error))
    return rows / (seconds["preview"] + seconds["run"])


def preview(env, selection, name):
    """A planned operation."""
    common = {
        "status_id": env.ref("prospect.prospect_status_in_progress").id,
        "list_add_ids": named(env, "prospect.list", "Bench list").ids,
    }
    values = {
        "mixed": lambda: {
            **common,
            "user_id": named(env, "res.users", "Bench salesperson").id,
        },
        "company": lambda: {**common, "partner_name": "ACME"},
        "junk": lambda: {
            "junk": True,
            "lost_reason_id": named(env, "crm.lost.reason", "Bench reason").id,
        },
    }[name]()
    wizard = env["prospect.bulk"].create({"selection": selection, **values})
    operation = wizard._make_operation()
    step(env, operation, "action_preview")
    return operation


def step(env, operation, action):
    """One action of an operation, with what the background does for it."""
    getattr(operation.with_env(env), action)()
    for _batch in operation.sudo()._work_in_background():
        pass
    if operation.state not in ("previewed", "done", "undone"):
        raise ValueError((operation.state, operation.error))
    env.flush_all()


def everything(rows):
    """A selection of as many prospects, by a domain."""
    return {"domain": [["contact_name", "like", "Person "], ["id", "<=", rows]]}


def preview_queries(bench, rows):
    """Queries of a preview of many prospects."""
    with bench.env(user="admin") as env:
        first = env["crm.lead"].search([], order="id", limit=1).id
        selection = everything(first + rows - 1)
        env.invalidate_all()
        before = env.cr.sql_log_count
        operation = preview(env, selection, "mixed")
        if not operation.line_count:
            raise ValueError(rows)
        return env.cr.sql_log_count - before


def preview_seconds(bench, rows):
    """CPU seconds of a preview of many prospects."""
    with bench.env(user="admin") as env:
        first = env["crm.lead"].search([], order="id", limit=1).id
        return bench.measure(env, preview, everything(first + rows - 1), "mixed")
