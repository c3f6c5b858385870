from odoo.tests import HttpCase, tagged

from .test_notification import NotificationCase


@tagged("post_install", "-at_install", "web")
class TestWebNotification(HttpCase, NotificationCase):
    """Rules, messages and tasks in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.manager + cls.salesman).tour_enabled = False

    def test_rule_and_inbox(self):
        """An administrator makes a rule; the manager finds the message and opens the
        prospect.
        """
        self.rule.unlink()
        self.start_tour(
            "/odoo/prospect-notification-rules",
            "prospect_notification_rule",
            login=self.manager.login,
        )
        self.env.invalidate_all()
        rule = self.env["prospect.notification.rule"].search([])
        self.assertEqual(rule.group_ids, self.managers)
        self.assertEqual(rule.source_ids, self.form)
        self.assertTrue(rule.by_popup)
        self._from_form()
        self.assertEqual(self._work().state, "sent")
        self.start_tour(
            "/odoo/discuss", "prospect_notification_inbox", login=self.manager.login
        )

    def test_task(self):
        """A salesperson opens the task from the e-mail and marks it done."""
        self._open_task()

    def test_task_on_a_phone(self):
        """The same on a phone."""
        self.browser_size = "390x844"
        self.touch_enabled = True
        self._open_task()

    def _open_task(self):
        self.team.write(
            {
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "activity_summary": "Welcome call",
            }
        )
        lead = self._prospect()
        task = lead.activity_ids
        self.start_tour(
            f"/prospect/task/{task.id}",
            "prospect_notification_task",
            login=self.salesman.login,
        )
        self.env.invalidate_all()
        self.assertFalse(task.active)
        self.assertEqual(task.feedback, "Reached, wants an offer")
