from base64 import b64encode

from odoo.tests import tagged

from odoo.addons.prospect.tests.common import ProspectCase


@tagged("post_install", "-at_install")
class TestAutomation(ProspectCase):
    """A rule on new prospects, and an import with and without it [BX-52]."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["crm.tag"].create({"name": "By rule"})
        model = cls.env["ir.model"]._get("crm.lead")
        code = f"records.write({{'tag_ids': [(4, {cls.tag.id})]}})"
        cls.rule = cls.env["base.automation"].create(
            {
                "name": "Tag new prospects",
                "model_id": model.id,
                "trigger": "on_create_or_write",
                # else the rule's own tag would start it again at each flush
                "trigger_field_ids": [
                    (4, cls.env["ir.model.fields"]._get("crm.lead", "city").id)
                ],
                "action_server_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Tag",
                            "model_id": model.id,
                            "state": "code",
                            "code": code,
                        },
                    )
                ],
            }
        )
        # what the new rule makes the ORM compute again is not the import's
        cls.env.flush_all()

    def _import(self, email, **values):
        content = f"Email,City\n{email},Rome\n".encode()
        wizard = self.env["prospect.import"].create(
            {"file": b64encode(content), "filename": "a.csv", **values}
        )
        operation = wizard._make_operation()
        operation.action_run()
        return operation.line_ids.lead_id

    def test_import_starts_no_rule(self):
        self.assertFalse(self._import("quiet@x.example.com").tag_ids)

    def test_import_starts_no_rule_on_known_people(self):
        known = self._prospect(email_from="known@x.example.com")
        known.city = "Oslo"
        self.assertTrue(known.tag_ids, "the rule works")
        known.tag_ids = False
        self._import("known@x.example.com")
        self.assertEqual(known.city, "Rome")
        self.assertFalse(known.tag_ids)

    def test_a_client_cannot_switch_rules_off(self):
        lead = self._prospect().with_context(prospect_no_automation=True)
        lead.city = "Oslo"
        self.assertEqual(lead.tag_ids, self.tag)

    def test_import_starts_rules_where_asked(self):
        lead = self._import("loud@x.example.com", reactions=True)
        self.assertEqual(lead.tag_ids, self.tag)

    def test_a_capture_starts_them(self):
        outcome = self.env["crm.lead"]._prospect_upsert(
            [{"email_from": "form@x.example.com", "city": "Rome"}]
        )[0]
        lead = self.env["crm.lead"].browse(outcome["lead_id"])
        self.assertEqual(lead.tag_ids, self.tag)
