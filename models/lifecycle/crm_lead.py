from odoo import fields, models
from odoo.tools import SQL

# What moves an opportunity.
STAGE_FIELDS = frozenset({"stage_id", "type"})


class CrmLead(models.Model):
    """What the analysis knows of a prospect, and the stages of its opportunity.

    The three lifecycles are kept by ``prospect.lifecycle.refresh`` and only read here,
    so that each figure opens the prospects behind it.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    lifecycle_ids = fields.One2many(
        comodel_name="prospect.lifecycle",
        inverse_name="lead_id",
        string="Analysis",
        readonly=True,
        copy=False,
        export_string_translation=False,
    )
    lifecycle_step_ids = fields.One2many(
        comodel_name="prospect.lifecycle.step",
        inverse_name="lead_id",
        string="Steps Reached",
        readonly=True,
        copy=False,
        export_string_translation=False,
    )
    lifecycle_salesperson_ids = fields.One2many(
        comodel_name="prospect.lifecycle.salesperson",
        inverse_name="lead_id",
        string="People of the Prospect",
        readonly=True,
        copy=False,
        export_string_translation=False,
    )

    def _prospect_follow_write(self, vals, before):
        result = super()._prospect_follow_write(vals, before)
        self._prospect_log_stages(set(vals))
        return result

    def _prospect_log_stages(self, fnames=STAGE_FIELDS):
        """Write one row for each opportunity whose stage is not the last logged one.

        In one query for all of ``self``; one more where something has changed.

        :param set fnames: the fields that were written
        """
        if not self.ids or not STAGE_FIELDS & fnames:
            return
        self.flush_recordset(["stage_id", "type"])
        changed = self.env.execute_query(
            SQL(
                """SELECT lead.id, last.to_id, lead.stage_id
                     FROM crm_lead AS lead
                LEFT JOIN LATERAL (
                          SELECT to_id FROM prospect_stage_change
                           WHERE lead_id = lead.id AND former_lead_id IS NULL
                        ORDER BY id DESC LIMIT 1) AS last ON TRUE
                    WHERE lead.id IN %s AND lead.type = 'opportunity'
                      AND lead.stage_id IS DISTINCT FROM last.to_id
                 ORDER BY lead.id""",
                tuple(self.ids),
            )
        )
        # sudo: names are kept, and the history is written, by nobody's right
        log = self.env["prospect.stage.change"].sudo()
        names = {
            stage.id: stage.name
            for stage in self.env["crm.stage"]
            .sudo()
            .browse({number for row in changed for number in row[1:] if number})
        }
        cause = log._get_cause()
        log._append(
            [
                {
                    "lead_id": lead_id,
                    "from_id": former,
                    "to_id": stage,
                    "from_name": names.get(former),
                    "to_name": names.get(stage),
                    "cause": cause,
                }
                for lead_id, former, stage in changed
            ]
        )
