from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.transactions import run_again

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
    _description = "Prospects to Look at"
    _log_access = False

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
                sorted(lead_ids),
            )
        )
        self._trigger_job()

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
            self._trigger_job()

    @api.model
    def _trigger_job(self):
        """Plan the job, once a transaction."""
        data = self.env.cr.precommit.data
        if data.get("prospect_flag_check"):
            return
        data["prospect_flag_check"] = True
        self.env.cr.precommit.add(lambda: data.pop("prospect_flag_check", None))
        # sudo: whoever changes prospects may not plan jobs
        self.env.ref("prospect.ir_cron_flag").sudo()._trigger()

    @api.model
    def _cron_check(self):
        """Look at the prospects that wait, batch by batch."""
        cron = self.env["ir.cron"]
        left = self.search_count([])
        cron._commit_progress(remaining=left)
        while left > 0:
            done = run_again(self.env, self._check_batch)
            left = max(left - done, 0) if done else 0
            if not cron._commit_progress(done, remaining=left):
                break

    @api.model
    def _check_batch(self):
        """Look at those who have waited longest.

        :return: how many rows are done
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT id, lead_id FROM prospect_flag_check ORDER BY id LIMIT %s",
                BATCH,
            )
        )
        if rows:
            leads = self.env["crm.lead"].browse({lead_id for _id, lead_id in rows})
            leads._prospect_check_flags()
            self.env.cr.execute(
                SQL(
                    "DELETE FROM prospect_flag_check WHERE id = ANY(%s)",
                    [number for number, _lead_id in rows],
                )
            )
        return len(rows)
