from odoo.tests import tagged

from odoo.addons.prospect import hooks

from .common import ProspectCase


@tagged("is_query_count")
class TestInstall(ProspectCase):
    """Installing on a database that has leads already: DESIGN 3's mapping."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cases = {
            "active": {},
            "lost": {"active": False, "lost_reason_id": cls.reason.id},
            "archived": {"active": False, "probability": 10},
            "opportunity": {"type": "opportunity"},
            "converted": {
                "type": "opportunity",
                "date_conversion": "2026-02-03 10:00:00",
            },
            "converted_lost": {
                "type": "opportunity",
                "date_conversion": "2026-02-03 10:00:00",
                "active": False,
                "probability": 0,
            },
            "converted_archived": {
                "type": "opportunity",
                "date_conversion": "2026-02-03 10:00:00",
                "active": False,
                "probability": 10,
            },
        }
        cls.leads = {
            name: cls._prospect(
                **{"contact_name": "DE LA TOUR Anne", "name": name, **values}
            )
            for name, values in cls.cases.items()
        }
        all_leads = cls.env["crm.lead"].concat(*cls.leads.values())
        cls.env.flush_all()
        # As they were before the installation.
        for table in ("prospect_status_change", "prospect_assignment"):
            cls.env.cr.execute(
                f"DELETE FROM {table} WHERE lead_id IN %s", [tuple(all_leads.ids)]
            )
        cls.env.cr.execute(
            """UPDATE crm_lead
                  SET status_id = NULL, is_listed = NULL, first_name = NULL,
                      last_name = NULL, create_date = '2026-01-02 09:00:00'
                WHERE id IN %s""",
            [tuple(all_leads.ids)],
        )
        cls.env.invalidate_all()
        hooks._take_over_leads(cls.env)

    def test_mapping(self):
        for name, status, listed in (
            ("active", self.new, True),
            ("lost", self.junk, True),
            ("archived", self.new, False),
            ("opportunity", self.env["prospect.status"], False),
            ("converted", self.converted, True),
            ("converted_lost", self.converted, True),
            ("converted_archived", self.converted, False),
        ):
            with self.subTest(name=name):
                lead = self.leads[name]
                self.assertEqual(lead.status_id, status)
                self.assertEqual(lead.is_listed, listed)
                self.assertEqual(lead.first_name, "Anne")
                self.assertEqual(lead.last_name, "DE LA TOUR")

    def test_is_what_the_model_would_compute(self):
        leads = self.env["crm.lead"].concat(*self.leads.values())
        listed = {lead.id: lead.is_listed for lead in leads}
        leads._compute_is_listed()
        self.assertEqual({lead.id: lead.is_listed for lead in leads}, listed)

    def test_log(self):
        rows = self.leads["converted"].status_change_ids.sorted("id")
        self.assertEqual(rows.mapped("cause"), ["install", "install"])
        self.assertEqual(
            [str(row.date) for row in rows],
            ["2026-01-02 09:00:00", "2026-02-03 10:00:00"],
        )
        self.assertEqual(
            [str(row.date) for row in self.leads["active"].status_change_ids],
            ["2026-01-02 09:00:00"],
        )
        self.assertFalse(self.leads["opportunity"].status_change_ids)
        row = self.leads["active"].assignment_ids
        self.assertEqual((row.assignee_id, row.cause), (self.salesman, "install"))
        for lead in self.leads.values():
            self.assertReplay(lead)

    def test_second_run_changes_nothing(self):
        leads = self.env["crm.lead"].concat(*self.leads.values())
        rows = leads.status_change_ids
        leads[0].status_id = self.in_progress
        rows = leads.status_change_ids
        self.env.flush_all()
        hooks._take_over_leads(self.env)
        self.assertEqual(leads[0].status_id, self.in_progress)
        self.assertEqual(leads.status_change_ids, rows)

    def test_queries(self):
        """One pass of SQL, whatever the number of leads."""
        self.env.cr.execute("UPDATE crm_lead SET is_listed = NULL")
        self.env["prospect.status"].search([]).mapped("name")
        with self.assertQueryCount(12):
            hooks._take_over_leads(self.env)
