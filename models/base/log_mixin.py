from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.copying import copy_rows
from ...tools.trusted import read_trusted

CAUSES = [
    ("manual", "By hand"),
    ("import", "Import"),
    ("bulk", "Bulk operation"),
    ("segment", "Segment"),
    ("email", "Incoming e-mail"),
    ("form", "Web form"),
    ("capture", "Inbox"),
    ("rotation", "Rotation"),
    ("assignment", "Odoo's own assignment"),
    ("conversion", "Conversion"),
    ("won", "Won"),
    ("lost", "Marked as lost"),
    ("restore", "Restored"),
    ("merge", "Merge"),
    ("undo", "Undo"),
    ("bounce", "Undeliverable address"),
    ("corrected", "Address corrected"),
    ("status_deleted", "Status deleted"),
    ("list_deleted", "List deleted"),
    ("expiry", "End of the membership"),
    ("list", "Joining a list"),
    ("install", "Installation"),
]


class ProspectLogMixin(models.AbstractModel):
    """What the histories of a prospect share: who, when and why.

    A row is written once, by :class:`CrmLead`, and never edited: replaying the
    rows without a former prospect, oldest first, gives the present state. Only
    a merge touches old rows: they follow the surviving prospect and remember
    the one they were about.

    Bridges name causes of their own with ``selection_add`` on ``cause``.
    """

    _name = "prospect.log.mixin"
    _inherit = ["prospect.history.mixin"]
    _description = "History of prospects"

    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    former_lead_id = fields.Integer(
        string="Merged Prospect",
        readonly=True,
        aggregator=None,
        help="Number of the prospect that this was about before a merge.",
    )
    cause = fields.Selection(
        selection=CAUSES, required=True, readonly=True, default="manual"
    )

    @api.model
    def _append(self, vals_list):
        """Write rows of history, all at once, without reading them back.

        By COPY, unless another add-on has a say in these rows.

        :param list vals_list: values as for ``create``, all with the same fields
        """
        if not vals_list:
            return
        if not self.env["prospect.write.path"]._is_plain():
            self.create(vals_list)
            return
        defaults = {"date": self.env.cr.now(), "user_id": self.env.uid}
        fnames = {**defaults, **vals_list[0]}.keys()
        copy_rows(
            self.env.cr,
            self._table,
            fnames,
            (
                [{**defaults, **vals}[fname] or None for fname in fnames]
                for vals in vals_list
            ),
        )
        self.invalidate_model(flush=False)
        leads = self.env["crm.lead"].browse({vals["lead_id"] for vals in vals_list})
        leads.invalidate_recordset(
            ["assignment_ids", "membership_ids", "status_change_ids"]
        )

    @api.model
    def _get_cause(self):
        """The cause named by the context of the change, else "By hand"."""
        cause = read_trusted(self.env.context, "prospect_cause")
        known = dict(self._fields["cause"]._description_selection(self.env))
        return cause if cause in known else "manual"

    @api.model
    def _move_to_survivor(self, survivor, merged):
        """Give the rows of ``merged`` prospects to the one that survives a merge."""
        self.flush_model(["lead_id", "former_lead_id"])
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s
                      SET former_lead_id = COALESCE(former_lead_id, lead_id),
                          lead_id = %(survivor)s
                    WHERE lead_id IN %(merged)s""",
                table=SQL.identifier(self._table),
                survivor=survivor.id,
                merged=tuple(merged.ids),
            )
        )
        self.invalidate_model(["lead_id", "former_lead_id"])
