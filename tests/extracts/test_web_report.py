"""A report that somebody asks for, in a real browser."""

from odoo.tests import tagged

from ..lead.test_web import WebCase


class WebReportCase(WebCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].search([]).active = False
        cls.salesman.lang = "en_US"
        cls._allow("export", "group", "sales_team.group_sale_salesman", scope="all")
        for name in ("Anne Le Goff", "Luc Petit", "Zoé Roy"):
            cls._prospect(
                contact_name=name,
                email_from=f"{name[:3].lower()}@example.com",
                function="Directrice",
                list_ids=[(4, cls.fair.id)] if name != "Zoé Roy" else [],
            )
        cls.env["prospect.report.template"].create(
            {
                "name": "Names and job",
                "visibility": "shared",
                "columns": ["first_name", "last_name", f"list:{cls.fair.id}"],
            }
        )

    def setUp(self):
        super().setUp()
        # the job, at once: a tour is one transaction
        self.patch(
            self.registry["prospect.report"],
            "_wake",
            lambda report: [None for _batch in report._make_in_background()],
        )

    def _report(self):
        return self.env["prospect.report"].search([("user_id", "=", self.salesman.id)])


@tagged("post_install", "-at_install")
class TestWebReport(WebReportCase):
    """On a desktop."""

    def test_report(self):
        self.start_tour(
            "/odoo/prospects?view_type=list",
            "prospect_report",
            login="prospect_salesman",
        )
        report = self._report()
        self.assertEqual((report.state, report.row_count), ("done", 1))
        self.assertEqual(
            report.sudo().attachment_id.raw.decode("utf-8-sig").splitlines(),
            [
                "First Name,Salon de printemps,Job Position",
                "Anne,Yes,Directrice",
            ],
        )

    def test_link(self):
        """The link works for the person alone, after logging in."""
        report = (
            self.env["prospect.report"]
            .with_user(self.salesman)
            ._ask({"domain": [("contact_name", "=", "Luc Petit")]}, ["name"], "csv")
        )
        path = report._get_path()
        self.authenticate("prospect_salesman", "prospect_salesman")
        answer = self.url_open(path)
        self.assertEqual(answer.status_code, 200)
        self.assertIn(b"Luc Petit", answer.content)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertIn("no-store", answer.headers["Cache-Control"])
        for login in ("prospect_manager", "prospect_employee", "admin"):
            with self.subTest(login=login):
                self.authenticate(login, login)
                self.assertEqual(self.url_open(path).status_code, 404)
        self.authenticate(None, None)
        answer = self.url_open(path)
        self.assertIn("/web/login", answer.url)
        self.assertNotIn(b"Luc Petit", answer.content)


@tagged("post_install", "-at_install")
class TestPhoneReport(WebReportCase):
    """On a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_list(self):
        self.start_tour(
            "/odoo/prospect-lists", "prospect_report_phone", login="prospect_salesman"
        )
        self.assertEqual((self._report().state, self._report().row_count), ("done", 2))
