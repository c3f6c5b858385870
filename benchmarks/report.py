"""A report of prospects beside Odoo's export of the same columns.

Both read the same prospects as the same salesperson, and write the same columns to a
file: Odoo by its own export, as its controller does it (without the request); ours
as the job does it, a committed batch after another. Ours with a column for each of 20
lists is printed beside it, in a figure of its own. Memory is the peak of a process that
does nothing else, above what it had before. Odoo's export is measured in a database
without our add-ons, with columns of the same kinds in place of ours.

Goals are about Odoo's workbook, ours as a workbook and as a text file; against Odoo's
own text file it is less, because that one is written in no time.
"""

import sys
from types import SimpleNamespace
from unittest.mock import patch

from house.benchmark import Bench, grow, read_memory

LISTS = 20
# Columns of Odoo's that hold the same in a database without our add-ons.
STOCK = {
    "status_id": "stage_id",
    "first_name": "street2",
    "last_name": "referred",
    "is_flagged": "active",
}
# What a salesperson asks for, of all kinds.
FNAMES = [
    "name",
    "status_id",
    "first_name",
    "last_name",
    "contact_name",
    "function",
    "partner_name",
    "email_from",
    "phone",
    "street",
    "zip",
    "city",
    "country_id",
    "user_id",
    "team_id",
    "source_id",
    "priority",
    "expected_revenue",
    "is_flagged",
    "create_date",
]


def run(bench):
    """Time of both formats, and the growth of a process."""
    with bench.stock() as stock:
        yield from compare(bench, stock)


def compare(bench, stock):
    """The figures, with the database in which Odoo's side is measured."""
    rows = bench.rows(50_000)
    for each in (bench, stock):
        with each.env(commit=True) as env:
            (fill_stock if each.is_stock else fill)(env, rows)
        with each.env(commit=True) as env:
            env.cr.execute("ANALYZE crm_lead")
    with bench.env(commit=True) as env:
        env.cr.execute("ANALYZE prospect_list_crm_lead_rel")
    # Odoo's export is its workbook, as in our goals; its own text file is beside it
    for name, theirs, mine, goal in (
        ("xlsx", "xlsx", "xlsx", ">= 1.9"),
        ("csv", "xlsx", "csv", ">= 18"),
        ("csv.csv", "csv", "csv", ">= 4"),
    ):
        yield bench.figure(
            f"report.{name}",
            host=lambda theirs=theirs: rows / stock.cpu(host, theirs),
            beside=lambda theirs=theirs: rows / bench.cpu(host, theirs),
            ours=lambda mine=mine: rows / bench.cpu(ours, mine, FNAMES),
            unit="rows/CPU-s",
            goal=goal,
        )
    for extension in ("xlsx", "csv"):
        # 20 more columns beside those above
        yield bench.figure(
            f"report.{extension}.lists",
            host=lambda extension=extension: bench.cpu(ours, extension, FNAMES),
            ours=lambda extension=extension: bench.cpu(
                ours, extension, [*FNAMES, "lists:all"]
            ),
            unit="CPU-s",
            goal="<= 3",
        )
    bench.repeat = 1
    for extension in ("xlsx", "csv"):
        yield bench.figure(
            f"report.{extension}.memory",
            host=lambda extension=extension: grow(
                "report", stock.database, "host", extension
            ),
            ours=lambda extension=extension: grow(
                "report", bench.database, "ours", extension
            ),
            unit="MB",
            ratio=lambda _theirs, mine: mine,
            goal="<= 20",
        )


def fill(env, rows):
    """So many prospects of one salesperson, on 20 lists, by SQL."""
    team = env["crm.team"].search([], limit=1)
    lists = env["prospect.list"].create(
        [{"name": f"Bench list {number}"} for number in range(LISTS)]
    )
    env["prospect.list"].search([]).filtered(
        lambda each: each not in lists
    ).active = False
    statuses = env["prospect.status"].search([("kind", "in", ["new", "open"])])
    sources = env["utm.source"].search([("prospect_channel", "!=", False)], limit=5)
    env.cr.execute(
        """
        INSERT INTO crm_lead (name, type, active, user_id, team_id, company_id,
                              priority, contact_name, first_name, last_name, function,
                              partner_name, email_from, email_normalized, phone, street,
                              zip, city, country_id, source_id, expected_revenue,
                              stage_id, status_id, is_listed, won_status, probability,
                              create_date, write_date)
        SELECT 'Person ' || number, 'lead', TRUE, %(user)s, %(team)s, %(company)s,
               (number %% 4)::text, 'Person Number ' || number, 'Person',
               'Number ' || number, 'Director', 'Company ' || number / 5,
               'person' || number || '@example.com',
               'person' || number || '@example.com', '+33 1 99 00 ' || number,
               number || ' rue de la Paix', lpad((number %% 95000)::text, 5, '0'),
               'Lyon', %(country)s,
               (%(sources)s)[1 + number %% array_length(%(sources)s, 1)], number * 1.5,
               %(stage)s, (%(statuses)s)[1 + number %% array_length(%(statuses)s, 1)],
               TRUE, 'pending', 10, now() - number * interval '1 minute', now()
          FROM generate_series(1, %(rows)s) AS number
        """,
        {
            "user": env.ref("base.user_admin").id,
            "team": team.id,
            "company": env.company.id,
            "country": env.ref("base.fr").id,
            "sources": sources.ids,
            "stage": env["crm.stage"].search([], limit=1).id,
            "statuses": statuses.ids,
            "rows": rows,
        },
    )
    env.cr.execute(
        """
        INSERT INTO prospect_list_crm_lead_rel (lead_id, list_id)
        SELECT lead.id, list.id FROM crm_lead AS lead, unnest(%s) AS list (id)
         WHERE lead.name LIKE 'Person %%' AND (lead.id + list.id) %% 10 = 0
        """,
        [lists.ids],
    )


def fill_stock(env, rows):
    """The same of a database without our add-ons."""
    sources = env["utm.source"].search([], limit=5)
    env.cr.execute(
        """
        INSERT INTO crm_lead (name, type, active, user_id, team_id, company_id,
                              priority, contact_name, street2, referred, function,
                              partner_name, email_from, email_normalized, phone, street,
                              zip, city, country_id, source_id, expected_revenue,
                              stage_id, won_status, probability,
                              create_date, write_date)
        SELECT 'Person ' || number, 'lead', TRUE, %(user)s, %(team)s, %(company)s,
               (number %% 4)::text, 'Person Number ' || number, 'Person',
               'Number ' || number, 'Director', 'Company ' || number / 5,
               'person' || number || '@example.com',
               'person' || number || '@example.com', '+33 1 99 00 ' || number,
               number || ' rue de la Paix', lpad((number %% 95000)::text, 5, '0'),
               'Lyon', %(country)s,
               (%(sources)s)[1 + number %% array_length(%(sources)s, 1)], number * 1.5,
               (%(stages)s)[1 + number %% array_length(%(stages)s, 1)],
               'pending', 10, now() - number * interval '1 minute', now()
          FROM generate_series(1, %(rows)s) AS number
        """,
        {
            "user": env.ref("base.user_admin").id,
            "team": env["crm.team"].search([], limit=1).id,
            "company": env.company.id,
            "country": env.ref("base.fr").id,
            "sources": sources.ids,
            "stages": env["crm.stage"].search([("is_won", "=", False)]).ids,
            "rows": rows,
        },
    )


DOMAIN = [("name", "=like", "Person %"), ("type", "=", "lead")]


def host(env, extension):
    """What Odoo's controller does, but for the request."""
    from odoo.addons.web.controllers import export  # noqa: PLC0415 - Odoo is not yet

    env = env(user=env.ref("base.user_admin"))
    request = SimpleNamespace(env=env)
    with patch.object(export, "request", request):
        leads = env["crm.lead"].with_context(import_compat=False).search(DOMAIN)
        known = leads._fields
        fnames = [fname if fname in known else STOCK[fname] for fname in FNAMES]
        labels = [known[fname].string for fname in fnames]
        rows = leads.export_data(fnames)["datas"]
        fields = [{"type": known[fname].type} for fname in fnames]
        maker = {"xlsx": export.ExcelExport, "csv": export.CSVExport}[extension]()
        return len(maker.from_data(fields, labels, rows))


def ours(env, extension, columns):
    """What the job does, from the question to the mail."""
    admin = env(user=env.ref("base.user_admin"))
    report = admin["prospect.report"]._ask({"domain": DOMAIN}, columns, extension)
    report = report.with_env(env).sudo()
    for _batch in report._make_in_background():
        env.flush_all()
    if report.state != "done":
        raise ValueError((report.state, report.error))
    return report.file_size


def work(database, write_path, extension):
    """Make the file once, small, then whole, and print by how much the peak grew.

    The small one loads what the first one in any process would load.
    """
    bench = Bench(database, None, 1)
    make = {"host": lambda env: host(env, extension)}.get(
        write_path, lambda env: ours(env, extension, FNAMES)
    )
    whole = list(DOMAIN)
    DOMAIN.append(("email_normalized", "=", "person1@example.com"))
    with bench.env() as env:
        make(env)
    DOMAIN[:] = whole
    before = read_memory("VmHWM")
    with bench.env() as env:
        make(env)
    sys.stdout.write(f"{read_memory('VmHWM') - before}\n")
