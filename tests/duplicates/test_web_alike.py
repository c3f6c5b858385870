from odoo.tests import HttpCase, tagged

from ..common import ProspectCase


@tagged("post_install", "-at_install", "web")
class TestWebAlike(HttpCase, ProspectCase):
    """From the form of a prospect to who is like it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["prospect.duplicate.pair"].search([]).unlink()
        cls.salesman.tour_enabled = False

    def _tour(self):
        values = {"partner_name": "Quernec Alike", "user_id": self.salesman.id}
        lead = self._prospect(
            contact_name="Odile Quernec", email_from="odile@alike.test", **values
        )
        self._prospect(
            contact_name="Odile Kernec", email_from="odile@alike.test", **values
        )
        self._prospect(
            contact_name="Hubert Vauquelin", email_from=False, phone=False, **values
        )
        self.start_tour(
            f"/odoo/prospects/{lead.id}",
            "prospect_alike",
            login=self.salesman.login,
        )

    def test_desktop(self):
        self._tour()


@tagged("post_install", "-at_install", "web")
class TestPhoneAlike(TestWebAlike):
    """The same on a phone, in French."""

    browser_size = "390x844"
    touch_enabled = True

    def test_desktop(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.salesman.lang = "fr_FR"
        self._tour()
