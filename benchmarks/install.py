"""Taking over the leads of a database that has many.

Beside the least that it could cost: one plain update of every lead.
"""

from odoo.addons.prospect import hooks


def run(bench):
    """The CPU of the take-over, in plain updates of the same table."""
    rows = bench.rows(100_000)
    with bench.env(commit=True) as env:
        fill(env, rows)
    yield bench.figure(
        "install.take_over",
        host=lambda: bench.cpu(update_all),
        ours=lambda: bench.cpu(take_over),
        unit="CPU-s",
        goal="<= 4",
    )


def fill(env, rows):
    """Leads as they are before the installation, a tenth of them archived."""
    env.cr.execute(
        """
        INSERT INTO crm_lead (name, type, active, contact_name, email_from,
                              won_status, create_date, write_date)
        SELECT 'Lead ' || number, 'lead', number %% 10 <> 0,
               'Anne ' || number || ' de la Tour', 'lead' || number || '@example.com',
               'pending', now(), now()
          FROM generate_series(1, %s) AS number
        """,
        [rows],
    )


def update_all(env):
    """One column of every lead, the names and status columns being new."""
    env.cr.execute(
        "UPDATE crm_lead SET first_name = contact_name WHERE is_listed IS NULL"
    )


def take_over(env):
    """What the installation does."""
    hooks._take_over_leads(env)
