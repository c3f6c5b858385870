"""Figures of a period, on paper and in the digest, against figures by hand."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import ProspectCase

MAY = datetime(2026, 5, 1), datetime(2026, 6, 1)


@tagged("-at_install", "post_install")
class TestSummary(ProspectCase):
    """Five prospects of one team, with histories of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.web, cls.fair = cls.env["utm.source"].create(
            [
                {"name": "Summary site", "prospect_channel": "form"},
                {"name": "Summary fair", "prospect_channel": "manual"},
            ]
        )
        # came in April, converted in May
        cls.anna = cls._story(
            "Anna", cls.web, ("new", "2026-04-10"), ("converted", "2026-05-04")
        )
        # came in May, went all the way, reopened and converted again
        cls.boris = cls._story(
            "Boris",
            cls.web,
            ("new", "2026-05-02"),
            ("in_progress", "2026-05-03"),
            ("converted", "2026-05-10"),
            ("in_progress", "2026-05-11"),
            ("converted", "2026-05-12"),
        )
        # came in May, junk in June
        cls.clara = cls._story(
            "Clara", cls.fair, ("new", "2026-05-05"), ("junk", "2026-06-02")
        )
        # came in May, junk in May, reopened since
        cls.david = cls._story(
            "David",
            cls.web,
            ("new", "2026-05-06"),
            ("junk", "2026-05-07"),
            ("in_progress", "2026-06-07"),
        )
        # came in June
        cls.emma = cls._story("Emma", cls.web, ("new", "2026-06-01 10:00:00"))
        cls.leads = cls.anna | cls.boris | cls.clara | cls.david | cls.emma

    @classmethod
    def _story(cls, name, source, *steps):
        """A prospect that had statuses on some days."""
        lead = cls._prospect(contact_name=name, email_from=False, source_id=source.id)
        for status, _day in steps[1:]:
            lead.with_context(active_test=False).status_id = getattr(cls, status)
        cls.env.flush_all()
        cls.env.cr.execute(
            """UPDATE prospect_status_change AS log SET date = day::timestamp
                 FROM (SELECT id, row_number() OVER (ORDER BY id) AS number
                         FROM prospect_status_change WHERE lead_id = %s) AS own
                 JOIN unnest(%s) WITH ORDINALITY AS step (day, number) USING (number)
                WHERE own.id = log.id""",
            [lead.id, [day for _status, day in steps]],
        )
        cls.env.invalidate_all()
        return lead

    def _figures(self, user=None):
        figures = self.env["prospect.figures"].with_user(user or self.salesman)
        return figures, figures._get_leads([("team_id", "=", self.team.id)])

    def _page(self, user=None, **values):
        return (
            self.env["prospect.summary"]
            .with_user(user or self.salesman)
            .create(
                {
                    "team_id": self.team.id,
                    "date_from": date(2026, 5, 1),
                    "date_to": date(2026, 5, 31),
                    **values,
                }
            )
            .get_page()
        )

    def test_totals(self):
        figures, leads = self._figures()
        # Boris, Clara, David; Anna and Boris; David
        self.assertEqual(
            figures._get_totals(leads, *MAY), {"new": 3, "converted": 2, "junk": 1}
        )

    def test_merged(self):
        """Two who were one all along count once, on the day the first one came."""
        (self.boris | self.clara)._merge_opportunity(auto_unlink=True)
        figures, leads = self._figures()
        self.assertEqual(figures._get_totals(leads, *MAY)["new"], 2)

    def test_page(self):
        page = self._page()
        self.assertEqual(page["team"], "Prospect team")
        self.assertEqual(
            [(card["count"], card["before"]) for card in page["cards"]],
            [(3, 1), (2, 0), (1, 0)],
        )
        reached = {step["name"]: step["count"] for step in page["funnel"]}
        self.assertEqual(
            [reached[name] for name in ("New", "In progress", "Converted", "Junk")],
            [3, 2, 1, 2],
        )
        self.assertEqual(
            [
                (row["name"], row["new"], row["converted"], row["junk"])
                for row in page["sources"]
            ],
            [("Summary site", 2, 1, 0), ("Summary fair", 1, 0, 1)],
        )
        self.assertEqual(page["sources"][0]["rate"], 0.5)
        self.assertEqual(
            [(row["name"], row["new"]) for row in page["people"]],
            [("Prospect salesman", 3)],
        )

    def test_lists(self):
        guests = self.env["prospect.list"].create({"name": "Guests"})
        secret = self.env["prospect.list"].create(
            {"name": "Secret", "visibility": "private", "user_id": self.manager.id}
        )
        (self.boris | self.clara).list_ids = [Command.set((guests | secret).ids)]
        self.boris.list_ids = [Command.unlink(guests.id)]
        today = self._today(self.salesman)
        page = self._page(date_from=today, date_to=today)
        self.assertEqual(
            page["lists"], [{"name": "Guests", "joined": 2, "left": 1, "now": 1}]
        )

    def test_rights(self):
        """Everybody prints what they see."""
        self.boris.user_id = self.manager
        self.env.flush_all()
        self.assertEqual(self._page()["cards"][0]["count"], 2)
        self.assertEqual(self._page(self.manager)["cards"][0]["count"], 3)
        with self.assertRaises(AccessError):
            self._page(self.employee)
        wizard = self.env["prospect.summary"].with_user(self.salesman).create({})
        with self.assertRaises(AccessError):
            wizard.with_user(self.manager).get_page()

    def test_time_zone(self):
        """Days are those of the person: Emma came in June, or in May over there."""
        self.salesman.tz = "Pacific/Honolulu"
        self.env.cr.execute(
            "UPDATE prospect_status_change SET date = %s WHERE lead_id = %s",
            [datetime(2026, 6, 1, 8), self.emma.id],
        )
        self.assertEqual(self._page()["cards"][0]["count"], 4)
        self.salesman.tz = "Europe/Paris"
        self.assertEqual(self._page()["cards"][0]["count"], 3)

    def test_wrong_period(self):
        with self.assertRaises(UserError):
            self._page(date_from=date(2026, 6, 1))

    def test_printed(self):
        """The page itself, in French: what is on paper."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.salesman.lang = "fr_FR"
        wizard = (
            self.env["prospect.summary"]
            .with_user(self.salesman)
            .with_context(lang="fr_FR")
            .create(
                {
                    "team_id": self.team.id,
                    "date_from": date(2026, 5, 1),
                    "date_to": date(2026, 5, 31),
                }
            )
        )
        html, kind = (
            self.env["ir.actions.report"]
            .with_user(self.salesman)
            .with_context(lang="fr_FR")
            ._render_qweb_html("prospect.prospect_summary_document", wizard.ids)
        )
        text = html.decode()
        self.assertEqual(kind, "html")
        self.assertIn("Prospect team", text)
        self.assertIn("01/05/2026", text)
        self.assertIn("Summary site", text)

    def test_many_sources(self):
        """More rows than a page holds: the rest is one."""
        sources = self.env["utm.source"].create(
            [{"name": f"Summary {number}"} for number in range(15)]
        )
        for source in sources:
            self._story("Extra", source, ("new", "2026-05-20"))
        rows = self._page()["sources"]
        self.assertEqual(len(rows), 12)
        self.assertEqual(sum(row["new"] for row in rows), 18)
        self.assertEqual(rows[-1]["name"], "6 others")

    def test_digest(self):
        digest = self.env["digest.digest"].create(
            {
                "name": "Prospects",
                "periodicity": "weekly",
                "kpi_prospect_new": True,
                "kpi_prospect_converted": True,
                "kpi_prospect_junk": True,
            }
        )
        (self.leads - self.clara).company_id = False
        self.clara.company_id = self.env.company
        other = self.env["res.company"].create({"name": "Other company"})
        self._story("Foreign", self.web, ("new", "2026-05-20")).write(
            {"company_id": other.id, "team_id": False, "user_id": False}
        )
        self.env.flush_all()
        digest = digest.with_user(self.salesman).with_context(
            start_datetime=MAY[0], end_datetime=MAY[1]
        )
        self.assertEqual(digest.kpi_prospect_new_value, 3)
        self.assertEqual(digest.kpi_prospect_converted_value, 2)
        self.assertAlmostEqual(digest.kpi_prospect_junk_value, 100 / 3)
        digest.invalidate_recordset()
        with self.assertRaises(AccessError):
            digest.with_user(self.employee).sudo(False)._compute_kpi_prospect_values()

    def test_digest_mail(self):
        """Odoo's mail shows them, each with a link to the page."""
        digest = self.env.ref("digest.digest_digest_default")
        with patch.object(self.env.cr, "commit", lambda: None):
            kpis = digest._compute_kpis(self.env.company, self.manager)
        names = {kpi["kpi_name"]: kpi for kpi in kpis}
        for name in ("new", "converted", "junk"):
            with self.subTest(name=name):
                kpi = names[f"kpi_prospect_{name}"]
                self.assertIn("crm_lead_action_prospect", kpi["kpi_action"])
                self.assertIn("value", kpi["kpi_col3"])
        self.assertNotIn("kpi_missing", names)
