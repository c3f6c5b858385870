"""An undo after other operations and people: what protects is what is different."""

from odoo.tests import tagged
from odoo.tools import SQL

from ..common import ProspectCase

DOMAIN = "after.example.com"
MAGIC = ("create_date", "write_date")
DATES = {
    "crm_lead": MAGIC,
    "ir_attachment": MAGIC,
    "mail_activity": MAGIC,
    "mail_message": MAGIC,
    "res_partner": MAGIC,
    "prospect_assignment": ("date",),
    "prospect_membership": ("date",),
    "prospect_operation_line": ("stamp", "undo_stamp"),
    "prospect_stage_change": ("date",),
    "prospect_status_change": ("date",),
}


@tagged("post_install", "-at_install")
class TestUndoAfter(ProspectCase):
    """Every step is a transaction of its own, an hour after the one before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.list = cls.env["prospect.list"].create({"name": "After"})
        cls.tag = cls.env["crm.tag"].create({"name": "After"})

    def _later(self):
        """All that this transaction has written is an hour older."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()
        for table, columns in DATES.items():
            for column in columns:
                self.env.cr.execute(
                    SQL(
                        "UPDATE %(table)s SET %(column)s = %(column)s"
                        " - interval '1 hour' WHERE %(column)s >= %(now)s"
                        " - interval '1 day'",
                        table=SQL.identifier(table),
                        column=SQL.identifier(column),
                        now=self.env.cr.now(),
                    )
                )
        self.env.invalidate_all()

    def _import(self, text, **values):
        operation = self._import_wizard(text, **values)._make_operation()
        operation.action_preview()
        operation.action_run()
        self.assertEqual(operation.state, "done", operation.error)
        self._later()
        return operation

    def _people(self, count=3):
        """An import of some people, and them."""
        rows = "".join(f"P{n},Q{n},p{n}@{DOMAIN},Rome\n" for n in range(count))
        operation = self._import(f"First Name,Last Name,Email,City\n{rows}")
        leads = operation.line_ids.lead_id
        self.assertEqual(len(leads), count)
        return operation, leads.with_user(self.salesman)

    def _bulk(self, leads, **values):
        wizard = (
            self.env["prospect.bulk"]
            .with_user(self.salesman_all)
            .create({"selection": {"ids": leads.ids}, **values})
        )
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self.assertEqual(operation.state, "done", operation.error)
        self._later()
        return operation

    def _merge(self, leads):
        wizard = (
            self.env["prospect.merge"]
            .with_user(self.salesman)
            .create({"lead_ids": [(6, 0, leads.ids)]})
        )
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self.assertEqual(operation.state, "done", operation.error)
        self._later()
        return operation

    def _convert(self, leads, *targets):
        operation = leads._prospect_convert_to(list(targets))
        self._later()
        return operation

    def _undo(self, operation, reversed=None, kept=0, reason=None):
        operation.action_undo()
        self.assertEqual(operation.state, "undone", operation.error)
        reasons = operation.line_ids.mapped("undo_reason")
        self.assertEqual(operation.kept_count, kept, reasons)
        self.assertEqual(operation.impossible_count, 0, reasons)
        if reversed is not None:
            self.assertEqual(operation.reversed_count, reversed)
        if reason:
            self.assertIn(reason, " ".join(filter(None, reasons)))
        self._later()

    def _changes(self):
        return {
            "status_id": self.in_progress.id,
            "function": "Buyer",
            "user_id": self.salesman_all.id,
            "list_add_ids": [(4, self.list.id)],
            "tag_add_ids": [(4, self.tag.id)],
        }

    # --- Bulk operations --------------------------------------------------------------

    def test_bulk_undone(self):
        imported, leads = self._people()
        bulk = self._bulk(leads, **self._changes())
        self.assertEqual(bulk.updated_count, 3)
        self._undo(bulk, reversed=3)
        self._undo(imported, reversed=3)
        self.assertFalse(leads.exists())

    def test_bulk_not_undone(self):
        imported, leads = self._people()
        bulk = self._bulk(leads, **self._changes())
        self._undo(imported, kept=3, reason="Job Position")
        self._undo(bulk, reversed=3)
        self.assertEqual(len(leads.exists()), 3)

    def test_two_bulks(self):
        """The last one first, or the first one first."""
        imported, leads = self._people()
        one = self._bulk(leads, function="Buyer")
        two = self._bulk(leads, assistant_email=f"desk@{DOMAIN}")
        self._undo(one, reversed=3)
        self._undo(two, reversed=3)
        self._undo(imported, reversed=3)

    # --- Imports ----------------------------------------------------------------------

    def test_import_updates(self):
        imported, leads = self._people()
        rows = "".join(f"p{n}@{DOMAIN},Milan,After\n" for n in range(3))
        update = self._import(f"Email,City,Tags\n{rows}")
        self.assertEqual(update.updated_count, 3)
        self._undo(update, reversed=3)
        self.assertEqual(set(leads.mapped("city")), {"Rome"})
        self._undo(imported, reversed=3)
        self.assertFalse(leads.exists())

    def test_import_updates_first(self):
        """The older one first: its rows stay, until the newer one is undone."""
        imported, leads = self._people()
        rows = "".join(f"p{n}@{DOMAIN},Milan\n" for n in range(3))
        update = self._import(f"Email,City\n{rows}")
        self._undo(imported, kept=3, reason="City")
        self._undo(update, reversed=3)
        self.assertEqual(set(leads.mapped("city")), {"Rome"})

    def test_twins(self):
        """Two rows of one person, in two batches."""
        operation = self._import(
            f"Email,City\nt@{DOMAIN},Rome\nu@{DOMAIN},Rome\nt@{DOMAIN},Milan\n"
        )
        leads = operation.line_ids.lead_id
        bulk = self._bulk(leads, function="Buyer")
        self._undo(bulk, reversed=2)
        self._undo(operation, reversed=3)
        self.assertFalse(leads.exists())

    # --- Merges -----------------------------------------------------------------------

    def test_merge_undone(self):
        imported, leads = self._people()
        merge = self._merge(leads[:2])
        self._undo(merge, reversed=1)
        self.assertEqual(len(leads.exists()), 3)
        self._undo(imported, reversed=3)
        self.assertFalse(leads.exists())

    def test_merged(self):
        """A prospect that stands for another one stays, whatever its values."""
        known = self._prospect(email_from=f"known@{DOMAIN}")
        self._later()
        imported, leads = self._people(1)
        merge = self._merge(leads + known.with_user(self.salesman))
        survivor = (leads + known).exists()
        self.assertEqual(len(survivor), 1)
        imported.action_undo()
        self.assertEqual(imported.reversed_count, 0)
        self.assertTrue(survivor.exists())
        self.assertEqual(merge.state, "done")

    # --- Conversions ------------------------------------------------------------------

    def test_conversion_undone(self):
        imported, leads = self._people()
        conversion = self._convert(leads, "contact", "company", "opportunity")
        self.assertEqual(conversion.updated_count, 3)
        self._undo(conversion, reversed=3)
        self._undo(imported, reversed=3)
        self.assertFalse(leads.exists())

    def test_conversion_not_undone(self):
        imported, leads = self._people()
        self._convert(leads, "contact")
        self._undo(imported, kept=3)

    def test_opportunity_changed_and_back(self):
        """A bulk operation between a conversion and its undo."""
        _imported, leads = self._people()
        conversion = self._convert(leads, "contact", "opportunity")
        leads.sudo().write({"priority": "3"})
        self._later()
        leads.sudo().write({"priority": "0"})
        self._later()
        self._undo(conversion, reversed=3)

    def test_contact_changed_and_back(self):
        _imported, leads = self._people()
        conversion = self._convert(leads, "contact")
        contacts = leads.sudo().prospect_contact_id
        self.assertEqual(len(contacts), 3)
        contacts.write({"function": "Buyer"})
        self._later()
        contacts.write({"function": False})
        self._later()
        contacts[0].write({"function": "Seller"})
        self._later()
        self._undo(conversion, reversed=2, kept=1, reason="Job Position")

    # --- People -----------------------------------------------------------------------

    def test_changed_and_back(self):
        imported, leads = self._people()
        for values in (
            {"function": "Buyer", "description": "<p>Hello</p>", "priority": "2"},
            {"function": False, "description": "<p><br></p>", "priority": "0"},
            {"user_id": self.salesman_all.id, "tag_ids": [(4, self.tag.id)]},
            # Odoo has given them to another team
            {
                "user_id": leads.user_id.id,
                "team_id": leads.team_id.id,
                "tag_ids": [(3, self.tag.id)],
            },
            {"list_ids": [(4, self.list.id)], "status_id": self.in_progress.id},
            {"list_ids": [(3, self.list.id)], "status_id": leads.status_id.id},
        ):
            leads.sudo().write(values)
            self._later()
        self._undo(imported, reversed=3)

    def test_each_change_protects(self):
        """Whatever has been changed, and whenever: also between other operations."""
        for values, label in (
            ({"description": "<p>Hello</p>"}, "Notes"),
            ({"tag_ids": [(4, self.tag.id)]}, "Tags"),
            ({"list_ids": [(4, self.list.id)]}, "Lists"),
            ({"user_id": self.salesman_all.id}, "Salesperson"),
            ({"email_from": f"other@{DOMAIN}"}, "Email"),
            ({"title_id": self.env["prospect.title"].search([], limit=1).id}, "Title"),
            ({"city": False}, "City"),
        ):
            with self.subTest(label=label), self.env.cr.savepoint() as savepoint:
                imported, leads = self._people()
                leads[1].sudo().write(values)
                self._later()
                bulk = self._bulk(leads, function="Buyer")
                self._undo(bulk, reversed=3)
                self._undo(imported, reversed=2, kept=1, reason=label)
                self.assertEqual(leads.exists(), leads[1])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_what_is_left_protects(self):
        """Words of a person, an activity, a file."""
        imported, leads = self._people(4)
        leads[0].sudo().message_post(body="Called them")
        leads[1].activity_schedule("mail.mail_activity_data_call")
        self.env["ir.attachment"].create(
            {
                "name": "a",
                "raw": b"a",
                "res_model": "crm.lead",
                "res_id": leads[2].id,
            }
        )
        self._later()
        bulk = self._bulk(leads, function="Buyer")
        self._undo(bulk, reversed=4)
        self._undo(imported, reversed=1, kept=3)

    def test_technical_changes(self):
        """What Odoo counts by itself protects nothing."""
        imported, leads = self._people()
        leads.sudo().write({"message_bounce": 2})
        leads.sudo()._compute_probabilities()
        leads.sudo().is_flagged = True
        self._later()
        self._undo(imported, reversed=3)

    def test_older_receipts(self):
        """An operation that has not kept how it left its records goes by dates."""
        imported, leads = self._people()
        self.env.cr.execute("DELETE FROM prospect_operation_state")
        leads[0].sudo().city = "Milan"
        leads[0].sudo().city = "Rome"
        self.env.flush_all()
        self._undo(imported, reversed=2, kept=1, reason="its values")

    def test_nothing_is_kept_for_ever(self):
        """How records were left is forgotten with the operation, and with its undo."""

        def count(operation):
            self.env.cr.execute(
                "SELECT count(*) FROM prospect_operation_state"
                " WHERE operation_number = %s",
                [operation.id],
            )
            return self.env.cr.fetchone()[0]

        undone, _leads = self._people()
        self.assertEqual(count(undone), 3)
        self._undo(undone, reversed=3)
        self.assertEqual(count(undone), 0)
        deleted, _leads = self._people()
        number = deleted.id
        self.assertEqual(count(deleted), 3)
        deleted.sudo().unlink()
        self.env.cr.execute(
            "SELECT 1 FROM prospect_operation_state WHERE operation_number = %s",
            [number],
        )
        self.assertFalse(self.env.cr.fetchall())
