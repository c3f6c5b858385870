from odoo.tests import HttpCase, tagged

from ..common import ProspectCase


@tagged("post_install", "-at_install", "web")
class TestWebDuplicates(HttpCase, ProspectCase):
    """The page of duplicates, and the warning to who types an existing person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for model in ("pair", "scan"):
            cls.env[f"prospect.duplicate.{model}"].search([]).unlink()
        # the search of the tour is a small one
        cls.env["crm.lead"].search([]).write({"active": False})
        cls._prospect(
            contact_name="Paula Twice",
            name="Paula Twice",
            email_from="paula@twice.test",
        )
        (cls.manager | cls.salesman).tour_enabled = False

    def test_page(self):
        self._prospect(contact_name="Paula Twyce", email_from="paula@twice.test")
        self.start_tour(
            "/odoo/prospect-duplicates",
            "prospect_duplicates_admin",
            login=self.manager.login,
        )
        pair = self.env["prospect.duplicate.pair"].search([])
        self.assertEqual((len(pair), pair.state), (1, "open"))

    def test_typing(self):
        self._prospect(
            contact_name="Secret Person",
            email_from="secret@hidden.test",
            user_id=self.manager.id,
            team_id=False,
        )
        login = self.salesman.login
        self.start_tour(
            "/odoo/prospects?view_type=kanban",
            "prospect_duplicates_typing",
            login=login,
        )
        self.start_tour("/odoo/prospects/new", "prospect_duplicates_form", login=login)
