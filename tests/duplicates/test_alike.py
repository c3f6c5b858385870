from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.prospect.models.duplicates import crm_lead_alike

from .test_duplicates import DuplicatesCase


@tagged("post_install", "-at_install")
class TestAlike(DuplicatesCase):
    """What the form of a prospect says of others: the same person, the same company."""

    def _count(self, lead, user=None):
        lead.invalidate_recordset()
        return lead.with_user(user or self.manager).prospect_duplicate_count

    def _person(self, **values):
        return self._prospect(
            **{
                "contact_name": "Odile Quernec",
                "email_from": "odile@quernec-alike.test",
                "phone": False,
                **values,
            }
        )

    def _colleagues(self, lead, user=None):
        lead.invalidate_recordset()
        lead = lead.with_user(user or self.manager)
        found = lead._prospect_get_colleagues()
        self.assertEqual(lead.prospect_colleague_count, len(found))
        return set(found.mapped("contact_name"))

    # --- The same person --------------------------------------------------------------

    def test_without_a_search(self):
        """Who came a moment ago is known, before any search and any index."""
        one = self._person()
        self.assertEqual(self._count(one), 0)
        two = self._person(contact_name="Odile Kernec")
        contact = self.env["res.partner"].create(
            {"name": "O. Quernec", "email": "odile@quernec-alike.test"}
        )
        self.assertEqual((self._count(one), self._count(two)), (2, 2))
        contact.active = False
        self.assertEqual(self._count(one), 1)
        two.action_set_lost(lost_reason_id=self.reason.id)
        self.assertEqual((self._count(one), self._count(two)), (0, 0))

    def test_as_a_search(self):
        """By name, once the index knows: the number is that of the page."""
        values = {"email_from": False, "partner_name": "Ateliers Quernec"}
        one = self._person(**values)
        two = self._person(**values, user_id=False)
        self._scan()
        self.assertEqual(self._count(one), 1)
        self.assertTrue(self._pair(one, two))
        # and where it is new, or changed since
        new = self._person(**values)
        self.assertEqual(self._count(new), 2)
        new.contact_name = "Hubert Vauquelin"
        self.assertEqual(self._count(new), 0)

    def test_page_of_one(self):
        """The page that opens shows as many as the form has said, and no others."""
        one, two = self._person(), self._person(contact_name="Odile Kernec")
        other = self._person(email_from="someone@else-alike.test")
        twin = self._person(email_from="someone@else-alike.test")
        self._scan()
        self.env.cr.execute("DELETE FROM prospect_duplicate_pair")
        action = one.with_user(self.salesman_all).action_prospect_open_duplicates()
        self.assertEqual(action["tag"], "prospect_duplicates")
        self.assertEqual(action["context"], {"prospect_lead_id": one.id})
        page = self.Pair.with_user(self.salesman_all).get_page(lead_id=one.id)
        self.assertEqual(page["total"], self._count(one, self.salesman_all))
        self.assertEqual(page["lead"], one.display_name)
        self.assertEqual([g["lead_ids"] for g in page["groups"]], [[one.id, two.id]])
        self.assertFalse(self._pair(other, twin))
        # what the next search finds is the same
        self._scan()
        self.assertTrue(self._pair(one, two))
        self.assertTrue(self._pair(other, twin))
        page = self.Pair.with_user(self.salesman_all).get_page(lead_id=one.id)
        self.assertEqual([g["lead_ids"] for g in page["groups"]], [[one.id, two.id]])

    def test_decided(self):
        """Who is no duplicate is none on the form either, until one changes."""
        one, two = self._person(), self._person(contact_name="Odile Kernec")
        one.action_prospect_open_duplicates()
        self._pair(one, two).with_user(self.manager).set_not_duplicates()
        self.assertEqual((self._count(one), self._count(two)), (0, 0))
        two.contact_name = "Odile Quernec"
        self.assertEqual((self._count(one), self._count(two)), (1, 1))

    def test_rights(self):
        """Only what the person may see is counted and shown; Odoo counts all."""
        mine = self._person(user_id=self.salesman.id)
        self._person(user_id=self.manager.id, team_id=False)
        self.assertEqual(self._count(mine, self.salesman), 0)
        self.assertEqual(self._count(mine), 1)
        mine.with_user(self.salesman).action_prospect_open_duplicates()
        page = self.Pair.with_user(self.salesman).get_page(lead_id=mine.id)
        self.assertEqual((page["groups"], page["total"]), ([], 0))
        hidden = self._person(user_id=self.manager.id, team_id=False)
        for name in ("duplicates", "colleagues"):
            method = f"action_prospect_open_{name}"
            with self.assertRaises(AccessError):
                getattr(hidden.with_user(self.salesman), method)()
        page = self.Pair.with_user(self.salesman).get_page(lead_id=hidden.id)
        self.assertEqual((page["lead"], page["total"]), ("", 0))
        with self.assertRaises(UserError):
            self.Pair.with_user(self.salesman).get_page(lead_id="1")

    # --- The same company -------------------------------------------------------------

    def test_company(self):
        """Its name whatever the legal form, marks and accents, or its domain."""
        one = self._person(
            partner_name="Lefèvre & Quernec SARL", email_from="o@quernec-alike.test"
        )
        for name, company, email in (
            ("Form", "S.A.R.L. LEFEVRE-QUERNEC", False),
            ("Accents", "Lefèvre et Quernec", False),
            ("Domain", False, "x@quernec-alike.test"),
            ("Longer", "Lefèvre Quernec Transports", False),
            ("Other", "Quernec Lefèvre", "y@quernec-alike.example.com"),
        ):
            self._person(contact_name=name, partner_name=company, email_from=email)
        self.assertEqual(self._colleagues(one), {"Form", "Accents", "Domain"})
        action = one.with_user(self.manager).action_prospect_open_colleagues()
        self.assertEqual(action["display_name"], "Same company: Lefèvre & Quernec SARL")
        found = self.env["crm.lead"].search(action["domain"])
        self.assertEqual(
            set(found.mapped("contact_name")), {"Form", "Accents", "Domain"}
        )

    def test_company_of_a_common_word(self):
        """The name is found among many that begin like it."""
        self.patch(crm_lead_alike, "LOOKED_AT", 3)
        one = self._person(partner_name="Quernec", email_from=False)
        for number in range(5):
            self._person(
                contact_name="Like",
                partner_name=f"Quernec {number} Transports",
                email_from=False,
            )
        self._person(contact_name="Same", partner_name="QUERNEC SAS", email_from=False)
        self.assertEqual(self._colleagues(one), {"Same"})

    def test_company_short(self):
        """Names of one or two letters; nothing that a pattern would read otherwise."""
        one = self._person(partner_name="Q7", email_from=False)
        self._person(contact_name="Same", partner_name="Q7 SAS", email_from=False)
        self._person(contact_name="More", partner_name="Q7x", email_from=False)
        self.assertEqual(self._colleagues(one), {"Same"})
        for name in ("%", "100% \\", "_", "&", "SARL \\"):
            one.partner_name = name
            self._person(contact_name="Like", partner_name=name, email_from=False)
            self.assertLessEqual(self._colleagues(one), {"Like"}, name)

    def test_company_of_providers(self):
        """Who has an address at a free provider is of no company."""
        one = self._person(partner_name=False, email_from="odile.alike@gmail.com")
        self._person(partner_name=False, email_from="quernec.alike@gmail.com")
        self.assertEqual(self._colleagues(one), set())

    def test_company_closed(self):
        """Junk is counted, which one wants to know; opportunities are Odoo's."""
        one = self._person(partner_name="Quernec Alike", email_from=False)
        two = self._person(
            contact_name="Junk", partner_name="Quernec Alike", email_from=False
        )
        two.action_set_lost(lost_reason_id=self.reason.id)
        self.assertEqual(self._colleagues(one), {"Junk"})
        one.type = "opportunity"
        self.assertEqual(self._colleagues(one), set())

    def test_company_rights(self):
        one = self._person(partner_name="Quernec Alike", user_id=self.salesman.id)
        self._person(
            contact_name="Hidden",
            partner_name="Quernec Alike",
            user_id=self.manager.id,
            team_id=False,
        )
        self.assertEqual(self._colleagues(one, self.salesman), set())
        self.assertEqual(self._colleagues(one), {"Hidden"})

    def test_new(self):
        """A prospect that is being typed has neither."""
        new = self.env["crm.lead"].new({"type": "lead", "partner_name": "Quernec"})
        self.assertEqual(
            (new.prospect_duplicate_count, new.prospect_colleague_count), (0, 0)
        )

    def test_queries(self):
        """A form costs the same, however many are alike."""

        def cost(lead):
            self.env.flush_all()
            self.env.invalidate_all()
            lead = lead.with_user(self.salesman)
            lead.mapped("type")
            before = self.env.cr.sql_log_count
            self.assertTrue(lead.prospect_duplicate_count)
            self.assertTrue(lead.prospect_colleague_count)
            return self.env.cr.sql_log_count - before

        one = self._person(partner_name="Quernec Alike")
        self._person(partner_name="Quernec Alike")
        cost(one)
        few = cost(one)
        for _number in range(8):
            self._person(partner_name="Quernec Alike")
        self.assertLessEqual(cost(one), few)
        self.assertLess(few, 30)
