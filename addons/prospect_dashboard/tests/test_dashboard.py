import json

from odoo.tests import HttpCase, tagged

from odoo.addons.prospect.tests.common import ProspectCase


@tagged("post_install", "-at_install")
class TestDashboard(ProspectCase):
    """The dashboard is for sales people, and asks for what there is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref("prospect_dashboard.spreadsheet_dashboard_prospect")

    def test_readers(self):
        dashboards = self.env["spreadsheet.dashboard"]
        for user, found in ((self.salesman, True), (self.employee, False)):
            mine = dashboards.with_user(user).search([("id", "=", self.dashboard.id)])
            self.assertEqual(bool(mine), found)

    def test_fields(self):
        """Models, fields and menus that it names exist."""
        data = json.loads(self.dashboard.spreadsheet_data)
        asked = {
            (pivot["model"], measure["fieldName"])
            for pivot in data["pivots"].values()
            for measure in pivot["measures"]
        }
        for figure in data["sheets"][0]["figures"]:
            meta = figure["data"].get("metaData")
            if meta:
                asked |= {
                    (meta["resModel"], name.partition(":")[0])
                    for name in (*meta["groupBy"], meta["measure"])
                }
                chains = figure["data"]["fieldMatching"].values()
                asked |= {(meta["resModel"], chain["chain"]) for chain in chains}
        self.assertGreater(len(asked), 8)
        for model, name in asked - {("prospect.lifecycle", "__count")}:
            self.assertIn(name, self.env[model]._fields)
        # up to today, as on the pages: Odoo's twelve months end with the last one
        self.assertEqual(data["globalFilters"][0]["defaultValue"], "last_90_days")
        for xmlid in data["chartOdooMenusReferences"].values():
            self.assertTrue(self.env.ref(xmlid).action, f"{xmlid} opens nothing")
        self.salesman.lang = "en_US"
        answer = self.dashboard.with_user(
            self.salesman
        )._get_serialized_readonly_dashboard()
        sheets = json.loads(answer)["snapshot"]["sheets"]
        self.assertEqual([sheet["name"] for sheet in sheets], ["Dashboard", "Data"])


@tagged("post_install", "-at_install", "web")
class TestWebDashboard(HttpCase, ProspectCase):
    """The dashboard as a salesperson opens it."""

    def test_open(self):
        """It is drawn, without an error."""
        self._prospect()
        self.env["prospect.lifecycle.refresh"]._refresh()
        dashboard = self.env.ref("prospect_dashboard.spreadsheet_dashboard_prospect")
        self.browser_js(
            f"/odoo/dashboards?dashboard_id={dashboard.id}",
            """
            const wait = setInterval(() => {
                const figures = document.querySelectorAll(".o-figure");
                const charts = document.querySelectorAll(".o-figure canvas");
                if (figures.length > 4 && charts.length > 4) {
                    clearInterval(wait);
                    console.log("test successful");
                }
            }, 200);
            """,
            "odoo.isReady",
            login=self.salesman.login,
        )
