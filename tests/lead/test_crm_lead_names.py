from odoo.tests import Form

from ..common import ProspectCase


class TestNames(ProspectCase):
    """First, last and contact name stay in step, both ways."""

    def assertNames(self, lead, contact_name, first_name, last_name):
        self.assertEqual(
            (lead.contact_name, lead.first_name, lead.last_name),
            (contact_name, first_name, last_name),
        )

    def test_create(self):
        for values, expected in (
            ({"contact_name": "Jean Dupont"}, ("Jean Dupont", "Jean", "Dupont")),
            (
                {"first_name": "Jean", "last_name": "Dupont"},
                ("Jean Dupont", "Jean", "Dupont"),
            ),
            ({"last_name": "Dupont"}, ("Dupont", False, "Dupont")),
            ({"first_name": "Marie"}, ("Marie", "Marie", False)),
            (
                {"contact_name": "Dupont, Jean"},
                ("Dupont, Jean", "Jean", "Dupont"),
            ),
            (
                {"contact_name": "Jean de la Tour", "first_name": "Jean"},
                ("Jean de la Tour", "Jean", "de la Tour"),
            ),
            (
                {"contact_name": "Jean Martin", "first_name": "J."},
                ("Jean Martin", "J.", "Martin"),
            ),
            ({"contact_name": False}, (False, False, False)),
        ):
            with self.subTest(values=values):
                values = {"contact_name": False, **values}
                lead = self._prospect(**values)
                self.env.flush_all()
                lead.invalidate_recordset()
                self.assertNames(lead, *expected)

    def test_write(self):
        lead = self._prospect(contact_name="Jean Dupont")
        lead.last_name = "Durand"
        self.assertNames(lead, "Jean Durand", "Jean", "Durand")
        lead.contact_name = "Anne Le Goff"
        self.assertNames(lead, "Anne Le Goff", "Anne", "Le Goff")
        lead.first_name = False
        self.assertNames(lead, "Le Goff", False, "Le Goff")
        lead.write({"contact_name": "Jean Martin", "first_name": "J."})
        self.assertNames(lead, "Jean Martin", "J.", "Martin")
        lead.contact_name = False
        self.assertNames(lead, False, False, False)

    def test_write_many(self):
        """One first name on several people keeps each family name."""
        leads = self._prospect(contact_name="A Dupont") + self._prospect(
            contact_name="B Durand"
        )
        leads.first_name = "Camille"
        self.assertEqual(
            leads.mapped("contact_name"), ["Camille Dupont", "Camille Durand"]
        )

    def test_own_split_is_kept(self):
        """What a person split differently is not split again."""
        lead = self._prospect(
            contact_name=False, first_name="Maria del", last_name="Carmen"
        )
        lead.write({"contact_name": "Maria del Carmen", "function": "CEO"})
        self.assertNames(lead, "Maria del Carmen", "Maria del", "Carmen")

    def test_contact(self):
        """A linked contact gives its name; taking it away keeps the names."""
        partner = self.env["res.partner"].create({"name": "Lucie Petit"})
        lead = self._prospect(contact_name="Jean Dupont")
        lead.partner_id = partner
        self.assertNames(lead, "Lucie Petit", "Lucie", "Petit")
        lead.partner_id = False
        self.assertNames(lead, "Lucie Petit", "Lucie", "Petit")

    def test_title_follows_the_person(self):
        lead = self._prospect(contact_name="Jean Dupond")
        self.assertEqual(lead.name, "Jean Dupond")
        lead.last_name = "Dupont"
        self.assertEqual(lead.name, "Jean Dupont")
        lead.name = "Order of chairs"
        lead.last_name = "Durand"
        self.assertEqual(lead.name, "Order of chairs")
        nobody = self._prospect(contact_name=False, email_from=False)
        self.assertEqual(nobody.name, "New prospect")
        mail_only = self._prospect(contact_name=False, email_from="a@example.com")
        self.assertEqual(mail_only.name, "a@example.com")

    def test_search(self):
        """By name, however short, company, mail, or a phone typed in any form."""
        lead = self._prospect(
            contact_name="Li Bo",
            partner_name="Xylo",
            email_from="li@xylo.example.com",
            phone="+33 1 99 00 12 34",
        )
        leads = self.env["crm.lead"].with_user(self.salesman).with_context(lang="fr_FR")
        for text in ("Li", "xyl", "li@xylo", "01 99 00 12 34", "+33199001234"):
            with self.subTest(text=text):
                domain = [("prospect_text", "ilike", text), ("id", "=", lead.id)]
                self.assertEqual(leads.search(domain), lead)
        for text in ("Zu", "01 99 00 12 35"):
            with self.subTest(text=text):
                domain = [("prospect_text", "ilike", text), ("id", "=", lead.id)]
                self.assertFalse(leads.search(domain))

    def test_form(self):
        """The form needs no title, and shows the names in step while typing."""
        form = Form(
            self.env["crm.lead"]
            .with_user(self.salesman)
            .with_context(default_type="lead"),
            view="prospect.crm_lead_view_form",
        )
        form.first_name = "Jean"
        form.last_name = "Dupont"
        self.assertEqual(form.contact_name, "Jean Dupont")
        lead = form.save()
        self.assertNames(lead, "Jean Dupont", "Jean", "Dupont")
        self.assertEqual(lead.name, "Jean Dupont")
        with Form(lead, view="prospect.crm_lead_view_form") as form:
            form.first_name = False
        self.assertNames(lead, "Dupont", False, "Dupont")
