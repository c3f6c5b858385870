from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.arrays import int_array
from ...tools.jobs import claim

# Prospects that are looked at in one transaction.
BATCH = 1000


class ProspectFlagCheck(models.Model):
    """Prospects to look at again, in the background.

    What writes prospects in batches (an import above all) only notes their numbers
    here, which costs next to nothing; a job looks at them, a batch at a time. Rows are
    appended and never changed, so that nobody waits for anybody and no change is
    missed; a prospect may be there twice.
    """

    _name = "prospect.flag.check"
    _inherit = ["prospect.job.mixin"]
    _description = "Prospects to Look at"
    _log_access = False
    _work_kind = "flags"
    _work_cron = "prospect.ir_cron_flag"

    lead_id = fields.Integer(required=True, readonly=True, aggregator=None)

    @api.model
    def _want(self, lead_ids):
        """Let the job look at prospects.

        :param lead_ids: ids of leads
        """
        if not lead_ids:
            return
        self.env.cr.execute(
            SQL(
                "INSERT INTO prospect_flag_check (lead_id) SELECT unnest(%s)",
                int_array(sorted(lead_ids)),
            )
        )
        self._wake_once()

    @api.model
    def _want_where(self, condition):
        """Let the job look at all listed prospects of a condition.

        :param SQL condition: about columns of ``crm_lead``
        """
        self.env.cr.execute(
            SQL(
                "INSERT INTO prospect_flag_check (lead_id)"
                " SELECT id FROM crm_lead WHERE is_listed IS TRUE AND (%s)",
                condition,
            )
        )
        if self.env.cr.rowcount:
            self._wake_once()

    # --- The job --------------------------------------------------------------------

    @api.model
    def _cron_check(self):
        """Look at the prospects that wait."""
        return self._cron_work()

    @api.model
    def _get_waiting_domain(self):
        return []

    @api.model
    def _get_work_label(self):
        return self.env._("Prospects to check for doubts")

    @api.model
    def _claim(self, limit=None, but=()):
        """Rows of those who have waited longest."""
        return claim(
            self.env,
            SQL(
                "SELECT id FROM prospect_flag_check ORDER BY id LIMIT %s",
                limit or BATCH,
            ),
        )

    @api.model
    def _do(self, rows):
        """Look at the prospects of some rows, which go."""
        leads = self.env.execute_query(
            SQL(
                "DELETE FROM prospect_flag_check WHERE id = ANY(%s) RETURNING lead_id",
                rows,
            )
        )
        numbers = {lead_id for (lead_id,) in leads}
        self.env["crm.lead"].browse(numbers)._prospect_check_flags()
        return len(rows)
