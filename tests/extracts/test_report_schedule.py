"""Reports that somebody gets every week."""

from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_report import ReportCase


@tagged("-at_install", "post_install")
class TestReportSchedule(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.schedules = cls.env["prospect.report.schedule"]

    def _schedule(self, user=None, **values):
        """What the dialog makes when *Every week* is ticked."""
        user = user or self.salesman
        wizard = (
            self.env["prospect.report.ask"]
            .with_user(user)
            .create(
                {
                    "selection": {"domain": [["email_from", "ilike", "example.com"]]},
                    "columns": ["name"],
                    "name": "Spring",
                    "is_weekly": True,
                    **values,
                }
            )
        )
        wizard.action_ask()
        return self.schedules.with_user(user).search([], order="id desc", limit=1)

    def _make_due(self, schedule):
        schedule.sudo().next_at = datetime(2020, 1, 1)

    def _reports(self, user=None):
        return self.env["prospect.report"].search(
            [("user_id", "=", (user or self.salesman).id)]
        )

    def test_next(self):
        """At seven of the next Monday by the clock of the person."""
        schedule = self._schedule()
        # a Wednesday in Paris, in summer
        self.assertEqual(
            schedule._find_next(datetime(2026, 7, 1, 12)), datetime(2026, 7, 6, 5)
        )
        # in winter
        self.assertEqual(
            schedule._find_next(datetime(2026, 12, 1, 12)), datetime(2026, 12, 7, 6)
        )
        # on that Monday before and after it
        monday = datetime(2026, 7, 6, 5)
        self.assertEqual(schedule._find_next(monday - timedelta(seconds=1)), monday)
        self.assertEqual(schedule._find_next(monday), monday + timedelta(days=7))
        # Monday in Paris, still Sunday elsewhere
        self.assertEqual(schedule._find_next(datetime(2026, 7, 5, 22, 30)), monday)
        # the night in which the clocks change lies between: still seven
        self.assertEqual(
            schedule._find_next(datetime(2026, 10, 19, 5)), datetime(2026, 10, 26, 6)
        )

    def test_once(self):
        """Without a tick there is no second one."""
        self.assertFalse(self._schedule(is_weekly=False))
        self.assertEqual(len(self._reports()), 1)

    def test_queued_once(self):
        """What is due is asked for once, however late, and again a week later."""
        schedule = self._schedule(weekday="3")
        self.assertEqual(schedule.weekday, "3")
        first = self._reports()
        self.schedules._queue_due()
        self.assertEqual(self._reports(), first, "it is not Thursday yet")
        self._make_due(schedule)
        self.schedules._queue_due()
        second = self._reports() - first
        self.assertEqual(len(second), 1)
        self.assertEqual(second.selection, first.selection)
        self.assertEqual((second.name, second.columns), ("Spring", ["name"]))
        self.assertEqual(schedule.last_report_id, second.with_user(self.salesman))
        self.assertGreater(schedule.next_at, self.env.cr.now())
        self.schedules._queue_due()
        self.assertEqual(self._reports(), first + second)

    def test_who_is_there_then(self):
        """Prospects that came since are in it, and those that are hidden are not."""
        schedule = self._schedule()
        self._make(self._reports())
        came = self._prospect(contact_name="Came later", user_id=self.salesman.id)
        hidden = self._prospect(contact_name="Hidden", user_id=self.manager.id)
        self._make_due(schedule)
        self.schedules._queue_due()
        report = schedule.sudo().last_report_id
        self._make(report)
        self.assertEqual(report.state, "done", report.error)
        names = [row[0] for row in self._read_rows(report)]
        self.assertIn(came.name, names)
        visible = self.env["crm.lead"].with_user(self.salesman)
        self.assertEqual(
            hidden.name in names,
            bool(visible.search_count([("id", "=", hidden.id)])),
        )
        mail = self._mails(report)
        self.assertIn("Spring", mail.subject)
        self.assertIn(f"({report.row_count} prospects)", mail.subject)

    def test_right_lost(self):
        """Who may export no more gets a reason and no prospects."""
        schedule = self._schedule()
        self.env["prospect.right"].search([]).unlink()
        self._make_due(schedule)
        self.schedules._queue_due()
        report = schedule.sudo().last_report_id
        self._make(report)
        self.assertEqual(report.state, "failed")
        self.assertFalse(report.attachment_id)
        self.assertIn("could not", self._mails(report).subject)

    def test_left(self):
        """Who has left gets nothing, and the schedule ends."""
        schedule = self._schedule()
        count = len(self._reports())
        self._make_due(schedule)
        self.salesman.active = False
        self.schedules._queue_due()
        self.assertEqual(len(self._reports()), count)
        self.assertFalse(schedule.sudo().active)

    def test_paused(self):
        schedule = self._schedule()
        count = len(self._reports())
        schedule.active = False
        self._make_due(schedule)
        self.schedules._queue_due()
        self.assertEqual(len(self._reports()), count)
        schedule.active = True
        self.assertGreater(schedule.next_at, self.env.cr.now(), "nothing to catch up")

    def test_rights(self):
        """Nobody sees, changes or makes one for somebody else."""
        schedule = self._schedule()
        self.assertFalse(self.schedules.with_user(self.manager).search([]))
        with self.assertRaises(AccessError):
            schedule.with_user(self.manager).weekday = "1"
        schedule.write({"weekday": "1", "hour": 9, "name": "Mine"})
        for values in (
            {"user_id": self.manager.id},
            {"selection": {"domain": []}},
            {"next_at": datetime(2020, 1, 1)},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                schedule.write(values)
        with self.assertRaises(AccessError):
            self.schedules.with_user(self.salesman).create({"name": "By hand"})
        schedule.unlink()

    def test_subject(self):
        """The subject says what came, also in French."""
        report = self._get(["name"], name="Foire", leads=self.marie, lang="fr_FR")
        self.assertEqual(report.subject, "Your report “Foire” is ready (1 prospect)")
        self.assertEqual(
            report.with_context(lang="fr_FR").subject,
            "Votre rapport «\u00a0Foire\u00a0» est prêt (1 prospect)",
        )
