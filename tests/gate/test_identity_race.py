"""Two rows of one person at the same moment are what they are one after the other."""

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.prospect.tools.transactions import run_again

from ..common import ConcurrentCase
from .identity_cases import CELLS

TRANSACTIONS = "odoo.addons.prospect.tools.transactions"


@tagged("post_install", "-at_install")
class TestIdentityRace(ConcurrentCase):
    DOMAIN = "cells.example.com"

    def _leads(self, env):
        return (
            env["crm.lead"]
            .with_context(active_test=False)
            .search(
                [
                    "|",
                    ("email_normalized", "like", f"%@{self.DOMAIN}"),
                    ("phone_sanitized", "=", "+33199001234"),
                ]
            )
        )

    def _find_made(self, env):
        return [self._leads(env)]

    def _upsert(self, cr, row):
        env = api.Environment(cr, SUPERUSER_ID, {})
        run_again(env, lambda: env["crm.lead"]._prospect_upsert([row]))

    def _count(self):
        with self.registry.cursor() as cr:
            leads = self._leads(api.Environment(cr, SUPERUSER_ID, {}))
            count = len(leads)
            leads.unlink()
        return count

    @mute_logger("odoo.sql_db", TRANSACTIONS)
    def test_two_connections(self):
        """One pair of rows for each cell of the table."""
        for name, people, row, _wanted, _told in CELLS:
            if len(people) > 1 or not {"email_from", "phone"} & row.keys():
                continue
            known = people[0]
            with self.subTest(cell=name):
                for one in (known, row):
                    with self.registry.cursor() as cr:
                        self._upsert(cr, one)
                wanted = self._count()
                self._together(
                    lambda cr, one=known: self._upsert(cr, one),
                    lambda cr, one=row: self._upsert(cr, one),
                )
                self.assertEqual(self._count(), wanted)

    @mute_logger("odoo.sql_db", TRANSACTIONS)
    def test_mail_and_phone_meets_phone(self):
        """What one row is known by, another one writes."""
        phone = {"phone": "+33 1 99 00 12 34"}
        both = {**phone, "email_from": f"both@{self.DOMAIN}"}
        for _try in range(5):
            self._together(
                lambda cr: self._upsert(cr, both), lambda cr: self._upsert(cr, phone)
            )
            self.assertEqual(self._count(), 1)

    @mute_logger("odoo.sql_db", TRANSACTIONS)
    def test_typed_while_captured(self):
        """Whoever types touches the keys as well: the capture looks again."""
        row = {"email_from": f"typed@{self.DOMAIN}", "contact_name": "Ana Roux"}
        with self.registry.cursor() as cr:
            cr.execute("SELECT 1")  # the snapshot of the capture
            with self.registry.cursor() as typing:
                env = api.Environment(typing, SUPERUSER_ID, {})
                env["crm.lead"].create({"type": "lead", **row})
            self._upsert(cr, row)
        self.assertEqual(self._count(), 1)
