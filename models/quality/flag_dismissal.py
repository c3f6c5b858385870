from odoo import api, fields, models
from odoo.tools import SQL


class ProspectFlagDismissal(models.Model):
    """A person has said that a reason to doubt a prospect is none [MO-54].

    Remembered for what the reason was about: another address or another number may be
    doubted again. Written once, like the other histories, and moved by a merge.
    """

    _name = "prospect.flag.dismissal"
    _inherit = ["prospect.log.mixin"]
    _description = "Cleared Flag"
    _log_access = False

    code = fields.Char(required=True, readonly=True, export_string_translation=False)
    value = fields.Char(string="About", readonly=True)
    is_past = fields.Boolean(
        readonly=True,
        export_string_translation=False,
        help="Of a bounce that was cleared: the next one counts.",
    )
    label = fields.Char(string="Reason", compute="_compute_label")

    @api.model
    def _forget_bounces(self, leads):
        """A bounce that comes after a dismissal counts again.

        :param leads: prospects
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE prospect_flag_dismissal SET is_past = TRUE"
                " WHERE lead_id = ANY(%s) AND code = 'email_bounced'"
                " AND is_past IS NOT TRUE",
                leads.ids,
            )
        )
        self.invalidate_model(["is_past"])

    @api.depends("code", "value")
    @api.depends_context("lang")
    def _compute_label(self):
        """The reason in words, in the reader's language."""
        leads = self.env["crm.lead"]
        for dismissal in self:
            dismissal.label = leads._prospect_describe_flag(
                {"code": dismissal.code, "value": dismissal.value or ""}
            )
