from odoo.tests import HttpCase, tagged

from odoo.addons.web.tests import test_js

from ..common import FormCase
from ..figures.test_figures import FiguresCase


@tagged("post_install", "-at_install", "web")
class TestWebBuilder(HttpCase, FormCase):
    """The lifecycle of who makes a form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.manager.tour_enabled = False

    def test_builder(self):
        self.start_tour(
            "/odoo/prospect-forms", "prospect_form_builder", login=self.manager.login
        )
        form = self.env["prospect.form"].search([("name", "=", "Open day")])
        asked = form.field_ids.sorted()
        labels = asked.mapped("label")
        plate = asked.filtered(lambda field: field.label == "Number plate")
        self.assertEqual(plate.condition_text, "Shown when Coming by is Car")
        self.assertLess(labels.index("Number plate"), labels.index("Coming by"))
        self.assertEqual(form.button_label, "I would like to come", "it was discarded")


@tagged("post_install", "-at_install", "web")
class TestPhoneBuilder(HttpCase, FormCase):
    """The same on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_phone(self):
        self.manager.tour_enabled = False
        self.start_tour(
            "/odoo/prospect-forms", "prospect_form_phone", login=self.manager.login
        )
        self.assertEqual(self.form.field_ids[1].label, "Family name")


@tagged("post_install", "-at_install", "web")
class TestWebFigures(HttpCase, FiguresCase):
    """A salesperson looks at the figures."""

    def test_figures(self):
        self.salesman.tour_enabled = False
        self.start_tour(
            "/odoo/prospect-forms", "prospect_form_figures", login=self.salesman.login
        )


@tagged("post_install", "-at_install", "web")
class TestWebUnits(HttpCase):
    """The HOOT tests of our own JavaScript."""

    def test_unit(self):
        suite = test_js.HOOTCommon._generate_hash(self, "@prospect_form")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=120,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )
