from psycopg2 import IntegrityError

from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.tools import mute_logger

from odoo.addons.prospect.models.lead import crm_lead

from ..common import ProspectCase


class TestProspectStatus(ProspectCase):
    """Statuses as an administrator configures them."""

    def test_french(self):
        names = (self.new + self.in_progress + self.to_clarify).with_context(
            lang="fr_FR"
        )
        self.assertEqual(names.mapped("name"), ["Nouveau", "En cours", "À clarifier"])

    def test_protected(self):
        for status in (self.new, self.converted, self.junk):
            with self.subTest(status=status.name), self.assertRaises(UserError):
                status.unlink()
        self.env["prospect.status"].create({"name": "Spam", "kind": "junk"})
        with self.assertRaises(UserError):
            self.junk.unlink()

    def test_default_moves(self):
        self.in_progress.with_user(self.manager).is_default = True
        self.assertFalse(self.new.is_default)
        self.assertEqual(self._prospect().status_id, self.in_progress)
        with self.assertRaises(UserError):
            self.in_progress.is_default = False
        with self.assertRaises(ValidationError):
            self.junk.is_default = True
        other = self.env["prospect.status"].create({"name": "A", "is_default": True})
        self.assertFalse(self.in_progress.is_default)
        self.assertEqual(self._prospect().status_id, other)

    def test_one_default_a_call(self):
        with self.assertRaises(UserError):
            (self.new + self.in_progress).is_default = True
        self.to_clarify.with_user(self.manager).action_make_default()
        self.assertTrue(self.to_clarify.is_default)

    def test_found_in_any_language(self):
        """A French file says Écarté whoever imports it."""
        self.env["res.lang"]._activate_lang("fr_FR")
        statuses = self.env["prospect.status"]
        for name in ("Junk", "Écarté", "écarté"):
            with self.subTest(name=name):
                found = statuses.name_search(name, operator="=")
                self.assertEqual(
                    [status_id for status_id, _name in found], self.junk.ids
                )

    @mute_logger("odoo.sql_db")
    def test_one_default_in_the_database(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.env.cr.execute("UPDATE prospect_status SET is_default = TRUE")

    def test_settings(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.prospect_default_status_id, self.new)
        settings.prospect_default_status_id = self.to_clarify
        settings.execute()
        self.assertTrue(self.to_clarify.is_default)

    def test_kind_is_fixed_once_used(self):
        status = self.env["prospect.status"].create({"name": "Quotation sent"})
        status.kind = "new"
        lead = self._prospect(status_id=status.id)
        lead.status_id = self.new
        with self.assertRaises(UserError):
            status.kind = "junk"
        with self.assertRaises(UserError):
            self.junk.kind = "open"
        status.write({"kind": "new", "name": "Quotation"})

    def test_delete_asks_where_prospects_go(self):
        status = self.env["prospect.status"].create({"name": "Quotation sent"})
        lead = self._prospect(status_id=status.id)
        hidden = self._prospect(status_id=status.id, active=False, probability=10)
        manager_status = status.with_user(self.manager)
        with self.assertRaises(RedirectWarning):
            manager_status.unlink()
        action = manager_status.action_delete()
        self.assertEqual(action["res_model"], "prospect.status.delete")
        wizard = (
            self.env["prospect.status.delete"]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({"target_id": self.in_progress.id})
        )
        self.assertEqual(wizard.lead_count, 2)
        wizard.action_delete()
        self.assertFalse(status.exists())
        self.assertEqual((lead + hidden).status_id, self.in_progress)
        last = lead.status_change_ids[0]
        self.assertEqual(
            (last.from_name, last.from_id.id, last.cause),
            ("Quotation sent", False, "status_deleted"),
        )

    def test_delete_to_junk(self):
        lead = self._prospect(status_id=self.to_clarify.id)
        self.env["prospect.status.delete"].create(
            {"status_id": self.to_clarify.id, "target_id": self.junk.id}
        ).action_delete()
        self.assertEqual(lead.won_status, "lost")

    def test_new_status_comes_after_those_worked_on(self):
        status = self.env["prospect.status"].create({"name": "Quotation sent"})
        order = self.env["prospect.status"].search([]).ids
        self.assertGreater(order.index(status.id), order.index(self.to_clarify.id))
        self.assertLess(order.index(status.id), order.index(self.converted.id))

    def test_delete_unused(self):
        status = self.env["prospect.status"].create({"name": "Unused"})
        status.with_user(self.manager).action_delete()
        self.assertFalse(status.exists())

    def test_columns(self):
        """Empty statuses are columns too, in their order."""
        leads = self.env["crm.lead"].with_context(read_group_expand=True)
        groups = leads.web_read_group(
            [("id", "=", self._prospect().id)], ["status_id"], ["__count"]
        )["groups"]
        self.assertEqual(
            [group["status_id"][0] for group in groups],
            self.env["prospect.status"].search([]).ids,
        )

    def test_page(self):
        """Junk and converted are on the page, plainly archived ones are not."""
        listed = self._prospect() + self._prospect(status_id=self.junk.id)
        lost_opportunity = self._prospect()
        lost_opportunity.convert_opportunity(self.env["res.partner"])
        lost_opportunity.action_set_lost()
        archived = self._prospect(probability=10)
        archived.action_archive()
        action = self.env["crm.lead"]._prospect_action([])
        self.assertEqual(
            self.env["crm.lead"].search(
                [
                    *action["domain"],
                    ("id", "in", (listed + lost_opportunity + archived).ids),
                ]
            ),
            (listed + lost_opportunity).sorted("id", reverse=True),
        )
        self.assertEqual(self.new.action_view_leads()["display_name"], "New")

    def test_counts_in_the_left_panel(self):
        """Up to 100,000 prospects; none above."""
        view = self.env.ref("prospect.crm_lead_view_search")
        leads = self.env["crm.lead"].with_user(self.salesman)
        # the table has some leads: those of the test at least, once analysed
        self._prospect()
        self.env.flush_all()
        self.env.cr.execute("ANALYZE crm_lead")
        for limit, counted in ((100_000, True), (0, False)):
            with self.subTest(limit=limit):
                self.patch(crm_lead, "LIVE_COUNT_LIMIT", limit)
                arch = leads.get_view(view.id, "search")["arch"]
                self.assertEqual("enable_counters" in arch, counted)
