from odoo.tests import tagged

from odoo.addons.prospect.tests.common import ProspectCase


@tagged("post_install", "-at_install")
class TestConversion(ProspectCase):
    def test_by_a_rule(self):
        """BX-30: moving the card converts, by the right of the rule alone."""
        lead = self._prospect(
            contact_name="By Rule", email_from="rule@convert.example.com"
        )
        model = self.env["ir.model"]._get("crm.lead")
        self.env["base.automation"].create(
            {
                "name": "Convert what is to be clarified",
                "model_id": model.id,
                "trigger": "on_create_or_write",
                "trigger_field_ids": [
                    (
                        6,
                        0,
                        self.env["ir.model.fields"]._get("crm.lead", "status_id").ids,
                    )
                ],
                "filter_domain": f"[('status_id', '=', {self.to_clarify.id})]",
                "action_server_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Convert",
                            "model_id": model.id,
                            "state": "prospect_convert",
                            "prospect_make_company": False,
                        },
                    )
                ],
            }
        )
        lead.with_user(self.salesman).status_id = self.to_clarify
        self.assertEqual(lead.status_id, self.converted)
        self.assertEqual(lead.prospect_contact_id.email, "rule@convert.example.com")
        self.assertEqual(lead.type, "opportunity")
        receipt = lead.operation_line_ids.operation_id
        self.assertEqual(receipt.user_id, self.env.ref("base.user_root"))
