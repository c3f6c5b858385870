from odoo import api, fields, models

# Models of Odoo that count, for a record, the mails that came back.
COUNTING = ("res.partner", "mailing.contact")


class ProspectUndeliverableAddress(models.Model):
    """Which mailing, and so which campaign, did not arrive [IY-19]."""

    _inherit = "prospect.undeliverable.address"

    mailing_id = fields.Many2one(
        comodel_name="mailing.mailing",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Mailing of the last bounced e-mail.",
    )

    @api.model
    def _find_traces(self, message_dict):
        """The traces of a mail that came back, as the superuser."""
        # sudo: a mail server has no rights
        return (
            self.env["mailing.trace"]
            .sudo()
            .search([("message_id", "in", message_dict.get("bounced_msg_ids") or [])])
        )

    @api.model
    def _find_campaign(self, message_dict):
        traces = self._find_traces(message_dict)
        return traces.campaign_id[:1] or super()._find_campaign(message_dict)

    @api.model
    def _receive_bounce(self, email_message, message_dict):
        result = super()._receive_bounce(email_message, message_dict)
        self._note_mailing(
            message_dict.get("bounced_email"),
            self._find_traces(message_dict).mass_mailing_id[:1],
        )
        return result

    @api.model
    def _record_failures(self, traces, is_hard, text):
        """Note mails that no server took.

        :param traces: of the mails, as the superuser
        :param bool is_hard: whether the other server says that nobody is there
        :param str text: what it says
        """
        for trace in traces.filtered("email"):
            mailing = trace.mass_mailing_id
            self._record(
                trace.email,
                is_hard,
                detail=text,
                subject=mailing.subject,
                campaign=mailing.campaign_id,
                reason=None if is_hard else "invalid",
            )
            self._note_mailing(trace.email, mailing)

    @api.model
    def _note_mailing(self, email, mailing):
        """Remember of which mailing the last mail was that did not arrive.

        :param str email: normalised
        """
        if email and mailing:
            # sudo: a mail server has no rights; Odoo deletes the mail itself
            errors = self.sudo().search([("email", "=", email)])
            errors.write({"mailing_id": mailing.id, "subject": mailing.subject})

    @api.model
    def _on_cleared(self, emails):
        """Odoo counts mails that came back too, and blacklists the address: that
        starts again as well, as far as the person may change it.
        """
        result = super()._on_cleared(emails)
        for name in COUNTING:
            if self.env[name].has_access("write"):
                records = self.env[name].search(
                    [("email_normalized", "in", emails), ("message_bounce", ">", 0)]
                )
                records._filtered_access("write").write({"message_bounce": 0})
        blacklist = self.env["mail.blacklist"]
        if blacklist.has_access("write"):
            blacklist.search(
                [("email", "in", emails), ("is_bounced", "=", True)]
            ).action_archive()
        return result
