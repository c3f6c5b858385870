from odoo import models


class MailComposeMessage(models.TransientModel):
    """One address gets one mail, whatever the number of its prospects [IY-18]."""

    _inherit = "mail.compose.message"

    def _process_mail_values_state(self, mail_values_dict):
        """Odoo distinguishes two mails to one address when their texts differ, as
        those do that greet by name: the later ones are marked as duplicates here.

        What went out in earlier batches Odoo knows.
        """
        values = super()._process_mail_values_state(mail_values_dict)
        if not self.mass_mailing_id or self.model != "crm.lead":
            return values
        recipients = self._get_recipients_data(values)
        seen = set()
        for number, mail_values in values.items():
            emails = set(recipients[number]["mail_to_normalized"])
            if mail_values.get("state") == "cancel" or not emails:
                continue
            if emails <= seen:
                mail_values.update(state="cancel", failure_type="mail_dup")
            seen |= emails
        return values
