"""The gate: who exists already, what changes, and what is left alone."""

from odoo.tests import tagged

from ..common import ProspectCase


@tagged("post_install", "-at_install")
class TestGate(ProspectCase):
    def _upsert(self, *rows, policy="update", **options):
        return self.env["crm.lead"]._prospect_upsert(list(rows), policy, **options)

    def _one(self, row, policy="update", **options):
        return self._upsert(row, policy=policy, **options)[0]

    def _lead(self, outcome):
        return self.env["crm.lead"].browse(outcome["lead_id"])

    def test_creates_what_nobody_knows(self):
        outcome = self._one(
            {"email_from": " New.Person@X.fr ", "first_name": "Ana", "phone": ""},
            defaults={"source_id": self.env.ref("prospect.utm_source_form").id},
        )
        lead = self._lead(outcome)
        self.assertEqual(outcome["outcome"], "created")
        self.assertRecordValues(
            lead,
            [
                {
                    "email_normalized": "new.person@x.fr",
                    "contact_name": "Ana",
                    "first_name": "Ana",
                    "type": "lead",
                    "user_id": False,
                    "status_id": self.new.id,
                    "is_repeat": False,
                    "source_id": self.env.ref("prospect.utm_source_form").id,
                }
            ],
        )
        self.assertReplay(lead)

    def test_same_address_updates(self):
        """CO-09: case, blanks and display name do not matter; empty never erases."""
        lead = self._prospect(email_from="a@x.example.com", phone="+33612345678")
        outcomes = self._upsert(
            {"email_from": " A@X.example.com", "phone": "+33 6 98 76 54 32"},
            {"email_from": '"Ann" <a@x.example.com>', "phone": "", "city": "Lyon"},
            {"email_from": "b@x.example.com"},
        )
        self.assertEqual(
            [outcome["outcome"] for outcome in outcomes],
            ["unchanged", "updated", "created"],
            "what is left of both is written with the last one",
        )
        self.assertEqual(outcomes[0]["lead_id"], lead.id)
        self.assertEqual(outcomes[1]["before"]["phone"], "+33612345678")
        self.assertEqual(lead.phone_sanitized, "+33698765432")
        self.assertEqual(lead.city, "Lyon")
        self.assertEqual(lead.contact_name, "Marie Dupont")
        self.assertEqual(lead.email_from, "a@x.example.com")

    def test_blank_key_never_matches(self):
        first, second = self._upsert(
            {"contact_name": "Jo Blank"}, {"contact_name": "Jo Blank"}
        )
        self.assertNotEqual(first["lead_id"], second["lead_id"])
        failed = self._one({"city": "Paris"})
        self.assertEqual(failed["outcome"], "failed")
        self.assertIn("give one", failed["reason"])

    def test_phone_is_the_key_of_who_has_no_email(self):
        lead = self._prospect(phone="+33612345678")
        self.env.company.country_id = self.env.ref("base.fr")
        outcome = self._one({"phone": "06 12 34 56 78", "city": "Nice"})
        self.assertEqual((outcome["outcome"], outcome["lead_id"]), ("updated", lead.id))
        other = self._one({"phone": "06 12 34 56 78", "email_from": "n@x.example.com"})
        self.assertEqual(other["outcome"], "created", "another address, another person")

    def test_policies(self):
        lead = self._prospect(city="Lyon", zip=False, function="Buyer")
        row = {
            "email_from": lead.email_from,
            "city": "Paris",
            "zip": "75001",
            "function": "CEO",
            "website": "https://x.example.com",
        }
        filled = self._one(row, "fill")
        self.assertEqual(filled["after"], {"website": "https://x.example.com"})
        self.assertFalse(lead.zip, "a zip of Paris does not go with Lyon")
        self.assertEqual(self._one(row, "skip")["outcome"], "skipped")
        updated = self._one(row, "update")
        self.assertEqual(updated["before"]["city"], "Lyon")
        self.assertEqual(lead.function, "CEO")
        self.assertEqual(self._one(row, "update")["outcome"], "unchanged")
        self.assertEqual(self._one(row, "create")["outcome"], "created")
        with self.assertRaises(ValueError):
            self._one(row, "whatever")

    def test_fill_never_mixes_two_people(self):
        lead = self._prospect(contact_name="Dupont", first_name=False)
        self.assertEqual((lead.first_name, lead.last_name), (False, "Dupont"))
        row = {"email_from": lead.email_from, "first_name": "Jean"}
        self._one({**row, "last_name": "Durand"}, "fill")
        self.assertEqual(lead.contact_name, "Dupont")
        self._one({**row, "last_name": "Dupont"}, "fill")
        self.assertEqual(lead.contact_name, "Jean Dupont")

    def test_rows_about_one_person(self):
        outcomes = self._upsert(
            {"email_from": "twin@x.example.com", "first_name": "Léa", "phone": "1"},
            {"email_from": "TWIN@x.example.com", "last_name": "Roux"},
            {"email_from": "twin@x.example.com", "last_name": "Roux"},
        )
        self.assertEqual(
            [outcome["outcome"] for outcome in outcomes],
            ["created", "updated", "unchanged"],
        )
        self.assertEqual(len({outcome["lead_id"] for outcome in outcomes}), 1)
        self.assertEqual(self._lead(outcomes[0]).contact_name, "Léa Roux")

    def test_closed_prospects_come_back(self):
        """BX-34: converted and junk stay, the person is a new, linked prospect."""
        partner = self.env["res.partner"].create(
            {"name": "Marie", "email": "marie.dupont@example.com", "phone": "+33100"}
        )
        lead = self._prospect(partner_id=partner.id)
        lead.status_id = self.converted
        first, second = self._upsert(
            {"email_from": lead.email_from, "phone": "+33 6 12 34 56 78"},
            {"email_from": lead.email_from, "city": "Nice"},
        )
        back = self._lead(first)
        self.assertEqual((first["outcome"], second["outcome"]), ("repeat", "updated"))
        self.assertEqual(second["lead_id"], back.id)
        self.assertRecordValues(
            back, [{"is_repeat": True, "partner_id": partner.id, "city": "Nice"}]
        )
        self.assertEqual(partner.phone, "+33100", "the contact is left alone")
        self.assertEqual(back.phone_sanitized, "+33612345678")
        third = self._one({"email_from": lead.email_from, "city": "Pau"})
        self.assertEqual(third["lead_id"], back.id, "the open one before the closed")

    def test_contact_is_protected(self):
        partner = self.env["res.partner"].create(
            {"name": "Marie", "email": "marie.dupont@example.com", "phone": "+33100"}
        )
        lead = self._prospect(partner_id=partner.id)
        outcome = self._one(
            {"email_from": lead.email_from, "phone": "+33612345678", "city": "Metz"}
        )
        self.assertEqual(outcome["left_alone"], ["phone"])
        self.assertIn("Phone", outcome["reason"])
        self.assertEqual((lead.phone, partner.phone), ("+33100", "+33100"))
        self.assertEqual(lead.city, "Metz")

    def test_companies_are_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids += other
        lead = self._prospect(company_id=self.env.company.id)
        row = {"email_from": lead.email_from, "city": "Brest"}
        outcome = self._one({**row, "company_id": other.id})
        self.assertEqual(outcome["outcome"], "created")
        self.assertEqual(self._one(row)["lead_id"], lead.id)

    def test_lists_and_tags_are_joined(self):
        lists = self.env["prospect.list"].create([{"name": "One"}, {"name": "Two"}])
        lead = self._prospect(list_ids=[(6, 0, lists[0].ids)])
        tag = self.env["crm.tag"].create({"name": "Gate"})
        outcome = self._one(
            {"email_from": lead.email_from, "list_ids": lists, "tag_ids": tag.ids},
            "fill",
        )
        self.assertEqual(
            outcome["after"], {"list_ids": lists[1].ids, "tag_ids": tag.ids}
        )
        self.assertEqual(lead.list_ids, lists)
        self.assertReplay(lead)

    def test_bad_rows_fail_alone(self):
        good = {"email_from": "good@x.example.com"}
        outcomes = self._upsert(
            good,
            {"email_from": "bad@x.example.com", "user_id": 999_999_999},
            {"email_from": "fine@x.example.com"},
            {"email_from": "bad@x.example.com", "city": "Dijon"},
        )
        self.assertEqual(
            [outcome["outcome"] for outcome in outcomes],
            ["created", "failed", "created", "created"],
        )
        self.assertTrue(outcomes[1]["reason"])

    def test_invalid_email_and_phone_are_kept(self):
        outcome = self._one(
            {"contact_name": "Odd", "email_from": "not an address", "phone": "call me"}
        )
        lead = self._lead(outcome)
        self.assertEqual(outcome["outcome"], "created")
        self.assertIn("not an address", outcome["reason"])
        self.assertEqual((lead.email_from, lead.phone), ("not an address", "call me"))
        self.assertFalse(lead.email_normalized)

    def test_rights(self):
        theirs = self._prospect(user_id=self.salesman_all.id)
        gate = self.env["crm.lead"].with_user(self.salesman)
        outcome = gate._prospect_upsert(
            [{"email_from": theirs.email_from, "city": "Sète"}]
        )[0]
        self.assertEqual(outcome["outcome"], "failed")
        self.assertIn("cannot change", outcome["reason"])
        self.assertFalse(theirs.city)

    def test_hooks_once_a_batch(self):
        calls = []
        lead = self._prospect()
        prospect_list = self.env["prospect.list"].create({"name": "Hooked"})
        model = self.registry["crm.lead"]
        for hook in (
            "_prospect_on_created",
            "_prospect_on_updated",
            "_prospect_on_status_changed",
            "_prospect_on_list_joined",
        ):
            self.patch(
                model, hook, lambda leads, *args, hook=hook: calls.append((hook, leads))
            )
        outcomes = self._upsert(
            {"email_from": "h1@x.example.com", "list_ids": prospect_list},
            {"email_from": "h2@x.example.com"},
            {"email_from": lead.email_from, "status_id": self.in_progress},
        )
        created = self.env["crm.lead"].browse(
            [outcome["lead_id"] for outcome in outcomes[:2]]
        )
        self.assertEqual(
            calls,
            [
                ("_prospect_on_created", created),
                ("_prospect_on_updated", lead),
                ("_prospect_on_status_changed", lead),
                ("_prospect_on_list_joined", created[0]),
            ],
        )
