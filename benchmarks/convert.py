"""A thousand prospects into contacts and opportunities, by Odoo's mass wizard and by
ours.

Odoo's as its dialog does it, in a database without our add-ons: without deduplication,
an existing customer or a new one for each. Ours is the whole operation: preview, run
and receipt. Counted are queries per prospect, and CPU seconds beside them. ``--rows``
is the number of prospects.
"""

import contextlib

from house.console import say


def run(bench):
    """Queries per prospect of both."""
    rows = bench.rows(1000)
    seconds = {}
    with bench.stock() as stock:
        yield bench.figure(
            "convert.mass",
            host=lambda: queries(stock, rows, hosts_way, seconds),
            beside=lambda: queries(bench, rows, hosts_way, {}),
            ours=lambda: queries(bench, rows, our_way, seconds),
            unit="queries",
            goal="< 1",
        )
    say("CPU-s: " + ", ".join(f"{name} {value:.2f}" for name, value in seconds.items()))


def queries(bench, rows, way, seconds):
    """Queries per prospect of one way."""
    with people(bench, rows) as (env, leads):
        seconds[way.__name__] = bench.measure(env, way, leads)
        converted = leads.filtered("partner_id")
        if len(converted) != rows or set(leads.mapped("type")) != {"opportunity"}:
            raise ValueError((len(converted), leads.mapped("type")[:3]))
        return bench.queries / rows


@contextlib.contextmanager
def people(bench, rows):
    """So many prospects that the administrator has added, in a fresh transaction."""
    with bench.env(user="admin") as env:
        if bench.is_stock:
            env.ref("base.group_user").sudo().implied_ids += env.ref(
                "crm.group_use_lead"
            )
        leads = env["crm.lead"].create(
            [
                {
                    "type": "lead",
                    "name": f"Camille {number}",
                    "contact_name": f"Camille {number}",
                    "email_from": f"camille.{number}@convert.example.com",
                    "phone": f"+336{number:08}",
                    "city": "Lyon",
                }
                for number in range(rows)
            ]
        )
        env.flush_all()
        env.cr.precommit.run()
        env.invalidate_all()
        yield env, leads


def hosts_way(env, leads):
    """What the dialog of Odoo does."""
    wizard = (
        env["crm.lead2opportunity.partner.mass"]
        .with_context(active_model="crm.lead", active_ids=leads.ids)
        .create({"deduplicate": False})
    )
    wizard.action_mass_convert()
    env.flush_all()
    # the messages about what has changed, which Odoo writes before the commit
    env.cr.precommit.run()


def our_way(env, leads):
    """Preview, run and receipt, as the background does it."""
    wizard = env["prospect.convert"].create(
        {
            "lead_ids": leads.ids,
            "make_contact": True,
            "make_company": False,
            "make_opportunity": True,
        }
    )
    operation = wizard._make_operation()
    operation.action_preview()
    operation.action_run()
    for _batch in operation.sudo()._work_in_background():
        pass
    if operation.state != "done" or operation.updated_count != len(leads):
        raise ValueError((operation.state, operation.error))
    env.flush_all()
    env.cr.precommit.run()
