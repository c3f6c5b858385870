from odoo import api, fields, models

from ...tools.remark_fields import RemarkChar


class ProspectRightChange(models.Model):
    """One change of one right: who, when, from what, to what. Never edited.

    The names are kept as they were, so that they can be read when a group has gone.
    """

    _name = "prospect.right.change"
    _inherit = ["prospect.history.mixin"]
    _description = "Change of a Right on Prospects"
    _rec_name = "role"

    operation = fields.Selection(
        selection=lambda self: (
            self.env["prospect.right"]
            ._fields["operation"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    role = RemarkChar(readonly=True)
    company_name = fields.Char(string="Company", readonly=True)
    old_scope = fields.Char(string="From", readonly=True)
    new_scope = fields.Char(string="To", readonly=True)

    @api.depends_context("lang")
    def _compute_display_name(self):
        return super()._compute_display_name()

    @api.model
    def _append(self, before, after):
        """Remember the difference of two states of the matrix.

        :param dict before, after: as :meth:`ProspectRight._get_cells` gives them
        """
        rights = self.env["prospect.right"]
        values = []
        for cell in sorted({*before, *after}):
            if before.get(cell) == after.get(cell):
                continue
            operation, role, group_id, company_id = cell
            right = rights.new({"role": role, "group_id": group_id})
            values.append(
                {
                    "operation": operation,
                    "role": right._get_role_label(),
                    "company_name": self.env["res.company"].browse(company_id).name,
                    "old_scope": before.get(cell, False),
                    "new_scope": after.get(cell, False),
                }
            )
        # sudo: written by the change itself, by nobody's right
        self.sudo().create(values)
