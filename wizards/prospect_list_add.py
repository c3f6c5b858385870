from odoo import fields, models
from odoo.exceptions import UserError


class ProspectListAdd(models.TransientModel):
    """Puts chosen prospects on chosen lists [IE-21].

    Opened from a selection of prospects, which asks for the lists, or from a list,
    which asks for the prospects.
    """

    _name = "prospect.list.add"
    _description = "Add Prospects to Lists"

    lead_ids = fields.Many2many(
        comodel_name="crm.lead",
        string="Prospects",
        domain=[("is_listed", "=", True)],
        context={"active_test": False},
    )
    list_ids = fields.Many2many(comodel_name="prospect.list", string="Lists")

    def action_add(self):
        """Add each prospect to each list; those that are on it already stay."""
        self.ensure_one()
        if not self.lead_ids or not self.list_ids:
            raise UserError(self.env._("Choose at least one prospect and one list."))
        joined, _left = self.lead_ids._prospect_lists_change(add=self.list_ids)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._get_message(len(joined)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_message(self, joined):
        """What happened, for the person: how many joined, how many were members."""
        total = len(self.lead_ids) * len(self.list_ids)
        names = ", ".join(self.list_ids.mapped("name"))
        if joined < total:
            return self.env._(
                "%(joined)s added to %(lists)s; %(known)s were already there.",
                joined=joined,
                known=total - joined,
                lists=names,
            )
        return self.env._("%(joined)s added to %(lists)s.", joined=joined, lists=names)
