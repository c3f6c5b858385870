"""A line that is refused fails alone, in a run and in an undo."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import ProspectCase

PEOPLE = tuple(f"p{number}@refused.example.com" for number in range(5))


@tagged("post_install", "-at_install")
class TestOperationRefused(ProspectCase):
    def _imported(self, text, **values):
        """An import that has run, and its prospects in the order of its lines."""
        operation = self._import_wizard(text, **values)._make_operation()
        operation.action_run()
        self.assertEqual(operation.state, "done", operation.error)
        return operation, operation.line_ids.sorted("number").lead_id

    def _make_people(self, **values):
        return self._imported("\n".join(["Email", *PEOPLE]), **values)

    def _update_people(self, **values):
        """An import that has given existing people a city; they had none."""
        leads = self.env["crm.lead"].concat(
            *(self._prospect(email_from=email, **values) for email in PEOPLE)
        )
        rows = [f"{email},Rome" for email in PEOPLE]
        operation, _leads = self._imported("\n".join(["Email,City", *rows]))
        self.assertEqual(set(leads.mapped("city")), {"Rome"})
        return operation, leads

    def _assert_one_left(self, operation, bad, words):
        """One prospect could not be reversed, and says why; four were."""
        self.assertRecordValues(
            operation,
            [
                {
                    "state": "undone",
                    "reversed_count": len(PEOPLE) - 1,
                    "kept_count": 0,
                    "impossible_count": 1,
                }
            ],
        )
        line = operation.line_ids.filtered(lambda one: one.lead_id == bad)
        self.assertEqual(line.undo_outcome, "impossible")
        self.assertIn(words, line.undo_reason)

    @mute_logger("odoo.sql_db")
    def test_foreign_key(self):
        """A table that Odoo knows nothing of points at one of the prospects."""
        operation, leads = self._make_people()
        self.env.cr.execute(
            "CREATE TABLE prospect_test_bill (lead_id int REFERENCES crm_lead)"
        )
        self.env.cr.execute("INSERT INTO prospect_test_bill VALUES (%s)", [leads[2].id])
        bad = leads[2]
        operation.action_undo()
        self._assert_one_left(operation, bad, "using the record")
        self.assertEqual(leads.exists(), bad)
        self.assertEqual(bad.status_id, self.new)
        self.assertReplay(bad)

    @mute_logger("odoo.sql_db")
    def test_constraint(self):
        operation, leads = self._update_people()
        self.env.cr.execute(
            "ALTER TABLE crm_lead ADD CONSTRAINT prospect_test_city"
            f" CHECK (id != {leads[4].id} OR city IS NOT NULL)"
        )
        operation.action_undo()
        self._assert_one_left(operation, leads[4], "prospect_test_city")
        self.assertEqual(leads.mapped("city"), [False] * 4 + ["Rome"])

    def test_user_error(self):
        """A rule of a model: a prospect is never without a status."""
        operation, leads = self._update_people()
        lines = operation.line_ids.sorted("number").sudo()
        lines[1].before = {"status_id": False}
        lines[1].after = {"status_id": self.new.id}
        operation.action_undo()
        self._assert_one_left(operation, leads[1], "needs a status")
        self.assertEqual(leads[1].status_id, self.new)
        self.assertReplay(leads)

    def test_value_that_is_none(self):
        """A choice that an add-on has taken away, and a field that has gone."""
        operation, leads = self._update_people()
        lines = operation.line_ids.sorted("number").sudo()
        lines[0].before = {"priority": "9"}
        lines[0].after = {"priority": "0"}
        lines[3].before = {"x_gone": 1, **lines[3].before}
        lines[3].after = {"x_gone": 2, **lines[3].after}
        operation.action_undo()
        self.assertEqual(leads.mapped("city"), ["Rome"] + [False] * 4)
        self.assertEqual(
            lines.mapped("undo_outcome"),
            ["impossible", "reversed", "reversed", "kept", "reversed"],
        )
        self.assertIn("x_gone", lines[3].undo_reason)

    def test_tag_in_use_elsewhere(self):
        """What the import has made and cannot be deleted stays, and stops nothing."""
        rows = [f"{email},Refused tag" for email in PEOPLE]
        operation, leads = self._imported("\n".join(["Email,Tags", *rows]))
        tag = leads.tag_ids
        self.env.cr.execute(
            "CREATE TABLE prospect_test_label (tag_id int REFERENCES crm_tag)"
        )
        self.env.cr.execute("INSERT INTO prospect_test_label VALUES (%s)", [tag.id])
        with mute_logger("odoo.sql_db"):
            operation.action_undo()
        self.assertEqual((operation.state, operation.reversed_count), ("undone", 5))
        self.assertTrue(tag.exists())

    def test_the_helper_in_a_run(self):
        """What other kinds get: bad lines fail, the others are done, once each."""
        operation = self._import_wizard("\n".join(["Email", *PEOPLE]))._make_operation()
        operation.action_preview()
        operation.sudo()._set(todo="run")
        lines = operation.line_ids.sorted("number")
        tried = []

        def work(part):
            tried.append(part.mapped("number"))
            part.sudo().write({"is_done": True})
            if {3, 5} & set(part.mapped("number")):
                reason = "No third and no fifth."
                raise UserError(reason)

        done = operation._each_line(lines, work)
        self.assertEqual(done.mapped("number"), [2, 4, 6])
        self.assertEqual(tried[0], [2, 3, 4, 5, 6])
        self.assertTrue(all(lines.mapped("is_done")))
        bad = lines - done
        self.assertEqual(set(bad.mapped("outcome")), {"failed"})
        self.assertEqual(set(bad.mapped("reason")), {"No third and no fifth."})
        self.assertEqual(set(done.mapped("outcome")), {"created"})

    def test_what_nobody_has_foreseen_is_raised(self):
        operation = self._import_wizard("Email\na@x.example.com\n")._make_operation()
        operation.action_preview()
        with self.assertRaises(ZeroDivisionError):
            operation._each_line(operation.line_ids, lambda _lines: 1 / 0)
