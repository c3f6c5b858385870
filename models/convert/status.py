from odoo import api, models

# Whether a prospect may become converted without anything that it is converted to.
BARE_PARAMETER = "prospect.convert_bare"


class ProspectStatus(models.Model):
    """Statuses that are more than a label: a dialog leads to them."""

    _name = "prospect.status"
    _inherit = ["prospect.status"]

    @api.model
    def get_asking(self):
        """Which statuses ask something before a card that is dragged to them is saved.

        :return: ``{"junk": ids, "converted": ids}``: those that ask for the reason, and
            those that ask what the prospect is converted to. Of the latter there are
            none where administrators allow to convert without a target.
        """
        rows = self.search_read([("kind", "in", ("junk", "converted"))], ["kind"])
        asking = {"junk": [], "converted": []}
        for row in rows:
            asking[row["kind"]].append(row["id"])
        # sudo: one setting, for whoever drags
        parameters = self.env["ir.config_parameter"].sudo()
        if parameters.get_param(BARE_PARAMETER):
            asking["converted"] = []
        return asking
