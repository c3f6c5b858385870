from odoo.tests import HttpCase, tagged

from .test_rights import RightsCase


@tagged("post_install", "-at_install", "web")
class TestWebRights(HttpCase, RightsCase):
    """An administrator changes the matrix; a salesperson's button comes and goes."""

    def test_rights(self):
        (self.manager | self.salesman).tour_enabled = False
        closers = self.env["res.groups"].create({"name": "Closers"})
        lead = self._added(contact_name="Paula Added", name="Paula Added")
        prospects = "/odoo/prospects?view_type=kanban"
        page = "/odoo/prospect-rights"
        salesman, manager = self.salesman.login, self.manager.login
        self.start_tour(prospects, "prospect_rights_without", login=salesman)
        self.start_tour(page, "prospect_rights_admin", login=manager)
        self.env.invalidate_all()
        self.assertTrue(lead.with_user(self.salesman).prospect_convert_ok)
        right = self.env["prospect.right"].search([("group_id", "=", closers.id)])
        self.assertEqual((right.operation, right.scope), ("merge", "team"))
        self.start_tour(prospects, "prospect_rights_with", login=salesman)
        self.start_tour(page, "prospect_rights_reset", login=manager)
        self.env.invalidate_all()
        self.assertFalse(lead.with_user(self.salesman).prospect_convert_ok)
        self.start_tour(prospects, "prospect_rights_without", login=salesman)
