"""Answers to a form of ours beside Odoo's own website form, over real HTTP.

Odoo's own server in this process; the visitors are another one. Odoo's form is one of a
database without our add-ons, on the same server. It makes its lead while the visitor
waits; ours keeps the answer, and the job makes prospects of all of them: its time is in
the rate, which ends when the last prospect is there.

Odoo's values are those of a visitor of its contact form. ``--rows`` is how many
answers both get. (``PROSPECT_FUZZ_SECONDS=120 bin/test -k fuzz`` sends anything at all
to the public addresses for so long.)
"""

import json
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from unittest.mock import patch

from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.prospect_form.tests import visitors
from odoo.addons.prospect_form.tests.real_server import real_server

from house.console import say

MACHINES = 8


def run(bench):
    """Answers per second, and what the slowest twentieth of visitors waits."""
    rows = bench.rows(300)
    slug = prepare(bench)
    waits = {"host": [], "ours": []}
    # nobody else works on this database: the job is called below
    with (
        patch.object(IrCron, "_notifydb", lambda job: None),
        bench.stock() as stock,
        real_server(bench.database, stock.database) as port,
    ):
        hosts_way(stock, port, 20, [])
        hosts_way(bench, port, 20, [])
        our_way(bench, port, slug, 20, [])
        yield bench.figure(
            "forms.answers",
            host=lambda: hosts_way(stock, port, rows, waits["host"]),
            beside=lambda: hosts_way(bench, port, rows, []),
            ours=lambda: our_way(bench, port, slug, rows, waits["ours"]),
            unit="answers/s",
            goal=">= 2",
        )
        host, ours = iter(waits["host"]), iter(waits["ours"])
        yield bench.figure(
            "forms.wait.p95",
            host=lambda: next(host),
            ours=lambda: next(ours),
            unit="ms",
            goal="<= 0.5",
        )


def prepare(bench):
    """A form with the questions of Odoo's contact form; its address."""
    with bench.env(commit=True) as env:
        settings = env["ir.config_parameter"]
        settings.set_param("prospect_form.least_seconds", "0")
        settings.set_param("prospect_form.limit_address", "1000000")
        settings.set_param("prospect_form.limit_form", "1000000")
        questions = (
            ("contact_name", "char", "Name"),
            ("phone", "phone", "Phone"),
            ("email_from", "email", "E-mail"),
            ("partner_name", "char", "Company"),
            ("name", "char", "Subject"),
            ("description", "text", "Question"),
        )
        form = env["prospect.form"].create(
            {
                "name": "Bench",
                "field_ids": [
                    (
                        0,
                        0,
                        {
                            "sequence": sequence,
                            "target": "field",
                            "fname": fname,
                            "type": kind,
                            "label": label,
                            "required": fname in ("email_from", "name"),
                        },
                    )
                    for sequence, (fname, kind, label) in enumerate(questions)
                ],
            }
        )
        return form.slug


def make_people(bench, rows):
    """What so many visitors write; none comes twice."""
    bench.people = getattr(bench, "people", 0)
    people = []
    for _row in range(rows):
        bench.people += 1
        number = bench.people
        people.append(
            {
                "name": f"Person {number}",
                "phone": f"+331{99_000_000 + number}",
                "email": f"person{number}@bench.example.com",
                "company": f"Company {number}",
                "subject": "A question",
                "question": "What does it cost, and when can you come?\n" * 3,
            }
        )
    return people


def send(bench, port, posts):
    """Send posts from another process; [(status, answer, seconds)]."""
    answer = subprocess.run(
        [
            sys.executable,
            str(Path(visitors.__file__)),
            str(port),
            bench.database,
            str(MACHINES),
        ],
        input=json.dumps(posts),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)


def percentile(results):
    """Milliseconds that the slowest twentieth waits."""
    return statistics.quantiles([spent for *_rest, spent in results], n=20)[-1] * 1000


def hosts_way(bench, port, rows, waits):
    """Answers per second of Odoo's website form."""
    posts = [
        (
            "/website/form/crm.lead",
            {
                "contact_name": person["name"],
                "phone": person["phone"],
                "email_from": person["email"],
                "partner_name": person["company"],
                "name": person["subject"],
                "description": person["question"],
            },
        )
        for person in make_people(bench, rows)
    ]
    started = time.monotonic()
    results = send(bench, port, posts)
    spent = time.monotonic() - started
    made = sum(bool(found.get("id")) for _status, found, _spent in results)
    if made != rows:
        raise RuntimeError(f"Odoo made {made} of {rows} leads: {results[:2]}")
    waits.append(percentile(results))
    return rows / spent


def our_way(bench, port, slug, rows, waits):
    """Answers per second of ours, until the last prospect is made."""
    with bench.env() as env:
        form = env["prospect.form"].search([("slug", "=", slug)])
        definition = form._get_definition("en_US")
        tokens = [form._make_token(definition, time.time()) for _row in range(rows)]
    posts = [
        (
            f"/prospect/form/{slug}",
            {
                "prospect_token": token,
                "name": person["name"],
                "phone": person["phone"],
                "e_mail": person["email"],
                "company": person["company"],
                "subject": person["subject"],
                "question": person["question"],
            },
        )
        for token, person in zip(tokens, make_people(bench, rows), strict=True)
    ]
    before = count_answers(bench)
    is_over = threading.Event()

    def work():
        # as the server's job does: soon after something has come in, and by batches
        while not is_over.wait(1):
            run_job(bench)

    job = threading.Thread(target=work)
    job.start()
    started = time.monotonic()
    results = send(bench, port, posts)
    answered = time.monotonic() - started
    is_over.set()
    job.join()
    run_job(bench)
    spent = time.monotonic() - started
    made = count_answers(bench) - before
    if made != rows:
        raise RuntimeError(f"{made} of {rows} answers have become prospects")
    say(f"ours: kept at {rows / answered:.0f}/s, prospects at {rows / spent:.0f}/s")
    waits.append(percentile(results))
    return rows / spent


def run_job(bench):
    """What has come in becomes prospects."""
    with bench.env(commit=True) as env:
        env["prospect.capture"]._cron_process()


def count_answers(bench):
    """How many answers have a prospect."""
    with bench.env() as env:
        return env["prospect.form.answer"].search_count([("lead_id", "!=", False)])
