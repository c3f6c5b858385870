"""Setting up a rotation, and what it does, in a real browser."""

from collections import Counter

from odoo.tests import HttpCase, tagged

from .test_rotation import RotationCase


@tagged("web")
class WebRotationCase(HttpCase, RotationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].search([]).active = False
        cls.manager.tour_enabled = False


@tagged("post_install", "-at_install")
class TestWebRotation(WebRotationCase):
    """Three people, six prospects, two each [MO-21, MO-22, MO-26]."""

    def test_rotation(self):
        self.env["prospect.rotation"].search([]).unlink()
        login = self.manager.login
        self.start_tour(
            "/odoo/prospect-rotation", "prospect_rotation_set_up", login=login
        )
        self.env.invalidate_all()
        rotation = self.env["prospect.rotation"].search([])
        self.assertEqual(rotation.team_id, self.team)
        self.assertEqual(rotation.member_ids.user_id, self.people)
        self.start_tour(
            f"/odoo/action-sales_team.crm_team_action_config/{self.team.id}",
            "prospect_rotation_team",
            login=login,
        )
        outcomes = self.env["crm.lead"]._prospect_upsert(
            [{"email_from": f"turn{number}@example.com"} for number in range(6)],
            defaults={"team_id": self.team.id},
            cause="form",
        )
        leads = self.env["crm.lead"].browse(row["lead_id"] for row in outcomes)
        self.assertEqual(Counter(self._names(leads)), {"Ana": 2, "Ben": 2, "Cleo": 2})
        self.start_tour(
            "/odoo/prospects?view_type=list", "prospect_rotation_result", login=login
        )
        self.env.invalidate_all()
        self.assertEqual(leads[1].user_id, self.cleo)
        self.assertEqual(
            self._assignment_log(leads[1]),
            [
                (False, self.ben.login, "rotation"),
                (self.ben.login, self.cleo.login, "manual"),
            ],
        )


@tagged("post_install", "-at_install")
class TestPhoneRotation(WebRotationCase):
    """On a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_phone(self):
        self.start_tour(
            "/odoo/prospect-rotation",
            "prospect_rotation_phone",
            login=self.manager.login,
        )
