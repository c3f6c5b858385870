from odoo.tests import HttpCase, tagged

from .test_analysis import AnalysisCase


@tagged("post_install", "-at_install", "web")
class TestWebAnalysis(HttpCase, AnalysisCase):
    """The pages of Reporting in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.manager | cls.salesman).tour_enabled = False

    def test_manager(self):
        self.start_tour(
            "/odoo/prospect-dashboard",
            "prospect_analysis_manager",
            login=self.manager.login,
        )

    def test_salesperson(self):
        self.start_tour(
            "/odoo/prospect-people-figures",
            "prospect_analysis_salesperson",
            login=self.salesman.login,
        )
