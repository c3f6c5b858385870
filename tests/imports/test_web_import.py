"""The lifecycle of a file, in a real browser."""

from odoo.tests import tagged

from ..lead.test_web import WebCase


class WebImportCase(WebCase):
    """One existing prospect, and the file of the tour."""

    def _prepare(self):
        return self._prospect(
            contact_name="Marc Girard",
            email_from="marc.girard@example.com",
            city="Lyon",
        )

    def _check(self, known, lists):
        operation = self.env["prospect.operation"].search(
            [("user_id", "=", self.salesman.id)]
        )
        self.assertRecordValues(
            operation,
            [
                {
                    "state": "undone",
                    "created_count": 2,
                    "updated_count": 2,
                    "failed_count": 1,
                    "reversed_count": 4,
                    "kept_count": 0,
                }
            ],
        )
        self.assertEqual(operation.attachment_id.name, "salon.csv")
        self.assertEqual(known.city, "Lyon")
        self.assertFalse(
            self.env["crm.lead"].search([("email_from", "ilike", "zoe.martin@")])
        )
        self.assertFalse(self.env["crm.tag"].search([("name", "=", "Salon du pain")]))
        self.assertEqual(
            operation.options["values"].get("list_ids", []), lists.ids, "was chosen"
        )
        self.assertReplay(known)

    def _keep_apart(self):
        """Three people of a family with one address are kept apart on the page."""
        wizard = self._import_wizard(
            "Full name,Email\n"
            + "".join(
                f"{name},family@apart.example.com\n"
                for name in ("Ana Roux", "Bob Blanc", "Cal Vert")
            )
        )
        operation = wizard._make_operation()
        operation.action_preview()
        self.assertEqual((operation.created_count, operation.shared_count), (1, 2))
        self.start_tour(
            f"/odoo/prospect-operations/{operation.id}",
            "prospect_import_apart",
            login="prospect_salesman",
        )
        self.env.invalidate_all()
        self.assertEqual((operation.state, operation.created_count), ("done", 3))
        leads = self.env["crm.lead"].search(
            [("email_normalized", "=", "family@apart.example.com")]
        )
        self.assertEqual(
            sorted(leads.mapped("contact_name")), ["Ana Roux", "Bob Blanc", "Cal Vert"]
        )


@tagged("post_install", "-at_install")
class TestWebImport(WebImportCase):
    """On a desktop."""

    def test_import(self):
        known = self._prepare()
        self.start_tour("/odoo/prospects", "prospect_import", login="prospect_salesman")
        self._check(known, self.fair)

    def test_pasted(self):
        self.start_tour(
            "/odoo/prospects", "prospect_import_paste", login="prospect_salesman"
        )
        lead = self.env["crm.lead"].search([("email_from", "=", "ines@example.com")])
        self.assertEqual(lead.contact_name, "Inès Roy")
        self.assertEqual(lead.user_id.id, False)
        self.assertEqual(self._status_log(lead), [(False, "New", "import")])

    def test_reading(self):
        """Separator, encoding and header are chosen, and the columns react."""
        self.start_tour(
            "/odoo/prospects", "prospect_import_reading", login="prospect_salesman"
        )
        leads = self.env["crm.lead"].search(
            [("email_from", "in", ["ana@example.com", "bob@example.com"])], order="id"
        )
        self.assertEqual(leads.mapped("last_name"), ["Roux", "Blanc"])

    def test_kept_apart(self):
        self._keep_apart()

    def test_background(self):
        """A large one is queued; its page follows it and stays where it is."""
        rows = "".join(f"p{number}@example.com\n" for number in range(300))
        wizard = (
            self.env["prospect.import"]
            .with_user(self.salesman)
            .create({"pasted": f"Email\n{rows}"})
        )
        operation = wizard._make_operation()
        operation.action_preview()
        self.assertEqual(operation.state, "previewed", operation.error)
        self.start_tour(
            f"/odoo/prospect-operations/{operation.id}",
            "prospect_import_background",
            login="prospect_salesman",
        )
        self.assertEqual(operation.state, "cancelled")
        self.assertFalse(
            self.env["crm.lead"].search([("email_from", "=", "p0@example.com")])
        )


@tagged("post_install", "-at_install")
class TestPhoneImport(WebImportCase):
    """The same on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_import(self):
        known = self._prepare()
        self.start_tour(
            "/odoo/prospects", "prospect_import_phone", login="prospect_salesman"
        )
        self._check(known, self.env["prospect.list"])

    def test_kept_apart(self):
        self.salesman.lang = "en_US"
        self._keep_apart()
