"""Prospects of a list, and mailings to them."""

from odoo.addons.mass_mailing.tests.common import MassMailCase
from odoo.addons.prospect.tests.common import ProspectCase

DOMAIN = "mailing.prospect.example.com"


class MailingCase(ProspectCase, MassMailCase):
    """Ten guests of a list with addresses of their own, and a person who sends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        marketing = cls.env.ref("mass_mailing.group_mass_mailing_user")
        cls.salesman.group_ids += marketing
        cls.salesman_all.group_ids += marketing
        cls.guests = cls.env["prospect.list"].create({"name": "Ten guests"})
        cls.people = cls.env["crm.lead"].browse(
            [
                cls._prospect(
                    contact_name=f"Guest {number}",
                    email_from=f"guest{number}@{DOMAIN}",
                    list_ids=[(4, cls.guests.id)],
                ).id
                for number in range(10)
            ]
        )

    @classmethod
    def _mailing(cls, user=None, **values):
        return (
            cls.env["mailing.mailing"]
            .with_user(user or cls.salesman_all)
            .create(
                {
                    "subject": "Come and see",
                    "body_html": "<p>Hello</p>",
                    "mailing_model_id": cls.env["ir.model"]._get("crm.lead").id,
                    "mailing_domain": "[]",
                    "email_from": "sales@prospect.example.com",
                    "keep_archives": True,
                    "prospect_list_ids": [(6, 0, cls.guests.ids)],
                    **values,
                }
            )
        )

    def _send(self, mailing):
        """Send it as the superuser, as the job does: {lead: trace}."""
        mailing = mailing.sudo()
        with self.mock_mail_gateway():
            mailing.action_put_in_queue()
            mailing._action_send_mail()
            mailing.state = "done"
        return {
            self.env["crm.lead"].browse(trace.res_id): trace
            for trace in mailing.mailing_trace_ids
        }

    def _get_who(self, mailing):
        """Which of the guests would get it, by their place."""
        found = mailing.sudo()._get_recipients()
        return {
            number for number, lead in enumerate(self.people) if lead.id in found
        } | {number for number in found if number not in self.people.ids}
