from odoo import models


class PrivacyLookupWizardLine(models.TransientModel):
    """*Delete* in Odoo's lookup erases the person from what is ours.

    A receipt keeps its counts, a message of the inbox its event, a consent its date: as
    *Erase this person* does it, of one record.
    """

    _name = "privacy.lookup.wizard.line"
    _inherit = ["privacy.lookup.wizard.line"]

    def action_unlink(self):
        self.ensure_one()
        source = self._get_prospect_source()
        if self.is_unlinked or not source:
            return super().action_unlink()
        # sudo: as in Odoo, for those who administer the database
        self.env["prospect.person"].sudo()._erase_row(
            self.wizard_id._collect_prospect_person(), source, self.res_id
        )
        self.execution_details = self.env._(
            "Erased from %(model)s #%(number)s",
            model=self.res_model_id.name,
            number=self.res_id,
        )
        self.is_unlinked = True
        return None

    def _get_prospect_source(self):
        """The source of this record, where it is erased in a way of its own."""
        return next(
            (
                source
                for source in self.env["prospect.person"]._get_sources()
                if source.model == self.res_model
                and source.how not in ("attachment", "contact", "delete", "keep")
                and source.model not in ("crm.lead", "mail.message")
            ),
            None,
        )
